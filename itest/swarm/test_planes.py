"""What both control planes can tell an engine, and what they show of it. Scenarios of other files run over both where they say so."""

import time
from xml.etree import ElementTree

import pytest

from harness import payloads
from harness.engine_rpc import ROOT, InvalidRequest, TorrentNotFound
from harness.payloads import KIB, MIB
from harness.planes import both_planes
from harness.waiting import wait_until

pytestmark = both_planes


def test_what_only_tests_ask_for(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    session = make_session(upload_rate_limit=20 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    assert set(engine.availability(torrent)) <= {0}
    engine.add_peer(torrent, session.port)
    wait_until(lambda: engine.availability(torrent) == [1] * payload.piece_count, 30, "the seed has every piece")
    engine.disconnect_peer(torrent, session.port)
    session.wait_alert("peer_disconnected_alert")  # looked for there: it may be dialled again before a status is asked for
    lines = [line["message"] for line in engine.logs(level="info", limit=50) if line["torrent"] == torrent]
    assert lines[0] == f"added {payload.name}"
    assert len(engine.logs(limit=1)) == 1
    assert engine.process()["threads"] > 0 and engine.process()["heapBytes"] > 0
    for wrong in (lambda: engine.logs(limit=0), lambda: engine.logs(level="loud"), lambda: engine.disconnect_peer(torrent, 0)):
        with pytest.raises(InvalidRequest):
            wrong()


def test_what_can_be_told_to_the_session_and_to_a_torrent(make_engine, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 30_000, "b.bin": 40_000})
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.set_options(torrent, options={"bandwidth-priority": 1}, labels=["one", "two"])
    assert engine.status(torrent)["labels"] == ["one", "two"]
    engine.settings(peer_limit_global=77)
    engine.group(name="slow", upload_limit=5000)
    engine.move_in_queue(torrent, "top")
    session = engine.session()
    assert not {"watch-dir", "rpc-port"} & set(session["settings"])
    assert session["settings"]["peer-limit-global"] == 77 and session["queue"] == [torrent]
    assert session["groups"] == [{"name": "slow", "download_limit": 0, "upload_limit": 5000, "honors_session_limits": True}]
    engine.rename(torrent, "tree/a.bin", "c.bin")
    assert [f["path"] for f in engine.status(torrent)["files"]] == ["tree/c.bin", "tree/b.bin"]
    engine.move(torrent, work / "moved")
    engine.wait_for(torrent, lambda s: s["directory"] == str(work / "moved") and s["moving_to"] is None, "moved")
    assert sorted(p.name for p in (work / "moved" / "tree").iterdir()) == ["b.bin", "c.bin"]
    engine.stop_torrent(torrent)
    assert engine.status(torrent)["state"] == "stopped"
    for call in (engine.stop_torrent, lambda t: engine.move(t, "/"), lambda t: engine.rename(t, "a", "b"), engine.availability,
                 lambda t: engine.move_in_queue(t, "up"), lambda t: engine.set_options(t, labels=[]), lambda t: engine.disconnect_peer(t, 1)):
        with pytest.raises(TorrentNotFound):
            call("0" * 40)
    for wrong in (lambda: engine.move(torrent, ""), lambda: engine.rename(torrent, "tree/c.bin", "../x"), lambda: engine.settings(nonsense=1),
                  lambda: engine.move_in_queue(torrent, "away"), lambda: engine.set_options(torrent, options={"nonsense": 1}),
                  lambda: engine.group(name=""), lambda: engine.settings(peer_port=1 << 64),
                  lambda: engine.settings(watch_dir=str(work)), lambda: engine.settings(rpc_port=9091)):  # nobody here would act on them
        with pytest.raises(InvalidRequest):
            wrong()


def test_status_of_the_engine_names_what_it_has(engine, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 30_000, "b.bin": 40_000})
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    status = engine.stats()
    assert status["version"] == ElementTree.parse(ROOT / "pom.xml").findtext("{*}parent/{*}version")
    assert status["listen_port"] == engine.port
    assert status["torrents"] == [{"torrent_id": torrent, "name": "tree", "state": "seeding", "progress": 1}]
    assert status["totals"] == {"torrents": 1, "peers": 0, "downloaded": 0, "uploaded": 0, "download_rate": 0, "upload_rate": 0}


A_PIECES, B_PIECES = 20, 108
SOONER = 8  # pieces that may be verified before one that was asked for earlier
LIMIT = 200_000


def bits(*pieces):
    return "".join("01"[piece in pieces] for piece in range(A_PIECES + B_PIECES))


@pytest.mark.slow
def test_every_option_of_a_torrent_acts(make_engine, make_session, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": A_PIECES * 16 * KIB, "b.bin": B_PIECES * 16 * KIB})
    first, second = make_session(), make_session(upload_rate_limit=20 * KIB)
    served = first.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()

    def only(*pieces):
        return [4 * (piece in pieces) for piece in range(payload.piece_count)]

    def finished_with(*pieces):
        return engine.wait_for(torrent, lambda s: s["state"] == "finished" and s["pieces"] == bits(*pieces), f"pieces {pieces} and no other")

    torrent = engine.add(payload.torrent_file, save_path=str(work / "there"), paused=True, file_priorities=[4, 0], max_connections=1)
    status = engine.wait_state(torrent, "paused")
    assert status["save_path"] == str(work / "there") and [f["wanted"] for f in status["files"]] == [True, False]

    for wrong in ({"piece_priorities": [4]}, {"piece_priorities": [8] * payload.piece_count}, {"file_priorities": [4] * 3}, {"download_limit": -1},
                  {"upload_limit": "1"}, {"max_connections": -1}, {"sequential": 1}):
        with pytest.raises(InvalidRequest):
            engine.options(torrent, **wrong)
    engine.options(torrent, piece_priorities=only(3, 40))
    engine.resume(torrent)
    engine.add_peer(torrent, first.port)
    finished_with(3, 40)
    engine.options(torrent, piece_priorities=[])  # follows the files again
    finished_with(*range(A_PIECES), 40)
    engine.options(torrent, piece_priorities=only(50))
    finished_with(*range(A_PIECES), 40, 50)

    engine.options(torrent, file_priorities=[0, 4], sequential=True, download_limit=LIMIT)  # the files have the last word
    engine.add_peer(torrent, first.port)
    status = engine.wait_for(torrent, lambda s: s["pieces"].count("1") >= A_PIECES + 12, "ten more pieces")
    assert not status["complete"], "the limit does not hold"
    missing = status["pieces"].index("0")
    early = {piece for piece, bit in enumerate(status["pieces"]) if bit == "1" and piece >= missing + SOONER} - {40, 50}
    assert not early, f"{missing} is missing still"

    served.set_upload_limit(20 * KIB)  # so little that all who are connected stay
    second.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", engine.port)])
    wait_until(lambda: second.seen("peer_disconnected_alert") or second.seen("peer_error_alert"), 30, "one connection is the most")
    assert [p["port"] for p in engine.status(torrent)["peers"]] == [first.port]
    engine.options(torrent, max_connections=2)
    engine.add_peer(torrent, second.port)
    engine.wait_for(torrent, lambda s: s["num_peers"] == 2, "the second seed")
    for session in (first, second):
        session.lift_limits()
    engine.options(torrent, download_limit=0)
    engine.wait_complete(torrent)
    payload.assert_equal(work / "there")

    engine.options(torrent, upload_limit=LIMIT)
    begin = time.monotonic()
    leecher = make_session()
    handle = leecher.add(payload.torrent_file, work / "leech", peers=[("127.0.0.1", engine.port)])
    status = engine.wait_for(torrent, lambda s: s["uploaded"] > 3 * LIMIT // 2, "some seconds at the limit")
    assert status["uploaded"] / (time.monotonic() - begin) < 3 * LIMIT
    engine.options(torrent, upload_limit=0)
    leecher.wait_complete(handle)
    totals = engine.stats()["totals"]
    assert totals["torrents"] == 1 and totals["downloaded"] >= payload.size and totals["uploaded"] >= payload.size
