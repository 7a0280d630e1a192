"""The HTTP control plane: exact answers, errors, life cycle, hostile clients (S0-10..S0-61)."""

import base64
import collections
import concurrent.futures
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from harness import payloads
from harness.engine_rpc import InvalidRequest, TorrentNotFound
from harness.payloads import KIB, MIB
from harness.scaffold_rpc import ScaffoldEngine, ScaffoldProcess
from harness.siege import Fortress
from harness.tracker import Tracker
from harness.waiting import crowding, wait_until
from test_dht import LOOPBACK_DHT
from test_hostile_blocks import test_the_sender_of_corrupt_blocks_is_banned_and_no_other  # noqa: F401
from test_utp import LT_ONLY_UTP

BASIC = ("id", "state", "progress", "downloadRate", "uploadRate", "peers")
UNKNOWN = "0" * 40
MOST_KEPT_BYTES = 20_000  # that an engine may leave in the heap


@pytest.fixture
def engine_class():
    return ScaffoldEngine


@pytest.fixture
def fortress(work, ports):
    fortress = Fortress(work / "fortress", ports.next(), ScaffoldEngine)
    yield fortress
    fortress.close()


@pytest.fixture
def plane(make_engine):
    return make_engine(init=False).plane


def failure(plane, method, path, body=None):
    status, answer = plane.request(method, path, body)
    assert set(answer) == {"ok", "error", "code"} and answer["ok"] is False and answer["error"], answer
    return status, answer["code"]


def config(engine, port=0):
    return {"listen_port": port, "download_dir": str(engine.downloads), "enable_utp": False}


def has_ipv6():
    with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


# --- life cycle ---------------------------------------------------------------------------------------------------


def test_listens_before_any_engine_and_says_so_in_one_line(plane):
    hosts = ["127.0.0.1", "localhost"] + (["::1"] if has_ipv6() else [])
    for host in hosts:
        status, headers, body = plane.exchange("GET", "/engine/status", host=host)
        assert status == 200 and headers["Content-Type"] == "application/json", host
        assert json.loads(body) == {"ok": True, "running": False}, host
    plane.request("POST", "/engine/start", {"config": {"download_dir": str(plane.log.parent / "d")}})
    assert plane.request("POST", "/shutdown") == (200, {"ok": True})
    assert plane.wait() == 0
    assert len(plane.lines) == 1 and re.fullmatch(r"RPC_PORT=\d+\n", plane.lines[0])


def test_port_comes_from_option_or_environment(work, ports):
    for arguments, environment in ((("--port", "{}"), {}), ((), {"PORT": "{}"})):
        port = str(ports.next())
        plane = ScaffoldProcess(work / "log", arguments=[a.format(port) for a in arguments],
                                environment={k: v.format(port) for k, v in environment.items()})
        with contextlib.closing(plane.process.stdout):
            try:
                assert plane.rpc_port == int(port)
                assert plane.exchange("GET", "/engine/status")[0] == 200
            finally:
                plane.kill()


def test_taken_port_and_bad_arguments_end_it_with_one_line(work):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for arguments, code in ((["--port", str(taken.getsockname()[1])], 1), (["--port", "x"], 2), (["now"], 2)):
            log = work / f"{arguments[-1]}.log"
            plane = ScaffoldProcess(log, arguments=arguments)
            try:
                assert plane.wait(30) == code
                assert plane.lines == []
                assert len(log.read_text().splitlines()) == 1, log.read_text()
            finally:
                plane.kill()


def test_of_ten_parallel_starts_one_succeeds(make_engine):
    engine = make_engine(init=False)
    body = {"config": config(engine)}
    engine.plane.rpc_port
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: engine.plane.request("POST", "/engine/start", body), range(10)))
    assert collections.Counter(status for status, _ in answers) == {200: 1, 409: 9}
    assert {a["code"] for s, a in answers if s == 409} == {"EngineAlreadyRunning"}
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: engine.plane.request("POST", "/engine/stop"), range(10)))
    assert collections.Counter(status for status, _ in answers) == {200: 1, 404: 9}
    assert engine.plane.request("GET", "/engine/status") == (200, {"ok": True, "running": False})


def test_second_start_leaves_the_engine_alone(make_engine):
    engine = make_engine()
    before = engine.get("/engine/status")
    for body in ({"config": {"listen_port": "x"}}, {"config": 7}, []):
        assert failure(engine.plane, "POST", "/engine/start", body) == (409, "EngineAlreadyRunning"), body
    assert engine.get("/engine/status") == before
    assert before["port"] == engine.port and re.fullmatch(r"\d+\.\d+\.\d+", before["version"]) and before["torrents"] == []


def test_start_lists_unknown_names_and_refuses_bad_values(make_engine):
    engine = make_engine(init=False)
    for bad in ({"listen_port": "x"}, {"listen_port": -1}, {"encryption": "sometimes"}, {"enable_pex": 1}, [], 7, {"listen_port": 1 << 64}, {"listen_host": ""},
                {"listen_host": "nonsense"}, {"download_dir": ""}, {"state_dir": ""}, {"dht_bootstrap": ["nonsense"]}, {"max_connections": 0},
                {"listen_host": " "}, {"listen_host": ","}, {"enable_tcp": False, "enable_utp": False}):
        assert failure(engine.plane, "POST", "/engine/start", {"config": bad}) == (400, "InvalidRequest"), bad
        assert engine.plane.request("GET", "/engine/status")[1] == {"ok": True, "running": False}
    status, answer = engine.plane.request("POST", "/engine/start", {"config": {**config(engine), "foo": 1, "strangeName": None}})
    assert (status, answer) == (200, {"ok": True, "ignored": ["foo", "strangeName"]})
    assert "foo" in engine.plane.tail()


def test_start_without_body_uses_defaults(plane):
    status, headers, body = plane.exchange("POST", "/engine/start")
    assert (status, json.loads(body)) == (200, {"ok": True})


def test_failed_start_leaves_no_engine_and_the_next_one_works(make_engine, make_session, work):
    engine = make_engine(init=False)
    taken = make_session()
    (work / "file").write_text("x")
    for wrong in ({"listen_port": taken.port}, {"download_dir": str(work / "file")}, {"download_dir": "/proc/bittern"},
                  {"state_dir": str(work / "file")}):
        with pytest.raises(InvalidRequest) as refused:
            engine.init(**wrong) if "listen_port" not in wrong else engine.init(wrong["listen_port"])
        assert str(list(wrong.values())[0]) in refused.value.message
        assert engine.get("/engine/status") == {"ok": True, "running": False}
    engine.init(0)
    assert engine.port > 0


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next())
    yield tracker
    tracker.close()


def live_bytes(pid):
    """Bytes of the objects in a JVM's heap that something holds: this makes it collect all others first."""
    jcmd = pathlib.Path(os.readlink(f"/proc/{pid}/exe")).with_name("jcmd")
    for _ in range(2):  # the first time lets go of what cleaners hold
        table = subprocess.run([jcmd, str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True, timeout=120).stdout
    return int(re.search(r"^Total\s+\d+\s+(\d+)$", table, re.MULTILINE).group(1))


@pytest.mark.slow
def test_twenty_engines_in_one_process_leave_nothing_behind(make_engine, make_session, tracker, work, ports, seed):
    """Each has a DHT node, announces to a tracker, and uploads over uTP."""
    engine = make_engine(init=False)
    session = make_session(**LT_ONLY_UTP, **LOOPBACK_DHT)
    port = ports.next()
    seeds = itertools.count(seed)  # a torrent that comes back so often would have to wait until it may announce again

    def announced():
        return [(a["port"], a["event"]) for a in tracker.announces]

    def cycle():
        payload = payloads.single(work / "seed", next(seeds), 100 * KIB, trackers=[tracker.udp_url])
        tracker.announces.clear()
        engine.init(port, state_dir=str(work / "state"), enable_utp=True, enable_dht=True, dht_bootstrap=[f"127.0.0.1:{session.port}"])
        torrent = engine.seed(payload.torrent_file, payload.root)
        engine.wait_state(torrent, "seeding")
        handle = session.add(payload.torrent_file, engine.downloads / "leech", peers=[("127.0.0.1", port)])
        session.wait_complete(handle)
        session.session.remove_torrent(handle)
        wait_until(lambda: (port, "started") in announced(), 10, "the tracker has heard of it")
        engine.remove(torrent)
        engine.stop()
        with socket.create_server(("127.0.0.1", port)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", port))
        shutil.rmtree(engine.downloads)

    def usage():
        proc = pathlib.Path(f"/proc/{engine.pid}")
        return len(list((proc / "task").iterdir())), len(list((proc / "fd").iterdir()))

    for _ in range(5):
        cycle()
    threads, files = usage()
    heap = live_bytes(engine.pid)
    for _ in range(20):
        cycle()
    # Twenty engines that nobody forgets would be some megabytes; what classes remember when they are first used is not.
    most = heap + 20 * MOST_KEPT_BYTES
    wait_until(lambda: live_bytes(engine.pid) < most, 30, f"at most {most} bytes in the heap after 20 engines, {heap} were before", poll=1)
    # The JVM adds a compiler or a carrier thread when it likes; a leak would add twenty.
    wait_until(lambda: usage()[0] <= threads + 4 and usage()[1] <= files + 4, 30,
               f"usage back at {threads} threads, {files} files")


def test_shutdown_without_an_engine_answers_then_exits(make_engine):  # with one: test_shutdown.py
    engine = make_engine(init=False)
    assert engine.plane.request("POST", "/shutdown") == (200, {"ok": True})
    with contextlib.suppress(OSError, http.client.HTTPException):  # a second one finds it ending or gone
        engine.plane.exchange("POST", "/shutdown")
    assert engine.plane.wait() == 0


# With an engine and SIGTERM: test_shutdown.py.
@pytest.mark.parametrize(("number", "running"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)],
                         ids=["term-idle", "int-idle", "int-engine"])
def test_signal_ends_it_in_order(make_engine, running, number):
    engine = make_engine(init=running)
    engine.plane.rpc_port
    os.kill(engine.pid, number)
    assert engine.plane.wait() == 0


@pytest.mark.slow
def test_two_processes_do_not_disturb_each_other(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    first, second = make_engine(), make_engine()
    assert first.plane.rpc_port != second.plane.rpc_port
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    target = second.add(payload.torrent_file)
    second.add_peer(target, first.port)
    second.wait_complete(target)
    assert first.shutdown() == 0
    assert second.brief(target)["state"] == "seeding"


# --- answers ------------------------------------------------------------------------------------------------------


def test_errors_have_their_status_and_code(make_engine):
    plane = make_engine(init=False).plane
    for path in ("/engine/stop", "/torrent/add", "/torrent/x/pause", f"/torrent/{UNKNOWN}/resume", "/torrent/%2f/remove"):
        status, headers, body = plane.exchange("POST", path, b"{broken")
        assert status == 404 and json.loads(body)["code"] == "EngineNotRunning", path
    assert failure(plane, "GET", "/torrent/x/status") == (404, "EngineNotRunning")
    for path in ("/", "/nope", "/engine/status/", "/torrent", "//engine/status", "/engine%2fstatus", "/torrent/a/b/status"):
        assert failure(plane, "GET", path) == (404, "NotFound"), path
    for method, path, allowed in (("GET", "/engine/start", "POST"), ("POST", "/engine/status", "GET"),
                                  ("PUT", "/torrent/x/pause", "POST"), ("DELETE", "/shutdown", "POST"),
                                  ("OPTIONS", "/torrent/add", "POST")):
        status, headers, body = plane.exchange(method, path)
        assert (status, headers["Allow"], json.loads(body)["code"]) == (405, allowed, "MethodNotAllowed"), path
    for body in (b"{", b"[]", b"7", b"null", b"{} {}", b"\x00", b'{"a":NaN}', b"\xff\xfe"):
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            status, _, answer = plane.exchange("POST", "/engine/start", body, {"Content-Type": kind})
            assert status == 400 and json.loads(answer)["code"] == "InvalidRequest", body
    assert plane.request("GET", "/engine/status")[1]["running"] is False


def test_bad_adds_change_nothing(engine):
    for body in ({}, {"type": "file"}, {"type": "file", "data": ""}, {"type": "file", "data": "!"},
                 {"type": "file", "data": base64.b64encode(b"d4:infode").decode()}, {"type": "file", "data": 7},
                 {"type": "magnet", "data": "magnet:?dn=x"}, {"type": "magnet", "data": "http://x/"},
                 {"type": "nfo", "data": "x"},
                 {"type": "magnet", "data": f"magnet:?xt=urn:btih:{'1' * 40}", "storagePath": "/proc/nothing/here"},
                 {"type": "magnet", "data": f"magnet:?xt=urn:btih:{'1' * 40}", "storagePath": "../outside"}):
        assert failure(engine.plane, "POST", "/torrent/add", body) == (400, "InvalidRequest"), body
    assert engine.get("/engine/status")["torrents"] == []


def test_unknown_torrents_are_not_found(engine):
    for identity in (UNKNOWN, "x", "..", "%2f", "a" * 64, "é".encode().hex()):
        assert failure(engine.plane, "GET", f"/torrent/{identity}/status") == (404, "TorrentNotFound")
        for verb in ("pause", "resume", "remove", "recheck", "add-peer", "settings"):
            assert failure(engine.plane, "POST", f"/torrent/{identity}/{verb}", {}) == (404, "TorrentNotFound")


def test_life_of_a_torrent(engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB)
    raw = base64.urlsafe_b64encode(payload.torrent_file.read_bytes()).decode().rstrip("=")
    answer = engine.post("/torrent/add", type="file", data=raw + "\n", storagePath="some/where")
    torrent = answer["id"]
    assert answer == {"ok": True, "id": str(payload.info.info_hash())}
    assert engine.post("/torrent/add", type="file", data=raw) == {"ok": True, "id": torrent, "duplicate": True}

    session = make_session(upload_rate_limit=150 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine.add_peer(torrent, session.port)
    seen = []

    def progress():
        seen.append(engine.brief(torrent)["progress"])
        return seen[-1]

    wait_until(lambda: progress() > 0, 30, "the first piece")
    brief = engine.brief(torrent.upper())
    assert all(name in brief for name in BASIC) and brief["id"] == torrent
    assert (brief["state"], brief["peers"]) == ("downloading", 1) and 0 < brief["progress"] < 1, brief
    assert brief["size"] == payload.size and brief["name"] == payload.name and "detail" not in brief
    engine.pause(torrent)
    engine.pause(torrent)
    assert engine.brief(torrent)["state"] == "paused"
    assert engine.get("/engine/status")["torrents"] == [{"id": torrent, "state": "paused"}]
    session.lift_limits()
    engine.resume(torrent)
    engine.resume(torrent)
    wait_until(lambda: progress() == 1.0, 30, "complete")
    assert seen == sorted(seen), "the progress fell"
    assert engine.brief(torrent)["state"] == "seeding"
    payload.assert_equal(engine.downloads / "some" / "where")
    engine.remove(torrent)
    with pytest.raises(TorrentNotFound):
        engine.brief(torrent)
    assert engine.get("/engine/status")["torrents"] == []
    payload.assert_equal(engine.downloads / "some" / "where")


def test_magnet_is_added_at_once_and_its_peer_is_dialled(engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 200 * KIB)
    digest = bytes.fromhex(str(payload.info.info_hash()))
    for name in (digest.hex(), digest.hex().upper(), base64.b32encode(digest).decode()):
        torrent = engine.add_magnet(f"magnet:?xt=urn:btih:{name}")
        assert torrent == digest.hex()
        brief = engine.brief(torrent)
        assert (brief["state"], brief["detail"], brief["progress"]) == ("downloading", "metadata", 0)
        engine.remove(torrent)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    torrent = engine.add_magnet(f"magnet:?xt=urn:btih:{digest.hex()}&x.pe=127.0.0.1:{session.port}")
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_magnet_of_v2_is_found_by_its_tracker_which_can_be_asked_again(engine, make_session, work, ports, seed):
    payload = payloads.single(work / "seed", seed, 200 * KIB, version=payloads.V2)
    digest = str(payload.info.info_hashes().v2)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    tracker = Tracker(ports.next())
    try:
        tracker.swarms[bytes.fromhex(digest)[:20]] = {session.port: 0}
        torrent = engine.add_magnet(f"magnet:?xt=urn:btmh:1220{digest}&tr={tracker.http_url}")
        engine.wait_complete(torrent)
        payload.assert_equal(engine.downloads)
        wait_until(lambda: tracker.events()[-1] == "completed", 30, "the tracker hears of it")
        engine.reannounce(torrent)
        wait_until(lambda: tracker.events()[-1] == "", 30, "it is asked again")
    finally:
        tracker.close()


@pytest.mark.slow
def test_pause_stops_an_upload_and_keeps_its_connection(engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.options(torrent, upload_limit=200 * KIB)
    session = make_session()
    handle = session.add(payload.torrent_file, work / "leech", peers=[("127.0.0.1", engine.port)])
    engine.wait_for(torrent, lambda s: s["uploaded"] > 100 * KIB, "first blocks")
    engine.pause(torrent)
    begin, last = time.monotonic(), None

    def same_for_five_seconds():
        nonlocal begin, last
        brief = engine.brief(torrent)
        assert (brief["state"], brief["peers"]) == ("paused", 1), brief
        if brief["totalUploaded"] != last:
            begin, last = time.monotonic(), brief["totalUploaded"]
        return time.monotonic() - begin > 5

    wait_until(same_for_five_seconds, 15, "no block for five seconds")
    assert last < payload.size // 2 and not handle.status().is_seeding
    engine.options(torrent, upload_limit=0)
    engine.resume(torrent)
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


def test_every_call_is_one_line_in_the_log(engine):
    engine.get("/logs?level=debug")
    with pytest.raises(TorrentNotFound):
        engine.pause(UNKNOWN)
    lines = [line for line in engine.plane.tail().splitlines() if re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", line)]
    assert re.fullmatch(r"\S+Z GET /logs 200 \d+ ms -", lines[-2]), lines
    assert re.fullmatch(rf"\S+Z POST /torrent/{UNKNOWN}/pause 404 \d+ ms TorrentNotFound", lines[-1]), lines


def test_only_local_hosts_and_origins(plane):
    port = plane.rpc_port
    for headers, expected in (({"Host": f"LocalHost:{port}"}, 200), ({"Host": "[::1]"}, 200), ({"Host": "evil.example"}, 403),
                              ({"Host": "localhost:1"}, 403), ({"Origin": f"http://localhost:{port}"}, 200),
                              ({"Origin": "null"}, 403), ({"Origin": "http://evil.example"}, 403)):
        status, _, body = plane.exchange("GET", "/engine/status", headers=headers)
        assert status == expected, headers
        assert json.loads(body)["ok"] is (expected == 200)


# --- what only tests need -----------------------------------------------------------------------------------------


def test_debug_routes_show_peers_pieces_and_events(engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB, 64 * KIB)
    session = make_session(upload_rate_limit=150 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    peer = wait_until(lambda: engine.get(f"/torrent/{torrent}/peers")["peers"], 30, "a peer")[0]
    assert (peer["ip"], peer["port"], peer["transport"]) == ("127.0.0.1", session.port, "tcp")
    wait_until(lambda: engine.get(f"/torrent/{torrent}/availability")["availability"] == [1] * payload.piece_count, 30,
               "the seed has every piece")
    engine.wait_for(torrent, lambda s: "1" in s["pieces"], "the first piece")
    pieces = engine.get(f"/torrent/{torrent}/pieces")
    assert set(pieces["pieces"]) == {"0", "1"}
    assert (len(pieces["pieces"]), pieces["count"], pieces["length"]) == (payload.piece_count, payload.piece_count, 64 * KIB)
    engine.post(f"/torrent/{torrent}/disconnect-peer", ip=peer["ip"], port=peer["port"])
    session.wait_alert("peer_disconnected_alert")
    engine.post(f"/torrent/{torrent}/settings", download_limit=0)
    with pytest.raises(InvalidRequest):
        engine.post(f"/torrent/{torrent}/settings", download_limit=-1)
    with pytest.raises(InvalidRequest):
        engine.post(f"/torrent/{torrent}/add-peer", ip="127.0.0.1", port=0)
    session.lift_limits()
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    assert engine.get(f"/torrent/{torrent}/pieces")["pieces"] == "1" * payload.piece_count
    logs = engine.get("/logs?level=info&limit=50")["logs"]
    assert f"added {payload.name}" in [line["message"] for line in logs]
    assert all(line["torrent"] == torrent for line in logs)
    assert len(engine.get("/logs?limit=1")["logs"]) == 1
    assert engine.get("/stats")["process"]["threads"] > 0


# --- hostile clients ----------------------------------------------------------------------------------------------


def raw(plane, data):
    connection = socket.create_connection(("127.0.0.1", plane.rpc_port), timeout=60)
    connection.sendall(data)
    return connection


def status_line(connection):
    with connection:
        return connection.recv(100).decode("latin1")


def whole_answer(connection):
    """Status and JSON of an answer after which the server closes the connection."""
    with connection, connection.makefile("rb") as stream:
        head, _, body = stream.read().partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in head, head
    return int(head.split()[1]), json.loads(body)


def head(length="Content-Length: 10"):
    return f"POST /engine/start HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode()


def test_deep_and_wide_json_is_refused(plane):
    for body in (b'{"a":' * 100_000, b"[" * 5_000_000, b'{"a":[' + b"{}," * 3_000_000 + b"1]}",
                 b'{"config":' + b"9" * 1_000_000 + b"}", b'{"type":"' + b"a" * 12_000_000 + b'"'):
        status, _, answer = plane.exchange("POST", "/engine/start", body)
        assert status == 400 and json.loads(answer)["code"] == "InvalidRequest"
    assert plane.request("GET", "/engine/status")[0] == 200


def test_huge_bodies_are_refused(plane):
    assert " 413 " in status_line(raw(plane, head("Content-Length: 1073741824")))
    assert " 400 " in status_line(raw(plane, head("Content-Length: 99999999999999999999")))
    assert " 400 " in status_line(raw(plane, head("Transfer-Encoding: chunked") + b"zz\r\n"))
    status, _, answer = plane.exchange("POST", "/engine/start", b"", {"Content-Length": str(40 * MIB)})
    assert status == 413 and json.loads(answer)["code"] == "InvalidRequest"
    assert plane.request("GET", "/engine/status")[0] == 200


def test_many_large_bodies_at_once_stay_within_the_heap(make_engine):
    plane = make_engine(init=False, heap="128m").plane
    body = b'{"config":{"x":"' + b"a" * (15 * MIB) + b'"}, "y":'
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: plane.exchange("POST", "/engine/start", body, seconds=60)[0], range(12)))
    assert set(answers) == {400}
    assert plane.request("GET", "/engine/status")[0] == 200


def test_slow_clients_delay_nobody(plane):
    with contextlib.ExitStack() as stack:
        for part in (b"POST /engine/sta", head()[:-2], head() + b'{"a"', head("Transfer-Encoding: chunked") + b"5\r\n"):
            for _ in range(50):
                stack.enter_context(raw(plane, part))
        for _ in range(20):
            begin = time.monotonic()
            assert plane.request("GET", "/engine/status")[0] == 200
            assert time.monotonic() - begin < 5 * crowding()


def configured(**values):
    """Arguments that set a key of the scaffold's configuration each."""
    settings = (f"org.bittern.scaffold:{key.replace('_', '.')}={value}" for key, value in values.items())
    return [word for setting in settings for word in ("--set", setting)]


@pytest.fixture
def make_plane(work):
    """Makes scaffold processes with arguments of their own."""
    planes = []

    def make(*arguments):
        planes.append(ScaffoldProcess(work / f"plane{len(planes)}.log", arguments=["--port", "0", *arguments]))
        return planes[-1]

    yield make
    for made in planes:
        made.kill()


@pytest.mark.slow
def test_limits_of_bodies_are_configurable(make_plane):
    plane = make_plane(*configured(body_limit_mebibytes=1))
    assert plane.exchange("POST", "/engine/start", b" " * MIB)[0] == 200
    status, _, answer = plane.exchange("POST", "/engine/stop", b" " * (MIB + 1))
    assert status == 413 and json.loads(answer)["code"] == "InvalidRequest"
    for wrong in ({"body_limit_mebibytes": 65}, {"body_timeout_seconds": 0}, {"idle_timeout_seconds": 601}):
        refused = make_plane(*configured(**wrong))
        assert refused.wait(30) == 2 and refused.lines == []
        assert next(iter(wrong)).replace("_", ".") in refused.log.read_text()


@pytest.mark.slow
def test_stalled_and_trickling_bodies_get_408(make_plane):
    plane = make_plane(*configured(body_timeout_seconds=2, idle_timeout_seconds=2))
    stalled = raw(plane, head() + b'{"a"')
    stalled.settimeout(60)
    trickling = raw(plane, head("Content-Length: 1000"))
    trickling.settimeout(0.2)
    deadline = time.monotonic() + 60
    answer = b""
    while not answer and time.monotonic() < deadline:
        with contextlib.suppress(TimeoutError):
            trickling.sendall(b" ")
            answer = trickling.recv(100)
    trickling.close()
    assert b" 408 " in answer
    assert " 408 " in status_line(stalled)


def test_what_the_server_itself_refuses_is_answered_like_all_else(plane):
    for data, expected in ((b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400), (head("Content-Length: x"), 400),
                           (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
                           (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431),
                           (head("Content-Length: 99999999999999999999"), 400)):
        status, answer = whole_answer(raw(plane, data))
        assert (status, set(answer), answer["ok"], answer["code"]) == (expected, {"ok", "error", "code"}, False, "InvalidRequest"), data[:60]
        line = plane.tail(1)
        assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z \S+ \S+ {expected} \d+ ms InvalidRequest", line), line


def test_garbage_on_the_socket_does_no_harm(plane):
    for data in (b"\x00" * 1000, b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"A" * 100_000, b"GET / HTTP/9.9\r\n\r\n",
                 b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        with contextlib.suppress(OSError), raw(plane, data) as connection:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert plane.request("GET", "/engine/status")[0] == 200
    assert subprocess.run(["kill", "-0", str(plane.process.pid)], check=False).returncode == 0


def test_pieces_can_be_kept_in_memory(make_session, work, ports, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    seeder, leecher = make_session(), make_session()
    seeder.add(payload.torrent_file, payload.root, seed=True)
    arguments = ("--port", "0", "--set", "org.bittern.engine:store.target=(bittern.store=memory)")
    with contextlib.closing(ScaffoldEngine(work / "memory", arguments=arguments)) as engine:
        engine.init(ports.next())
        torrent = engine.add(payload.torrent_file)
        engine.add_peer(torrent, seeder.port)
        engine.wait_complete(torrent)
        assert not list(engine.downloads.rglob(f"{payload.name}*"))
        handle = leecher.add(payload.torrent_file, work / "copy", peers=[("127.0.0.1", engine.port)])
        leecher.wait_complete(handle)
        payload.assert_equal(work / "copy")
