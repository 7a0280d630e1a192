"""What survives a stop and a crash (S2-39, control contract "after a restart")."""

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.planes import both_planes

pytestmark = pytest.mark.bep_3
BLOCK = 16 * KIB


def verified(status):
    return status["pieces"].count("1")


@pytest.mark.slow
@both_planes
def test_orderly_stop_fetches_no_verified_piece_again(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB, 64 * KIB)
    session = make_session(upload_rate_limit=400 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: verified(s) >= 10, "ten pieces")
    engine.pause(torrent)
    before = verified(engine.status(torrent))
    assert engine.shutdown() == 0

    again = make_engine("same")
    assert again.stats()["torrents"][0]["torrent_id"] == torrent
    status = again.wait_state(torrent, "paused", "downloading")
    assert verified(status) >= before
    session.lift_limits()
    again.resume(torrent)
    again.add_peer(torrent, session.port)
    final = again.wait_complete(torrent)
    assert final["downloaded"] <= payload.size - before * 64 * KIB + BLOCK
    payload.assert_equal(again.downloads)


@pytest.mark.slow
@both_planes
def test_kill_loses_at_most_what_was_in_flight(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 8 * MIB, 64 * KIB)
    session = make_session(upload_rate_limit=1200 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    status = engine.wait_for(torrent, lambda s: verified(s) >= 40, "forty pieces")
    engine.close()

    again = make_engine("same")
    restored = again.wait_state(torrent, "downloading")
    # A piece is told as verified when it is in the file, which outlives a process: no one of them was in flight.
    lost = [i for i, bit in enumerate(status["pieces"]) if bit == "1" and restored["pieces"][i] != "1"]
    assert not lost, f"verified pieces are lost: {lost}"
    session.lift_limits()
    again.add_peer(torrent, session.port)
    final = again.wait_complete(torrent)
    assert final["downloaded"] <= payload.size - verified(status) * 64 * KIB
    payload.assert_equal(again.downloads)


@both_planes
def test_shortened_file_is_noticed_after_a_restart(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB, 64 * KIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    engine.shutdown()
    path = engine.downloads / payload.name
    with open(path, "r+b") as file:
        file.truncate(600 * KIB)

    again = make_engine("same")
    # It remembers the session and may have fetched the end before anybody looks.
    again.wait_for(torrent, lambda s: s["progress"] < 1 or s["downloaded"] > 0, "the missing end is noticed")
    again.add_peer(torrent, session.port)
    again.wait_complete(torrent)
    payload.assert_equal(again.downloads)


@pytest.mark.slow
@both_planes
def test_seed_is_a_seed_at_once_after_a_restart(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 2 * MIB)
    engine = make_engine("same")
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.shutdown()
    again = make_engine("same")
    assert again.wait_state(torrent, "seeding", seconds=20)["progress"] == 1
