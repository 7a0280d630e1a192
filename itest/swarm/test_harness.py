"""The harness itself: what a failure leaves, who may be talked to, and that nothing stays behind whatever ends pytest.

Each test runs pytest in a process of its own, mostly with an engine that is a few lines of Python: a real one takes its time to start.
"""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

from harness import processes
from harness.ports import NESTED
from harness.waiting import crowding, wait_until

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 60

# Says yes to everything, and opens a socket when it is told to.
ENGINE = """
import json, socket, sys
sockets = []
for line in sys.stdin:
    message = json.loads(line)
    answer = {"id": message["id"], "ok": True, "listen_port": 1, "torrent_id": "t",
              "status": {"torrents": ["t"], "state": "seeding", "asked_with": message.get("params")}}
    if message["cmd"] == "bind":
        sockets.append(socket.socket(socket.AF_INET, getattr(socket, message["params"]["kind"])))
        sockets[-1].bind((message["params"]["host"], 0))
        if message["params"]["kind"] == "SOCK_STREAM":
            sockets[-1].listen()
    print("to the log", file=sys.stderr, flush=True)
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def nested(work):
    """Starts pytest on a file with this text; its tests keep their directories under `kept`."""
    (work / "kept").mkdir()
    (work / "engine.py").write_text(ENGINE)

    def start(text, *arguments):
        (work / "test_nested.py").write_text("import os, pathlib, subprocess, time\nimport pytest\n" + text)
        environment = {**os.environ, **NESTED, "PYTHONPATH": str(HERE), "SWARM_WORK": str(work / "kept"),
                       "BITTERN_STDIO": f"{sys.executable} {work / 'engine.py'}"}
        return processes.start(
            [sys.executable, "-m", "pytest", "-c", str(HERE / "pytest.ini"), "-p", "conftest", "--noconftest", str(work / "test_nested.py"),
             *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=work, env=environment)

    return start


def finish(process):
    out, _ = process.communicate(timeout=SECONDS * crowding())
    return out


def left_by(work):
    """Of each directory that was kept: what is in its files, by the name that its test left in it."""
    left = {}
    for directory in (work / "kept").iterdir():
        texts = {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}
        left[texts.pop("name", None)] = texts
    return left


FAILURES = """
@pytest.fixture
def told(request, work, make_engine, make_session):
    (work / "name").write_text(request.node.name)
    session, engine = make_session(), make_engine()
    engine.status(engine.add("x"))
    session.alerts.all().append(("mark_alert", "said"))
    return session, engine

@pytest.fixture
def breaks(told):
    raise AssertionError("setup")

def test_call(told):
    assert False

def test_setup(breaks):
    pass

def test_protocol_error(told):
    told[0].alerts.all().append(("hash_failed_alert", "piece 3"))

def test_socket(told):
    told[1].call("bind", host="0.0.0.0", kind="SOCK_DGRAM")

def test_passes(told):
    pass

def test_skips(told):
    pytest.skip("why not")
"""


def test_whatever_fails_leaves_logs_alerts_and_statuses(nested, work):
    process = nested(FAILURES)
    out = finish(process)
    assert "1 failed" in out and "3 errors" in out and "3 passed" in out and "1 skipped" in out, out
    left = left_by(work)
    assert set(left) == {"test_call", "test_setup", "test_protocol_error", "test_socket"}, out
    for name, texts in left.items():
        alerts, = (text for path, text in texts.items() if path.startswith("alerts-"))
        assert "listen_succeeded_alert" in alerts and "mark_alert: said" in alerts, name
        assert "to the log" in texts["engine0/engine0.log"], name
        assert "get_torrent_status t: " in texts["engine0/engine0.answers"] and '"seeding"' in texts["engine0/engine0.answers"], name
    assert "hash_failed_alert: piece 3" in str(left["test_protocol_error"])
    assert "get_engine_stats: " in left["test_call"]["engine0/engine0.answers"], "nobody asked how the engine is when it failed"
    for directory in (work / "kept").iterdir():
        assert f"kept: {directory} " in out


SOCKETS = """
CASES = [("127.0.0.1", "SOCK_STREAM"), ("127.0.0.1", "SOCK_DGRAM"), ("0.0.0.0", "SOCK_STREAM"), ("0.0.0.0", "SOCK_DGRAM")]

@pytest.mark.parametrize("host,kind", CASES)
def test_until_it_is_killed(make_engine, host, kind):
    make_engine().call("bind", host=host, kind=kind)

@pytest.mark.parametrize("host,kind", CASES)
def test_until_it_is_shut_down(make_engine, host, kind):
    engine = make_engine()
    engine.call("bind", host=host, kind=kind)
    engine.plane.wait = lambda: None
    engine.shutdown()

@pytest.mark.binds("0.0.0.0")
@pytest.mark.parametrize("host,kind", CASES)
def test_as_named(make_engine, host, kind):
    make_engine().call("bind", host=host, kind=kind)
"""


def test_a_socket_that_may_reach_others_fails_the_test_unless_it_is_named(nested):
    out = finish(nested(SOCKETS))
    assert "12 passed, 4 errors" in out, out
    for end in ("test_until_it_is_killed", "test_until_it_is_shut_down"):
        for kind in ("SOCK_STREAM", "SOCK_DGRAM"):
            assert f"ERROR at teardown of {end}[0.0.0.0-{kind}] _" in out, out
    assert out.count("E       AssertionError: may talk to other machines") == 4, out


STAYS = """
import threading
from harness import processes
from harness.scaffold_rpc import ScaffoldProcess

def test_waits(work):
    pids = [os.getpid()]
    def start():
        stubborn = processes.start(["sh", "-c", "trap '' HUP INT TERM; sleep 1000 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
        bare = processes.start(["sleep", "1000"], env={})
        pids.extend([stubborn.pid, int(stubborn.stdout.readline()), bare.pid])
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    if SCAFFOLD:
        plane = ScaffoldProcess(work / "log")
        assert plane.rpc_port
        pids.append(plane.process.pid)
    kept = pathlib.Path(os.environ["SWARM_WORK"])
    (kept / "new").write_text(" ".join(map(str, pids)))
    (kept / "new").rename(kept / "pids")
    while not (kept / "exit").exists():
        time.sleep(0.02)
    os._exit(1)  # as pytest-timeout does
"""


def lives(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("end", ["SIGINT", "SIGKILL", "SIGKILL of a worker", "os._exit"])
def test_nothing_stays_behind(nested, work, end):
    process = nested(f"SCAFFOLD = {end == 'SIGKILL'}\n{STAYS}", *(["-n", "1"] if "worker" in end else []))
    kept = work / "kept"
    wait_until(lambda: (kept / "pids").exists() or process.poll() is not None, SECONDS, "the processes of the nested test")
    assert (kept / "pids").exists(), finish(process)
    pytest_pid, *pids = map(int, (kept / "pids").read_text().split())
    assert len(pids) == (4 if end == "SIGKILL" else 3) and all(map(lives, pids))
    if end == "os._exit":
        (kept / "exit").touch()
    else:
        os.kill(pytest_pid, getattr(signal, end.split()[0]))
    wait_until(lambda: not any(map(lives, [pytest_pid, *pids])), SECONDS, "the end of all of them")
    finish(process)
