"""In which order pieces come from libtorrent: as it was asked for, and otherwise the rare ones early."""

import random
import re

import libtorrent as lt
import pytest

from harness import payloads
from harness.alerts import ASKED_FOR
from harness.payloads import KIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

PIECE = 32 * KIB
COUNT = 48
NEAR = 16  # places by which pieces overtake each other, as many are hashed at the same time
LATE = COUNT // 8  # pieces that may come later still: the thread that has one may have to wait for a processor


@pytest.fixture
def payload(work, seed):
    return payloads.single(work / "seed", seed, COUNT * PIECE, PIECE)


@pytest.fixture
def source(make_session, payload):
    """A seed that sends all of it in a second, lets nobody ask before it unchokes, and notes what it hears."""
    session = make_session(upload_rate_limit=COUNT * PIECE, allowed_fast_set_size=0,
                           alert_mask=ASKED_FOR | lt.alert.category_t.peer_log_notification)
    session.add(payload.torrent_file, payload.root, seed=True)
    return session


def heard(session, message):
    """The pieces that messages of this kind were about, each once, in the order in which libtorrent read them."""
    found = (re.search(rf"<== {message} .*piece: (\d+)", text) for text in session.seen("peer_log_alert"))
    return list(dict.fromkeys(int(match[1]) for match in found if match))


def orders(engine, torrent, source):
    """In which order pieces were asked for, and in which they were complete, as far as the seed has read that when the link ends."""
    engine.wait_complete(torrent)
    source.wait_alert("peer_disconnected_alert")
    return heard(source, "REQUEST"), heard(source, "HAVE")


def test_pieces_come_in_order(make_engine, payload, source):
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, sequential=True)
    engine.add_peer(torrent, source.port)
    asked, came = orders(engine, torrent, source)
    assert asked == list(range(COUNT))
    assert came and sum(abs(place - piece) > NEAR for place, piece in enumerate(came)) <= LATE, came
    payload.assert_equal(engine.downloads)


def test_pieces_come_by_priority_and_those_of_none_never(make_engine, payload, source, seed):
    pieces = random.Random(seed).sample(range(COUNT), COUNT)
    groups = {7: set(pieces[:12]), 4: set(pieces[12:32]), 1: set(pieces[32:42]), 0: set(pieces[42:])}
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.options(torrent, piece_priorities=[next(level for level, group in groups.items() if piece in group) for piece in range(COUNT)])
    engine.add_peer(torrent, source.port)
    asked, came = orders(engine, torrent, source)
    assert [set(asked[:12]), set(asked[12:32]), set(asked[32:])] == [groups[7], groups[4], groups[1]]
    assert not set(came[:12]) & groups[1], (came, groups)
    assert {piece for piece, bit in enumerate(engine.status(torrent)["pieces"]) if bit == "0"} == groups[0]


def test_pieces_that_become_urgent_are_asked_for_next(make_engine, payload, source):
    """After those for which a request is under way already."""
    handle = source.handles[0]
    handle.set_upload_limit(4 * PIECE)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, sequential=True)
    engine.add_peer(torrent, source.port)
    engine.wait_for(torrent, lambda s: s["pieces"].count("1") >= 2, "it has begun")
    handle.set_upload_limit(KIB)
    urgent = set(range(COUNT - 6, COUNT))
    engine.options(torrent, sequential=False, piece_priorities=[7 if piece in urgent else 4 for piece in range(COUNT)])
    handle.set_upload_limit(0)
    asked, _ = orders(engine, torrent, source)
    under_way = next(place for place, piece in enumerate(asked) if piece in urgent)
    assert under_way < COUNT - 12 and asked[:under_way] == list(range(under_way)), asked
    assert set(asked[under_way:under_way + len(urgent)]) == urgent, asked


def test_rare_pieces_are_asked_for_first(make_engine, make_session, payload, source, work, seed):
    """One peer has all but six pieces and sends hardly anything, the other one has all. The very first pieces may be any: they come before."""
    pieces = random.Random(seed).sample(range(COUNT), COUNT)
    rare, first = set(pieces[:6]), set(pieces[6:12])
    source.lift_limits()
    data = bytearray((payload.root / payload.name).read_bytes())
    for piece in rare:
        data[piece * PIECE:(piece + 1) * PIECE] = bytes(PIECE)
    (work / "poor").mkdir()
    (work / "poor" / payload.name).write_bytes(data)
    poor = make_session(upload_rate_limit=KIB)
    handle = poor.add(payload.torrent_file, work / "poor")
    wait_until(lambda: handle.status().num_pieces == COUNT - len(rare), 20, "it has checked its file")
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, upload_limit=KIB)
    engine.options(torrent, piece_priorities=[4 if piece in first else 0 for piece in range(COUNT)])
    engine.add_peer(torrent, source.port)
    engine.wait_state(torrent, "finished")
    engine.add_peer(torrent, poor.port)
    engine.wait_for(torrent, lambda s: [p["progress"] for p in s["peers"]] == [1 - len(rare) / COUNT], "its pieces are known")
    engine.options(torrent, piece_priorities=[])
    engine.add_peer(torrent, source.port)
    engine.wait_complete(torrent)
    asked = [piece for piece in heard(source, "REQUEST") if piece not in first]
    assert rare <= set(asked[:len(rare) + 4]), (sorted(rare), asked)
