#!/usr/bin/python3
"""What a look at everything costs in GoTorrent's REST: /alldata of many torrents with many peers.

usage: alldata.py [--torrents 100] [--peers 50] [--looks 50]

Each peer is a connection of its own that has shaken hands and told half of its pieces. Printed are the round trip as a client on this machine sees
it, and the CPU time of the process for each look.
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import random
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm")]

from session import cpu_seconds, java  # noqa: E402
from harness import payloads  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.scaffold_rpc import ScaffoldProcess  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

KIB = 1024
PIECES = 400
SETTINGS = {"download-queue-enabled": False, "peer-limit-global": 10_000, "peer-limit-per-torrent": 200, "allow-same-ip": True,
            "dht-enabled": False, "lpd-enabled": False, "utp-enabled": False, "encryption": 0}


def peer(port, info_hash, number):
    """A connection that has told half of its pieces, and never says a word again."""
    sock = socket.create_connection(("127.0.0.1", port), 60)
    sock.sendall(b"\x13BitTorrent protocol" + bytes(8) + info_hash + f"-XX0100-{number:012d}".encode())
    reply = b""
    while len(reply) < 68:
        part = sock.recv(68 - len(reply))
        assert part, "the handshake was refused"
        reply += part
    bits = bytes(0xAA for _ in range(PIECES // 8))
    sock.sendall((1 + len(bits)).to_bytes(4, "big") + b"\x05" + bits)
    return sock


def state(rest, info_hash):
    return json.loads(rest.exchange("GET", f"/torrentdata?infohash={info_hash.hex()}")[2])["state"]


def ask(port, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    with contextlib.closing(connection):
        begin = time.monotonic()
        connection.request("GET", "/alldata", headers=dict(headers))
        answer = connection.getresponse().read()
        return time.monotonic() - begin, answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torrents", type=int, default=100)
    parser.add_argument("--peers", type=int, default=50)
    parser.add_argument("--looks", type=int, default=50)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="bittern-alldata-"))
    data = directory / "rest.data"
    data.mkdir()
    (data / "settings.json").write_text(json.dumps(SETTINGS))
    peer_port = Ports().next()
    rest = ScaffoldProcess(directory / "rest.log", runtime="gotorrent", arguments=(
        "--port", "0", "--dir", str(directory / "downloads"), "--peer-port", str(peer_port), "--peer-bind", "127.0.0.1", "--no-dht"))
    sockets = []
    try:
        port = rest.rpc_port
        numbers = random.Random(1)
        for i in range(arguments.torrents):
            payload = payloads.single(directory / f"s{i}", i, PIECES * 16 * KIB, 16 * KIB, name=f"payload{i}.bin")
            status, _, answer = rest.exchange("POST", f"/addtorrentfile?path={directory}/downloads", payload.torrent_file.read_bytes())
            assert status == 200, answer
            shutil.rmtree(payload.root)
            info_hash = payload.info.info_hash().to_bytes()
            wait_until(lambda: state(rest, info_hash) == "downloading", 60, "it downloads")
            sockets += [peer(peer_port, info_hash, numbers.randrange(10**12)) for _ in range(arguments.peers)]
        wanted = arguments.torrents * arguments.peers

        def all_there():
            sessions = json.loads(ask(port)[1])["sessions"]
            return sum(1 for s in sessions for p in s["Peers"] if p["relevence"] == 0.5) == wanted

        wait_until(all_there, 120, f"{wanted} peers")
        for name, headers in (("plain", ()), ("gzip", {"Accept-Encoding": "gzip"})):
            for _ in range(arguments.looks):
                ask(port, headers)  # compiled, as in a process that is asked every second
            pid = java(rest.process.pid)
            before = cpu_seconds(pid)
            looks = sorted(ask(port, headers)[0] for _ in range(arguments.looks))
            cpu = (cpu_seconds(pid) - before) / arguments.looks
            length = len(ask(port, headers)[1])
            print(f"{name}: {wanted} peers of {arguments.torrents} torrents, {length / 1000:.0f} kB: median {statistics.median(looks) * 1000:.0f} ms, "
                  f"best {looks[0] * 1000:.0f} ms, CPU {cpu * 1000:.0f} ms", flush=True)
    finally:
        for sock in sockets:
            sock.close()
        rest.kill()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
