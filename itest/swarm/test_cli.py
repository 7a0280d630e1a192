"""The command line as a user types it: get and seed with other clients through a tracker, failures in one line."""

import concurrent.futures
import itertools
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from harness import other_clients, payloads, processes
from harness.engine_rpc import ROOT
from harness.payloads import KIB, MIB
from harness.screen import Screen
from harness.tracker import Tracker
from harness.waiting import crowding, exit_code, wait_until
from harness.web_server import WebServer

KINDS = ["libtorrent", "transmission", "aria2", "qbittorrent", "rtorrent"]
FILES = {"a.bin": 20_000, "b.bin": 1, "empty": 0, "c/d.bin": 300_001}


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next())
    yield tracker
    tracker.close()


@pytest.fixture
def bittern(work):
    """Runs ./bittern; ends what is still running."""
    running = []

    def start(*arguments, data="data"):
        process = processes.start(
            [f"{ROOT}/bittern", *map(str, arguments), "--data", str(work / data)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=work)
        running.append(process)
        return process

    yield start
    for process in running:
        processes.end(process)
        process.communicate(timeout=60)


def finish(process, seconds=100):
    out, err = process.communicate(timeout=seconds * crowding())
    return process.returncode, out, err


def seeding(tracker, payload):
    return wait_until(lambda: any(a["left"] == 0 for a in tracker.announces), 30, "a seed announces itself")


def start_other(kind, work, ports, session, payload, directory, seed, tracker_url):
    if kind == "libtorrent":
        return session.add(payload.torrent_file, directory, seed=seed)
    if kind == "aria2":
        return other_clients.aria2(work, payload.torrent_file, directory, ports.next(), seed, tracker_url)
    if kind == "rtorrent":
        return other_clients.rtorrent(work, payload.torrent_file, directory, ports.next())
    start = {"transmission": other_clients.transmission, "qbittorrent": other_clients.qbittorrent}[kind]
    return start(work, payload.torrent_file, directory, ports.next(), ports.next())


@pytest.fixture
def other(work, ports, make_session):
    clients = []

    def start(kind, payload, directory, seed, tracker_url=""):
        session = make_session() if kind == "libtorrent" else None
        client = start_other(kind, work, ports, session, payload, directory, seed, tracker_url)
        if session is None:
            clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["http", "udp"])
def test_get_from_another_client_through_a_tracker(bittern, tracker, other, work, seed, kind, scheme):
    url = tracker.http_url if scheme == "http" else tracker.udp_url
    payload = payloads.tree(work / "seed", seed, FILES, trackers=[url])
    other(kind, payload, payload.root, seed=True, tracker_url=tracker.http_url)
    seeding(tracker, payload)
    code, out, err = finish(bittern("get", payload.torrent_file, "--dir", work / "got", "--no-dht", "--bind", "127.0.0.1"))
    assert code == 0, err
    assert "complete" in out and err == ""
    payload.assert_equal(work / "got")
    ours = []

    def heard():
        ours[:] = [a for a in tracker.announces if a["peer_id"].startswith(b"-BN")]
        events = [a["event"] for a in ours if a["event"]]
        # Over UDP the last one is said twice when its answer takes half a second.
        return [event for event, _ in itertools.groupby(events)] if scheme == "udp" else events

    wait_until(lambda: len(heard()) >= 3, 10, "the tracker has taken in the last announce")
    assert heard() == ["started", "completed", "stopped"]
    assert len({a["peer_id"] for a in ours}) == 1


def non_empty(digests):
    """Without empty files: Transmission 3.00 does not create them."""
    return {path: digest for path, digest in digests.items() if not path.endswith("empty")}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_seed_to_another_client_through_a_tracker(bittern, tracker, other, work, seed, kind):
    """The other one is there first and we dial it: Transmission never dials loopback addresses."""
    payload = payloads.tree(work / "seed", seed, FILES, trackers=[tracker.http_url])
    other(kind, payload, work / "leech", seed=False)
    wait_until(lambda: tracker.announces, 30, f"{kind} announces itself")
    process = bittern("seed", payload.torrent_file, "--dir", payload.root, "--no-dht", "--bind", "127.0.0.1")
    wanted = non_empty(payload.digests())
    wait_until(lambda: (work / "leech" / "tree").exists() and non_empty(payload.digests(work / "leech")) == wanted, 60,
               f"{kind} has everything")
    os.killpg(process.pid, signal.SIGTERM)
    code, _, err = finish(process, 30)
    assert code in (0, 143), err


@pytest.mark.slow
def test_a_partial_seed_uploads_what_is_there_and_downloads_nothing(bittern, make_session, work, seed):
    """What differs may be what the user has changed since: nobody may overwrite it."""
    piece, bad = 64 * KIB, 3
    payload = payloads.single(work / "seed", seed, 8 * piece, piece)
    data = (payload.root / payload.name).read_bytes()
    mine = work / "mine" / payload.name
    mine.parent.mkdir()
    mine.write_bytes(data[:bad * piece] + b"mine" + data[bad * piece + 4:])
    changed = mine.read_bytes()
    source, taker = make_session(), make_session()
    given = source.add(payload.torrent_file, payload.root, seed=True)
    taken = taker.add(payload.torrent_file, work / "leech")
    process = bittern("seed", payload.torrent_file, "--dir", mine.parent, "--partial", "--no-dht", "--bind", "127.0.0.1",
                      "--peer", f"127.0.0.1:{source.port}", "--peer", f"127.0.0.1:{taker.port}")
    source.wait_alert("peer_connect_alert")
    wait_until(lambda: taken.status().num_pieces == 7, 60, "the good ones were given")
    os.killpg(process.pid, signal.SIGTERM)
    code, _, err = finish(process, 30)
    assert code in (0, 143), err
    assert mine.read_bytes() == changed and not taken.status().pieces[bad]
    assert given.status().total_payload_upload == 0


@pytest.mark.slow
def test_get_goes_on_while_a_web_seed_alone_sends(bittern, work, seed):
    """For longer than it waits for peers."""
    piece, pause, line = 16 * KIB, 0.2, threading.Lock()

    def trickle(handler, data):
        first, last = (int(n) for n in handler.headers["Range"].removeprefix("bytes=").split("-"))
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        handler.send_header("Content-Length", str(last - first + 1))
        handler.end_headers()
        for begin in range(first, last + 1, piece):
            with line:  # however many ask
                time.sleep(pause)
                handler.wfile.write(data[begin:min(begin + piece, last + 1)])
        return True

    server = WebServer(work / "seed", misbehave=trickle)
    try:
        payload = payloads.single(work / "seed", seed, 20 * piece, piece, web_seeds=[server.url])
        begin = time.monotonic()
        code, _, err = finish(bittern("get", payload.torrent_file, "--dir", work / "got", "--no-dht", "--bind", "127.0.0.1", "--wait", 2))
    finally:
        server.close()
    assert code == 0, err
    assert time.monotonic() - begin > 20 * pause
    payload.assert_equal(work / "got")


def test_a_person_who_watches_sees_how_far_it_is(make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 600 * KIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)

    def drawn(*arguments):
        screen = Screen()
        process = processes.start([f"{ROOT}/bittern", *map(str, arguments), "--data", str(work / "data")], stdin=screen.end,
                                  stdout=screen.end, stderr=screen.end, env={**os.environ, "TERM": "xterm"})
        try:
            assert exit_code(process, 100) == 0, screen.text
        finally:
            processes.end(process)
            screen.close()
        return screen.text.decode()

    made = drawn("create", payload.root / payload.name, "-o", work / "made.torrent")
    assert re.search(r"hashing 100% \[=+\] 0/0 MiB", made), made
    got = drawn("get", payload.torrent_file, "--dir", work / "got", "--no-dht", "--bind", "127.0.0.1", "--peer", f"127.0.0.1:{session.port}")
    assert re.search(re.escape(payload.name) + r" 100% \[=+\] 0/0 MiB .* seeding down .*/s up 0 B/s peers \d", got), got
    payload.assert_equal(work / "got")


@pytest.mark.slow
def test_get_goes_on_after_kill(bittern, make_session, work, seed):
    piece = 64 * KIB
    payload = payloads.single(work / "seed", seed, 8 * MIB, piece)
    session = make_session(upload_rate_limit=1500 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    arguments = ("get", payload.torrent_file, "--dir", work / "got", "--no-dht", "--peer", f"127.0.0.1:{session.port}",
                 "--bind", "127.0.0.1", "--json")
    first = bittern(*arguments)
    target = work / "got" / payload.name
    wait_until(lambda: target.exists() and target.stat().st_blocks * 512 > 3 * MIB, 30, "a good part of it")
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    wanted, got = (payload.root / payload.name).read_bytes(), target.read_bytes()
    there = sum(got[i:i + piece] == wanted[i:i + piece] for i in range(0, payload.size, piece))
    session.lift_limits()
    code, out, err = finish(bittern(*arguments))
    assert code == 0, err
    payload.assert_equal(work / "got")
    assert there > 20
    assert json.loads(out)["downloaded"] <= payload.size - there * piece, "fetched again what was there"


@pytest.mark.slow
def test_failures_are_one_clear_line_and_exit_code_one(bittern, work, seed, make_session):
    payload = payloads.single(work / "seed", seed, 100 * KIB)
    (work / "bad.torrent").write_bytes(b"d4:infode")
    (work / "file").write_text("x")
    taken = make_session()
    alone = ("--no-dht", "--bind", "127.0.0.1")
    peer = ("--peer", "127.0.0.1:9", *alone)
    failures = [
        (("get", work / "absent.torrent"), "no such file"),
        (("get", work / "bad.torrent"), "not a torrent"),
        (("get", "magnet:?xt=urn:btih:xyz"), "magnet"),
        (("get", payload.torrent_file, *alone), "no tracker"),
        (("get", payload.torrent_file, *peer, "--port", taken.port), str(taken.port)),
        (("get", payload.torrent_file, *peer, "--dir", work / "file"), "file"),
        (("get", payload.torrent_file, *peer, "--wait", 2), "no peer"),
        (("show", work / "bad.torrent"), "not a torrent"),
        (("seed", payload.torrent_file, "--dir", work / "nowhere", *alone), "no such directory"),
        (("seed", payload.torrent_file, "--dir", work, *alone), "missing or bad"),
        (("get", payload.torrent_file, "--peer", "127.0.0.1:9", "--no-dht", "--bind", "missing0"), "missing0"),
        (("show", payload.torrent_file, "--set", "org.bittern.frob:x=1"), "org.bittern.frob"),
        (("show", payload.torrent_file, "--set", "org.bittern.net:loop=1"), "org.bittern.net:loop: there is no such key; there are buffer.mebibytes, loops"),
        (("create", work / "absent", "-o", work / "x.torrent"), "no such file")]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        ends = list(pool.map(lambda number: finish(bittern(*failures[number][0], data=f"data{number}")), range(len(failures))))
    for (arguments, word), (code, out, err) in zip(failures, ends):
        assert code == 1 and out == "", (arguments, out, err)
        assert len(err.splitlines()) == 1 and err.startswith("bittern: ") and word in err, (arguments, err)


@pytest.mark.parametrize("version", ["--v1", "--v2", "--hybrid"])
def test_created_torrent_has_the_info_hash_that_libtorrent_computes(bittern, work, seed, version):
    kind = {"--v1": payloads.V1, "--v2": payloads.V2, "--hybrid": payloads.HYBRID}[version]
    payload = payloads.single(work / "seed", seed, 300_000, 16 * KIB, version=kind)
    made = work / "made.torrent"
    code, out, err = finish(bittern("create", payload.root / payload.name, "-o", made, "--piece-size", 16, version))
    assert code == 0, err
    import libtorrent as lt
    ours = lt.torrent_info(str(made))
    assert ours.info_hashes() == payload.info.info_hashes()
