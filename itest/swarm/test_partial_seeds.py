"""Who has all that it wants and not all there is says so, both ways with libtorrent (BEP 21)."""

import shutil

import libtorrent as lt
import pytest

from harness import payloads
from harness.payloads import KIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_21

PIECE = 64 * KIB
HALF = 512 * KIB


@pytest.fixture
def payload(work, seed):
    return payloads.tree(work / "seed", seed, {"a": HALF, "b": HALF}, PIECE)


def without_second(payload):
    """Priorities; the files of a torrent are in the order of the directory."""
    return [0 if payload.info.files().file_path(i) == "tree/b" else 4 for i in range(2)]


def test_a_partial_seed_is_used_never_unchoked_and_left_when_we_want_nothing(make_engine, make_session, work, payload):
    """Two libtorrent peers have the first file; only one of them wants the second."""
    def with_first_file(name, priorities):
        session, root = make_session(), work / name
        (root / payload.name).mkdir(parents=True)
        shutil.copyfile(payload.root / payload.name / "a", root / payload.name / "a")
        handle = session.add(payload.torrent_file, root)
        wait_until(lambda: handle.status().total_done == HALF, 20, "it has checked its file")
        handle.prioritize_files(priorities)
        return session, handle

    partial, content = with_first_file("partial", without_second(payload))
    wait_until(lambda: content.status().is_finished, 20, "it wants nothing")
    other, _ = with_first_file("other", [4, 4])
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, partial.port)
    engine.wait_for(torrent, lambda s: s["progress"] == 0.5, "what it has is here")
    engine.add_peer(torrent, other.port)
    status = engine.wait_for(torrent, lambda s: [p["progress"] for p in s["peers"]] == [0.5, 0.5], "both are connected")
    assert [p["port"] for p in status["peers"] if not p["am_choking"] or p["peer_interested"]] == []
    engine.options(torrent, file_priorities=without_second(payload))
    engine.wait_for(torrent, lambda s: [p["port"] for p in s["peers"]] == [other.port], "who wants nothing either is left, the other one is not")
    assert content.status().total_payload_download == 0


def test_libtorrent_hears_that_we_want_nothing_more_and_that_we_want_again(make_engine, make_session, work, payload):
    source, early, late = make_session(upload_rate_limit=200 * KIB), make_session(), make_session()
    source.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, file_priorities=without_second(payload))
    engine.wait_state(torrent, "downloading")
    handles = [session.add(payload.torrent_file, work / f"leech{i}") for i, session in enumerate((early, late))]

    def says(handle):
        """Whether we are upload_only to libtorrent; None: not connected."""
        unfinished = lt.peer_info.connecting | lt.peer_info.handshake
        found = [bool(p.flags & lt.peer_info.upload_only) for p in handle.get_peer_info() if p.ip[1] == engine.port and not p.flags & unfinished]
        return found[0] if found else None

    handles[0].connect_peer(("127.0.0.1", engine.port))
    wait_until(lambda: says(handles[0]) is not None, 20, "libtorrent is connected")
    engine.add_peer(torrent, source.port)
    engine.wait_for(torrent, lambda s: s["progress"] > 0.2, "a part is here")
    assert says(handles[0]) is False, "while we want something"
    source.lift_limits()
    engine.wait_state(torrent, "finished")
    handles[1].connect_peer(("127.0.0.1", engine.port))
    wait_until(lambda: [says(handle) for handle in handles] == [True, True], 20, "those who were there and those who come know that we want nothing")
    source.session.pause()
    engine.options(torrent, file_priorities=[4, 4])
    wait_until(lambda: [says(handle) for handle in handles] == [False, False], 20, "they know that we want something again")
    source.session.resume()
    engine.add_peer(torrent, source.port)
    engine.wait_state(torrent, "seeding")
    for i, (session, handle) in enumerate(zip((early, late), handles)):
        session.wait_complete(handle)
        payload.wait_equal(work / f"leech{i}")
