"""./bittern swap and ./bittern control, typed at a daemon that runs."""

import base64
import contextlib
import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import zipfile

import libtorrent as lt
import pytest

from harness import payloads
from harness.daemon_rpc import Daemon
from harness.engine_rpc import ANSWER_SECONDS, ROOT
from harness.payloads import KIB, MIB
from harness.waiting import crowding, wait_until

BUNDLE = "org.bittern.gotorrent"
DIST = ROOT / "target/bittern"
STANDS_ON = {"org.bittern.swap"}  # what swaps cannot be swapped


@pytest.fixture
def daemon(work, ports):
    daemon = Daemon(work / "daemon", ports.next(), arguments=("--port", "0", "--with", "shell"))
    yield daemon
    daemon.close()


@pytest.fixture
def jar(work):
    """Another content than the one that runs, with its sum beside it."""
    return other_version(work / "jars", BUNDLE, "new.jar")


def other_version(folder, bundle, name):
    folder.mkdir(mode=0o700, exist_ok=True)
    jar, sums = folder / name, folder / "SHA256SUMS"
    shutil.copyfile(DIST / "bundles" / f"{bundle}-0.1.0.jar", jar)
    with zipfile.ZipFile(jar, "a") as archive:
        archive.writestr("mark.txt", "2")
    with open(sums, "a", encoding="utf-8") as file:
        file.write(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n")
    for file in jar, sums:
        file.chmod(0o644)
    return jar


def bundles_of(runtime):
    """Our own, of its features."""
    features = json.loads((DIST / "runtime" / runtime / "runtime.json").read_text())["features"]
    named = [name for feature in features for name in json.loads((DIST / "features" / f"{feature}.json").read_text())["bundles"]]
    return sorted({name.split(":")[1] for name in named if name.startswith("org.bittern:")})


def is_swapped_in_place(jar):
    """Whether its manifest says that there may not be two of it for a moment."""
    with zipfile.ZipFile(jar) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode().replace("\r\n ", "")
    return any(line.startswith(("Export-Package:", "Bittern-Swap: update")) for line in manifest.splitlines())


def bittern(daemon, *words, cwd=None):
    return subprocess.run([f"{ROOT}/bittern", *map(str, words), "--data", str(daemon.data)], cwd=cwd, capture_output=True, text=True,
                          timeout=ANSWER_SECONDS * crowding(), stdin=subprocess.DEVNULL)


def test_swaps_a_bundle_and_takes_commands(daemon, jar):
    done = bittern(daemon, "swap", BUNDLE, jar.name, cwd=jar.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"swapped {BUNDLE}, side by side; longest gap ") and done.stdout.count("\n") == 1
    assert daemon.exchange("GET", "/alldata")[0] == 200

    assert bittern(daemon, "control", "ls").stdout == "no torrents\n"
    refused = bittern(daemon, "control", "nonsense")
    assert refused.returncode == 1 and refused.stderr.startswith("bittern: unknown command 'nonsense'; it knows: add, ls, ")


def test_systemd_does_not_take_an_exchange_of_the_daemons_bundle_for_its_end(work, ports):
    own = "org.bittern.daemon"
    jar = other_version(work / "jars", own, "new.jar")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(work / "notify"))
        environment = {"NOTIFY_SOCKET": str(work / "notify")}
        with contextlib.closing(Daemon(work / "daemon", ports.next(), environment, arguments=("--port", "0"))) as daemon:
            done = bittern(daemon, "swap", own, jar.name, cwd=jar.parent)
            assert (done.returncode, done.stderr) == (0, "")
            daemon.stop()
        systemd.setblocking(False)
        heard = []
        with contextlib.suppress(BlockingIOError):
            while True:
                heard.append(systemd.recv(4096).split(b"\n")[0])
    assert set(heard[:-1]) == {b"READY=1"} and heard[-1] == b"STOPPING=1", heard


def test_every_bundle_of_a_daemon_is_swapped_during_a_download(daemon, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 24 * MIB, 64 * 1024)
    session = make_session(upload_rate_limit=200_000)
    handle = session.add(payload.torrent_file, payload.root, seed=True)
    daemon.call("torrent-add", metainfo=base64.b64encode(payload.torrent_file.read_bytes()).decode())
    place = "127.0.0.1", daemon.call("session-get")["peer-port"]
    handle.connect_peer(place)

    def share():
        """How much is there; nothing while it does not answer."""
        with contextlib.suppress(OSError):
            daemon.port = (daemon.connected() or {}).get("port", daemon.port)
            if daemon.exchange("GET", "/alldata")[0] == 200:
                return daemon.torrents("percentDone")[0]["percentDone"]
        return None

    wait_until(share, 30, "it downloads")
    names = bundles_of("daemon")
    random.Random(seed).shuffle(names)
    for name in names:
        jar = other_version(work / "jars", name, f"{name}.jar")
        done = bittern(daemon, "swap", name, jar)
        if name in STANDS_ON:
            assert done.returncode == 1 and "what swaps stands on it" in done.stderr, done
            continue
        way = "one after the other" if is_swapped_in_place(jar) else "side by side"
        assert (done.returncode, done.stderr) == (0, ""), (name, done, daemon.tail())
        assert done.stdout.startswith(f"swapped {name}, {way}; longest gap "), (name, done)
        print(done.stdout, end="")
        wait_until(share, 30, f"it answers after the swap of {name}")
    assert share() < 1, "it was over before"
    session.lift_limits()
    handle.set_upload_limit(0)
    wait_until(lambda: share() == 1, 60, "it is complete")
    payload.assert_equal(daemon.downloads)


def test_libtorrent_hears_of_the_pieces_that_are_lost_when_the_store_is_swapped(daemon, make_session, work, seed):
    """The file has become shorter: that is noticed when the next store opens it, and the link stays."""
    piece = 64 * KIB
    payload = payloads.single(work / "seed", seed, 4 * MIB, piece)
    torrent = base64.b64encode(payload.torrent_file.read_bytes()).decode()
    daemon.call("torrent-add", metainfo=torrent, download_dir=str(payload.root))
    wait_until(lambda: daemon.torrents("status", "percentDone") == [{"status": 6, "percentDone": 1}], 60, "it seeds")
    daemon.call("torrent-set", uploadLimit=20, uploadLimited=True)  # kB/s: it is at the first pieces during all of the test
    session = make_session()
    handle = session.add(payload.torrent_file, work / "leech", flags=lt.torrent_flags.sequential_download)
    port = daemon.call("session-get")["peer-port"]
    handle.connect_peer(("127.0.0.1", port))

    def lacks():
        """What libtorrent believes that we do not have; None: it is not connected."""
        links = [peer for peer in handle.get_peer_info() if peer.ip[1] == port and any(peer.pieces)]
        return [index for index, has in enumerate(links[0].pieces) if not has] if links else None

    wait_until(lambda: lacks() == [], 20, "libtorrent sees a seed")
    wait_until(lambda: handle.status().total_payload_download > 0, 20, "it has begun to read")
    os.truncate(payload.root / payload.name, 61 * piece - 1)  # of 64 pieces
    jar = other_version(work / "jars", "org.bittern.disk.file", "store.jar")
    done = bittern(daemon, "swap", "org.bittern.disk.file", jar)
    assert (done.returncode, done.stderr) == (0, ""), done
    wait_until(lambda: lacks() == [60, 61, 62, 63], 20, "libtorrent knows which pieces are lost")
    assert session.seen("peer_disconnected_alert") == []


def test_refuses_in_one_line_and_goes_on(daemon, jar, work):
    for words, code, why in (((BUNDLE, work / "none.jar"), 1, "there is no file"), (("org.bittern.none", jar), 1, "is org.bittern.gotorrent, not"),
                             ((BUNDLE,), 2, "usage: swap BUNDLE JAR"), ((BUNDLE, jar, "--with", "shell"), 2, "belong to the start")):
        done = bittern(daemon, "swap", *words)
        assert done.returncode == code and done.stdout == "" and why in done.stderr and done.stderr.count("\n") == 1, done
    jar.write_bytes(jar.read_bytes() + b"x")
    assert "has the sum" in bittern(daemon, "swap", BUNDLE, jar).stderr
    jar.parent.chmod(0o777)
    assert "can be written by others" in bittern(daemon, "swap", BUNDLE, jar).stderr
    assert daemon.exchange("GET", "/alldata")[0] == 200

    assert oct(os.stat(daemon.data / "control" / "socket").st_mode & 0o777) == "0o600"
    daemon.close()
    gone = bittern(daemon, "swap", BUNDLE, jar)
    assert gone.returncode == 1 and gone.stderr.startswith("bittern: nobody ") and gone.stderr.count("\n") == 1
