"""Transmission, aria2, qBittorrent and rTorrent from Debian, as further oracles (S2-41)."""

import os
import pathlib
import shutil
import subprocess

import pytest

from . import processes
from .waiting import wait_until


def need(program):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


class OtherClient:
    """A process of another client; downloads into a directory, or seeds what is there."""

    def __init__(self, command, log, cwd):
        self._log = open(log, "ab")
        self.process = processes.start(command, watched=False, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
                                       cwd=cwd, env=dict(os.environ, HOME=str(cwd)))

    def close(self):
        processes.end(self.process)
        self._log.close()


def aria2(work, torrent_file, directory, port, seed, tracker_url=""):
    """aria2c; it speaks to UDP trackers only beside a DHT, so it is given an HTTP one as well.

    Without --seed-ratio=0 a seed leaves once it has written as much as it has, before all of that has arrived.
    """
    need("aria2c")
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return OtherClient(
        ["aria2c", f"--dir={directory}", f"--listen-port={port}", "--enable-dht=false", "--bt-enable-lpd=false",
         "--enable-peer-exchange=false", *(("--seed-time=10", "--seed-ratio=0") if seed else ("--seed-time=0",)), "--check-integrity=true",
         "--bt-tracker-interval=2", f"--bt-tracker={tracker_url}", "--file-allocation=none", "--interface=127.0.0.1", str(torrent_file)],
        work / f"aria2-{port}.log", work)


def transmission_alone(work, directory, port, rpc_port):
    """transmission-daemon without a torrent, once it answers."""
    need("transmission-daemon")
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    config = work / f"transmission-{port}"
    config.mkdir()
    (config / "settings.json").write_text(
        '{"rpc-port": %d, "rpc-bind-address": "127.0.0.1", "peer-port": %d, "bind-address-ipv4": "127.0.0.1", "dht-enabled": false,'
        ' "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false, "port-forwarding-enabled": false, "encryption": 0,'
        ' "download-dir": "%s", "watch-dir-enabled": false, "rpc-whitelist-enabled": true}' % (rpc_port, port, directory))
    client = OtherClient(["transmission-daemon", "-f", "-g", str(config)], work / f"transmission-{port}.log", work)

    def answers():
        return subprocess.run(["transmission-remote", f"127.0.0.1:{rpc_port}", "-l"], capture_output=True).returncode == 0

    try:
        wait_until(answers, 15, "transmission-daemon answers")
    except BaseException:
        client.close()
        raise
    return client


def transmission(work, torrent_file, directory, port, rpc_port):
    """transmission-daemon: checks what is there, then downloads or seeds."""
    client = transmission_alone(work, directory, port, rpc_port)

    def added():
        return subprocess.run(["transmission-remote", f"127.0.0.1:{rpc_port}", "-a", str(torrent_file), "-w", str(directory)],
                              capture_output=True).returncode == 0

    try:
        wait_until(added, 15, "transmission-daemon answers")
        subprocess.run(["transmission-remote", f"127.0.0.1:{rpc_port}", "-t", "all", "--verify"], capture_output=True)
    except BaseException:
        client.close()
        raise
    return client


def qbittorrent(work, torrent_file, directory, port, web_port):
    """qbittorrent-nox: checks what is there, then downloads or seeds."""
    need("qbittorrent-nox")
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    profile = work / f"qbittorrent-{port}"
    config = profile / "qBittorrent" / "config"
    config.mkdir(parents=True)
    (config / "qBittorrent.conf").write_text(
        "[LegalNotice]\nAccepted=true\n[Network]\nPortForwardingEnabled=false\n"
        "[Preferences]\nWebUI\\Address=127.0.0.1\nWebUI\\UseUPnP=false\n"
        "[BitTorrent]\nSession\\Interface=lo\nSession\\InterfaceAddress=127.0.0.1\nSession\\BTProtocol=TCP\n"
        "Session\\DHTEnabled=false\nSession\\LSDEnabled=false\nSession\\PeXEnabled=false\n")
    return OtherClient(
        ["qbittorrent-nox", f"--profile={profile}", f"--webui-port={web_port}", f"--torrenting-port={port}", f"--save-path={directory}",
         "--skip-dialog=true", "--add-paused=false", str(torrent_file)],
        work / f"qbittorrent-{port}.log", work)


def rtorrent(work, torrent_file, directory, port):
    """rTorrent without its screen: checks what is there, then downloads or seeds."""
    need("rtorrent")
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    session = work / f"rtorrent-{port}"
    session.mkdir()
    options = ("system.daemon.set=true", "dht.mode.set=disable", "protocol.pex.set=no", "network.port_random.set=no")
    return OtherClient(
        ["rtorrent", "-n", "-b", "127.0.0.1", "-p", f"{port}-{port}", "-d", str(directory), "-s", str(session),
         *(word for option in options for word in ("-o", option)), str(torrent_file)],
        work / f"rtorrent-{port}.log", work)
