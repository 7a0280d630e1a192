"""Each way of ending a process: it takes leave of its tracker, and ends with 0 within five seconds of the request though that is silent (S0-15, S0-16, S2-05)."""

import contextlib
import http.client
import json
import os
import re
import signal

import libtorrent as lt
import pytest

from harness import payloads
from harness.engine_rpc import EXIT_SECONDS, Engine
from harness.hostile_trackers import HostileHttp
from harness.payloads import KIB
from harness.scaffold_rpc import ScaffoldEngine
from harness.waiting import Deadline, wait_until


def shutdown(engine):
    engine.plane.send_line(json.dumps({"id": "last", "cmd": "shutdown"}))


def end_of_input(engine):
    engine.plane.process.stdin.close()


def post(engine):
    assert engine.plane.request("POST", "/shutdown") == (200, {"ok": True})
    with contextlib.suppress(OSError, http.client.HTTPException):  # a second one finds it ending or gone
        engine.plane.exchange("POST", "/shutdown")


def terminate(engine):
    os.kill(engine.pid, signal.SIGTERM)


WAYS = {"stdio-shutdown": shutdown, "stdio-end": end_of_input, "scaffold-post": post, "scaffold-term": terminate}


@pytest.fixture
def engine_class():
    return lambda directory, name, heap: (Engine if name.startswith("stdio") else ScaffoldEngine)(directory, name, heap)


def silent_in_the_end(client):
    if "event=stopped" in client.request:
        client.hold()
    else:
        client.answer(lt.bencode({b"interval": 1800, b"peers": b""}))


def ports_of(tracker, event):
    """Of the engines that have announced it."""
    return {int(re.search(r"[?&]port=(\d+)", path)[1]) for path, _ in tracker.requests if f"event={event}" in path}


# All at once: each waits for its tracker as long as an engine does.
@pytest.mark.slow
def test_every_way_of_ending_takes_leave_and_is_over_in_time(make_engine, work, ports, seed):
    with HostileHttp(ports.next(), silent_in_the_end) as tracker:
        payload = payloads.single(work / "seed", seed, 100 * KIB, trackers=[tracker.url])
        engines = {name: make_engine(name, init=False) for name in WAYS}  # of stdio, they start meanwhile
        listening = {engine.init(ports.next()).port for engine in engines.values()}
        for engine in engines.values():
            engine.seed(payload.torrent_file, payload.root)
        wait_until(lambda: ports_of(tracker, "started") == listening, 30, "all have said that they started")
        limits = {}
        for name, way in WAYS.items():
            limits[name] = Deadline(EXIT_SECONDS)
            way(engines[name])
        for name, limit in limits.items():
            process = engines[name].plane.process
            wait_until(lambda p=process, l=limit: p.poll() is not None or l.passed, 60, f"{name}: the end, or its limit")
            assert process.poll() == 0, f"{name}: {process.poll()} after {EXIT_SECONDS} s\n{engines[name].plane.tail()}"
        assert ports_of(tracker, "stopped") == listening
    assert json.loads(engines["stdio-shutdown"].plane.read_line()) == {"id": "last", "ok": True}
    for name in ("stdio-shutdown", "stdio-end"):
        assert engines[name].plane.read_line() is None, "nothing comes behind the last answer"
