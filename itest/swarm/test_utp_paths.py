"""uTP where the line is bad: packets get lost or overtake each other, and large ones do not fit; and what a stranger's SYN is worth (BEP 29)."""

import contextlib
import random
import socket
import struct

import pytest

from harness import payloads
from harness.lossy_line import HEADER_BYTES, LossyLine
from harness.payloads import KIB, MIB
from harness.waiting import Deadline

pytestmark = pytest.mark.bep_29

ONLY_UTP = {"enable_utp": True, "enable_tcp": False}
NO_TCP = {"enable_outgoing_tcp": False, "enable_incoming_tcp": False}
PATIENT = {"utp_num_resends": 12}  # who has sent a packet three times, as happens here, gives the link up otherwise, and tells nobody
LT_ONLY_UTP = {"we": NO_TCP | PATIENT | {"enable_incoming_utp": True}, "libtorrent": NO_TCP | PATIENT | {"enable_outgoing_utp": True}}
BASE_BYTES = 1200  # datagrams of ours that every path should carry
MOST_TRIALS = 12  # two of each size, on two links
BAD = {"loss": 0.02, "swaps": 0.03}
STATE, RESET = 2, 3
SILENCE_SECONDS = 3  # longer than anybody waits before he sends a packet again for the first time


@pytest.fixture
def swap_files(make_engine, make_session, work, seed):
    """Has an engine and libtorrent give each other a file at the same time; returns the ways of the packets: ours and libtorrent's."""
    with contextlib.ExitStack() as lines:

        def swap(dialler="we", size=2 * MIB, seconds=120, **faults):
            given, wanted = (payloads.single(work / name, seed + i, size + 17 + i, 32 * KIB, f"{name}.bin")
                             for i, name in enumerate(("given", "wanted")))
            engine, session = make_engine(**ONLY_UTP), make_session(**LT_ONLY_UTP[dialler])
            # libtorrent takes a SYN that comes again, since its answer was lost or late, for another connection of the same id, and gives packets
            # now to the one, now to the other: the link stalls.
            line = LossyLine(session.port if dialler == "we" else engine.port, seed, one_syn=dialler == "we", **faults)
            lines.callback(line.close)
            peers = [] if dialler == "we" else [line.address]
            gives, takes = engine.seed(given.torrent_file, given.root), engine.add(wanted.torrent_file)
            engine.wait_state(gives, "seeding")
            session.add(wanted.torrent_file, wanted.root, seed=True, peers=peers)
            handle = session.add(given.torrent_file, work / "leech", peers=peers)
            for torrent in (gives, takes) if dialler == "we" else ():
                engine.add_peer(torrent, line.address[1], line.address[0])
            status = engine.wait_complete(takes, seconds)
            session.wait_complete(handle, seconds)
            wanted.assert_equal(engine.downloads)
            given.wait_equal(work / "leech")
            assert status["hash_failures"] == 0
            ours, theirs = (line.up, line.down) if dialler == "we" else (line.down, line.up)
            assert not ours.broken + theirs.broken
            for way in (ours, theirs):
                assert way.passed_bytes >= size, "around the line"
            return ours, theirs

        yield swap


@pytest.mark.parametrize("dialler", ["we", "libtorrent"])
def test_files_arrive_both_ways_over_a_line_that_loses_and_reorders(swap_files, dialler):
    ours, theirs = swap_files(dialler, **BAD)
    for way in (ours, theirs):
        assert way.lost >= 5 and way.swapped >= 5, f"not a bad line: {way.lost} lost, {way.swapped} swapped"
        assert way.selective_acks, "gaps were not told"
    assert all(length % 4 == 0 and length > 0 for length in ours.selective_acks), "not in whole words"  # libtorrent's are of single bytes


@pytest.mark.parametrize("limit,largest", [(1300, BASE_BYTES), (1400, 1372)])
def test_the_largest_packets_that_fit_are_found(swap_files, limit, largest):
    """Too large are trials only, and few of them. What is no trial may be cut up by routers; a line of datagrams cannot do that."""
    ours, _ = swap_files(size=8 * MIB, limit=limit)  # where everything is slow, 2 MiB have been sent before the size is known
    assert ours.too_large and min(ours.too_large) > limit
    assert ours.too_large.total() <= MOST_TRIALS, f"sent in vain: {ours.too_large}"
    assert ours.largest == largest
    known = ours.since_largest
    assert known[largest] * largest > sum(size * count for size, count in known.items()) / 2, f"small ones although large ones fit: {known}"


def syn(number, chance):
    return struct.pack(">BBHIIIHH", 0x41, 0, number, chance.getrandbits(32), 0, 1 << 20, 1, 0)


def heard_until(sock, wanted):
    """Packets until one of a kind comes, with that one."""
    packets = []
    while not packets or packets[-1][0] >> 4 != wanted:
        packets.append(sock.recv(65536))
    return packets


def test_a_syn_brings_no_more_than_it_costs(make_engine, work, seed):
    """Its sender may be somebody else's address: no connection before he proves that he hears us, and nothing is sent a second time."""
    payload = payloads.single(work / "seed", seed, MIB)
    engine = make_engine(**ONLY_UTP)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    chance = random.Random(seed)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.connect(("127.0.0.1", engine.port))
        stranger.settimeout(20)
        sent = 0
        for number in (7, 7, *range(1000, 1400, 2)):  # one twice, then as many as somebody likes
            sent += stranger.send(syn(number, chance))
        unknown = struct.pack(">BBHIIIHH", 0x21, 0, 9, 0, 0, 1 << 20, 1, 0)  # belongs to nothing, so it is refused: all before has been read
        sent += stranger.send(unknown)
        answers = heard_until(stranger, RESET)
        assert {packet[0] >> 4 for packet in answers[:-1]} == {STATE}
        assert all(len(packet) == HEADER_BYTES for packet in answers)
        first, again = answers[:2]
        assert first[2:4] == again[2:4] == struct.pack(">H", 7) and first[16:18] == again[16:18], "one SYN, one answer, however often it comes"
        assert len(answers) < 50, "as many as anybody likes"
        assert sum(map(len, answers)) <= sent
        quiet = Deadline(SILENCE_SECONDS, by_the_clock=True)
        stranger.settimeout(quiet.left)
        with pytest.raises(TimeoutError):
            pytest.fail(f"sent again, unasked: {stranger.recv(65536).hex()}")
    assert engine.status(torrent)["num_peers"] == 0
