"""Rates within 5 % of each limit over 10 s, as libtorrent sees them: of the torrent, its group, the session, alone and together."""

import time

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.slow  # no test_ in the name of the file: it runs when it is named, on a quiet machine
SECONDS = 10
FILLING_SECONDS = 6
RATE = 400_000


def moved(handle, engine_uploads):
    status = handle.status()
    return status.total_payload_download if engine_uploads else status.total_payload_upload


def measured(handles, engine_uploads):
    """Payload bytes per second of each, over 10 s, once all of them move."""
    begun = [moved(h, engine_uploads) for h in handles]
    wait_until(lambda: all(moved(h, engine_uploads) > b + 128 * KIB for h, b in zip(handles, begun)), 40, "bytes move")
    time.sleep(FILLING_SECONDS)  # the buffers of the kernel fill up, faster than any limit
    before = [moved(h, engine_uploads) for h in handles]
    begin = time.monotonic()
    time.sleep(SECONDS)  # the measurement itself
    seconds = time.monotonic() - begin
    return [(moved(h, engine_uploads) - b) / seconds for h, b in zip(handles, before)]


@pytest.fixture
def transfers(make_engine, make_session, work, seed):
    """Starts one transfer per limit and returns the engine, its torrents and libtorrent's handles."""

    def start(count, engine_uploads, prepare):
        engine = make_engine()
        session = make_session()
        torrents, handles = [], []
        for i in range(count):
            payload = payloads.single(work / "seed", seed + i, 64 * MIB, 256 * KIB, name=f"payload{i}.bin")
            if engine_uploads:
                torrent = engine.seed(payload.torrent_file, payload.root)
                engine.wait_state(torrent, "seeding", seconds=60)
            else:
                torrent = engine.add(payload.torrent_file, paused=True)
            torrents.append(torrent)
            handles.append((payload, None))
        prepare(engine, torrents)
        opened = []
        for torrent, (payload, _) in zip(torrents, handles):
            if engine_uploads:
                opened.append(session.add(payload.torrent_file, work / "leech", peers=[("127.0.0.1", engine.port)]))
            else:
                opened.append(session.add(payload.torrent_file, payload.root, seed=True))
                engine.resume(torrent)
                engine.add_peer(torrent, session.port)
        return opened

    return start


def limits(engine, torrent, down=0, up=0):
    engine.call("set_torrent_options", torrent_id=torrent, download_limit=down, upload_limit=up)


def session_limit(engine, up, rate):
    way = "up" if up else "down"
    engine.call("set_settings", settings={f"speed-limit-{way}": rate / 1000, f"speed-limit-{way}-enabled": True})


def group(engine, torrents, name, up, rate, honors=True):
    engine.call("set_group", name=name, honors_session_limits=honors, **{"upload_limit" if up else "download_limit": rate})
    for torrent in torrents:
        engine.call("set_options", torrent_id=torrent, options={"group": name})


WAYS = pytest.mark.parametrize("up", [True, False], ids=["up", "down"])


@WAYS
def test_the_limit_of_a_torrent_holds(transfers, up):
    handles = transfers(1, up, lambda e, t: limits(e, t[0], up=RATE if up else 0, down=0 if up else RATE))
    assert measured(handles, up)[0] == pytest.approx(RATE, rel=0.05)


@WAYS
def test_the_limit_of_the_session_holds_for_all_together(transfers, up):
    handles = transfers(2, up, lambda e, t: session_limit(e, up, RATE))
    assert sum(measured(handles, up)) == pytest.approx(RATE, rel=0.05)


@WAYS
def test_the_limit_of_a_group_holds_for_its_torrents_together(transfers, up):
    handles = transfers(2, up, lambda e, t: group(e, t, "both", up, RATE))
    assert sum(measured(handles, up)) == pytest.approx(RATE, rel=0.05)


@WAYS
def test_limits_of_all_kinds_hold_together(transfers, up):
    """Session 1000 kB/s: a torrent of 200, a group of 300 with one torrent, and one that may take the rest."""

    def prepare(engine, torrents):
        session_limit(engine, up, 1_000_000)
        limits(engine, torrents[0], **{"up" if up else "down": 200_000})
        group(engine, [torrents[1]], "small", up, 300_000)

    rates = measured(transfers(3, up, prepare), up)
    assert rates[0] == pytest.approx(200_000, rel=0.05)
    assert rates[1] == pytest.approx(300_000, rel=0.05)
    assert sum(rates) == pytest.approx(1_000_000, rel=0.05)


def test_a_free_group_does_not_count_for_the_session(transfers):
    def prepare(engine, torrents):
        session_limit(engine, True, 300_000)
        group(engine, [torrents[0]], "free", True, 600_000, honors=False)

    rates = measured(transfers(2, True, prepare), True)
    assert rates[0] == pytest.approx(600_000, rel=0.05)
    assert rates[1] == pytest.approx(300_000, rel=0.05)


def test_a_step_of_priority_is_a_factor_of_four(transfers):
    def prepare(engine, torrents):
        session_limit(engine, True, 1_000_000)
        engine.call("set_options", torrent_id=torrents[0], options={"bandwidth-priority": 1})

    rates = measured(transfers(2, True, prepare), True)
    assert sum(rates) == pytest.approx(1_000_000, rel=0.05)
    assert 3 <= rates[0] / rates[1] <= 5
