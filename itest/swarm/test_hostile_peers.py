"""Peers that break the protocol, by accident or to do harm. All attack one engine, one torrent each; see harness/siege.py.

Every test ends with a transfer from an honest peer that must be byte-equal, or shows that the honest one is still served.
"""

import contextlib
import os
import random
import socket
import struct
import time

import pytest

from harness import hostile
from harness.hostile import (BLOCK, DHT, EXTENDED, FAST, Gone, Impostor, Peer, bitfield, block, extension, features, frame, handshake,
                             info_hash_of, numbers, some_peer_id, spoilt)
from harness.libtorrent_utils import RC4_FORCED, Session
from harness.payloads import KIB, MIB
from harness.siege import open_files
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

ALL = features(FAST, EXTENDED)
CLOSE_SECONDS = 20
HANDSHAKE_SECONDS = 60  # what the contract allows
UNKNOWN_TORRENT_SECONDS = 15


def dial(siege, reserved=hostile.PLAIN, **options):
    return Peer.dial(siege.engine.port, info_hash_of(siege.payload), reserved=reserved, **options)


def nested(depth):
    return b"d1:a" + b"l" * depth + b"e" * depth + b"e"


# Pieces: 32, of 64 KiB. name → (feature bits, bytes after the handshake)
VIOLATIONS = {
    "frame above 16 MiB": (ALL, struct.pack(">IB", (16 << 20) + 1, 99)),
    "length above 16 MiB before anything else": (ALL, struct.pack(">I", (16 << 20) + 1)),
    "length of 2 GiB before anything else": (ALL, b"\x80\x00\x00\x00"),
    "frame of 4 GiB": (ALL, b"\xff\xff\xff\xff\x14"),
    "frame of 2 GiB": (ALL, b"\x80\x00\x00\x00\x05"),
    "short bitfield": (ALL, frame(hostile.BITFIELD, b"\xff" * 3)),
    "long bitfield": (ALL, frame(hostile.BITFIELD, b"\xff" * 5)),
    "bitfield of 1 MiB": (ALL, frame(hostile.BITFIELD, b"\0" * MIB)),
    "empty bitfield": (ALL, frame(hostile.BITFIELD)),
    "have beyond the end": (ALL, numbers(hostile.HAVE, 32)),
    "have -1": (ALL, numbers(hostile.HAVE, -1)),
    "have of 3 bytes": (ALL, frame(hostile.HAVE, b"\0\0\0")),
    "choke with a payload": (ALL, frame(hostile.CHOKE, b"\0")),
    "interested with a payload": (ALL, frame(hostile.INTERESTED, b"\0" * 1000)),
    "request beyond the last piece": (ALL, numbers(hostile.REQUEST, 32, 0, BLOCK)),
    "request of piece -1": (ALL, numbers(hostile.REQUEST, -1, 0, BLOCK)),
    "request of no byte": (ALL, numbers(hostile.REQUEST, 0, 0, 0)),
    "request of 2 GiB": (ALL, numbers(hostile.REQUEST, 0, 0, 1 << 31)),
    "request of -1 byte": (ALL, numbers(hostile.REQUEST, 0, 0, -1)),
    "request of 1 MiB": (ALL, numbers(hostile.REQUEST, 0, 0, MIB)),
    "request at -1": (ALL, numbers(hostile.REQUEST, 0, -1, BLOCK)),
    "request whose end wraps around": (ALL, numbers(hostile.REQUEST, 0, (1 << 31) - 100, BLOCK)),
    "request of 12 bytes": (ALL, frame(hostile.REQUEST, bytes(11))),
    "cancel beyond the last piece": (ALL, numbers(hostile.CANCEL, 32, 0, BLOCK)),
    "block of piece 32": (ALL, block(32, 0, bytes(BLOCK))),
    "block of piece -1": (ALL, block(-1, 0, bytes(BLOCK))),
    "block at -1": (ALL, block(0, -1, bytes(BLOCK))),
    "block without data": (ALL, block(0, 0, b"")),
    "block cut short": (ALL, frame(hostile.PIECE, b"\0" * 5)),
    "block of 1 MiB": (ALL, block(0, 0, bytes(MIB))),
    "port of 1 byte": (features(ALL, DHT), frame(hostile.PORT, b"\0")),
    "have all without the fast extension": (hostile.PLAIN, frame(hostile.HAVE_ALL)),
    "reject without the fast extension": (hostile.PLAIN, numbers(hostile.REJECT, 0, 0, BLOCK)),
    "have none with a payload": (ALL, frame(hostile.HAVE_NONE, b"1")),
    "suggest beyond the end": (ALL, numbers(hostile.SUGGEST, 32)),
    "allowed fast -1": (ALL, numbers(hostile.ALLOWED_FAST, -1)),
    "reject beyond the end": (ALL, numbers(hostile.REJECT, 32, 0, BLOCK)),
    "extension message without id": (ALL, frame(hostile.EXTENSION)),
    "extension handshake that is a list": (ALL, extension(0, b"le")),
    "extension handshake that is text": (ALL, extension(0, b"GET / HTTP/1.1\r\n\r\n")),
    "extension handshake cut short": (ALL, extension(0, b"d1:md11:ut_meta")),
    "extension handshake of 100 000 levels": (ALL, extension(0, nested(100_000))),
    "extension handshake of 1000 levels": (ALL, extension(0, nested(1000))),
    "extension handshake with a string of 2 GiB": (ALL, extension(0, b"d1:v2147483647:xe")),
    "extension handshake with a string of 20 digits": (ALL, extension(0, b"d1:v99999999999999999999:xe")),
    "extension handshake with a huge number": (ALL, extension(0, b"d4:reqqi" + b"9" * 5000 + b"ee")),
    "extension handshake of 1 MiB": (ALL, extension(0, {"v": b"x" * MIB})),
    "metadata of 2 GiB": (ALL, extension(0, {"m": {"ut_metadata": 1}, "metadata_size": (1 << 31) - 1})),
    "metadata of 2^62 bytes": (ALL, extension(0, {"m": {"ut_metadata": 1}, "metadata_size": 1 << 62})),
    "metadata of -1 byte": (ALL, extension(0, {"m": {"ut_metadata": 1}, "metadata_size": -1})),
}


def test_a_broken_frame_closes_the_link_and_harms_nobody_else(siege):
    siege.begun()
    survivors = []
    for name, (reserved, data) in VIOLATIONS.items():
        with dial(siege, reserved) as peer:
            with contextlib.suppress(Gone):
                peer.send(data)
            if not peer.closed_within(1 if survivors else CLOSE_SECONDS):
                survivors.append(name)
    assert not survivors, f"links that are still open: {survivors}"
    siege.survives()


def test_a_spare_bit_in_the_bitfield_closes_the_link(besiege):
    siege = besiege(length=33 * 64 * KIB)
    with dial(siege) as peer:
        peer.send(frame(hostile.BITFIELD, b"\xff\xff\xff\xff\xc0"))
        assert peer.closed_within(CLOSE_SECONDS)
    with dial(siege) as peer:
        peer.send(frame(hostile.BITFIELD, b"\xff\xff\xff\xff\x80"))
        peer.read_until(hostile.INTERESTED)
    siege.survives()


@pytest.mark.bep_10
def test_broken_extension_messages_close_the_link(siege):
    """The ids are those that the engine announces, so this begins with its own handshake."""
    siege.begun()
    survivors = []

    def after_hello(name, make):
        with dial(siege, ALL) as peer:
            peer.send(extension(0, {"m": {"ut_metadata": 1, "ut_pex": 2, "lt_donthave": 3}}))
            ids = peer.extension_ids()
            if make[0] not in ids:
                return
            with contextlib.suppress(Gone):
                peer.send(make[1](ids[make[0]]))
            if not peer.closed_within(1 if survivors else CLOSE_SECONDS):
                survivors.append(name)

    cases = {
        "ut_metadata that is no dictionary": (b"ut_metadata", lambda i: extension(i, b"i1e")),
        "ut_metadata of garbage": (b"ut_metadata", lambda i: extension(i, b"\xff" * 100)),
        "ut_metadata of piece -1": (b"ut_metadata", lambda i: extension(i, {"msg_type": 0, "piece": -1})),
        "ut_metadata of piece 2^40": (b"ut_metadata", lambda i: extension(i, {"msg_type": 0, "piece": 1 << 40})),
        "ut_metadata of 2 GiB": (b"ut_metadata", lambda i: extension(i, {"msg_type": 1, "piece": 0, "total_size": 1 << 31}, b"x")),
        "ut_metadata with a piece of 100 KiB": (
            b"ut_metadata", lambda i: extension(i, {"msg_type": 1, "piece": 0, "total_size": MIB}, b"x" * 100 * KIB)),
        "ut_pex of garbage": (b"ut_pex", lambda i: extension(i, b"\0\1\2")),
        "ut_pex with half an address": (b"ut_pex", lambda i: extension(i, {"added": b"\x7f\0\0\1\0"})),
        "lt_donthave beyond the end": (b"lt_donthave", lambda i: frame(hostile.EXTENSION, bytes((i,)) + struct.pack(">I", 32))),
        "lt_donthave of 2 bytes": (b"lt_donthave", lambda i: frame(hostile.EXTENSION, bytes((i, 0, 0)))),
    }
    for name, make in cases.items():
        after_hello(name, make)
    assert not survivors, f"links that are still open: {survivors}"
    siege.survives()


@pytest.mark.bep_10
def test_large_extension_handshakes_cost_nothing(siege):
    siege.begun()
    with dial(siege, ALL) as peer:
        for turn in range(100):
            names = {f"x_{turn}_{i}": i % 256 for i in range(2000)}
            if peer.try_send(extension(0, {"m": names, "v": "n" * 5000, "reqq": 1 << 60, "p": 1 << 40, "yourip": b"12345"}), 2) < 0:
                break
        siege.status()
    siege.survives()


@pytest.mark.bep_10
def test_what_nobody_knows_is_ignored(besiege):
    """Unknown ids, extension ids and keep-alives, and then the same peer serves the whole file."""
    noise = b"".join(frame(i, os.urandom(i)) for i in (10, 11, 12, 18, 19, 24, 99, 200, 255))
    noise += b"\0\0\0\0" * 1000 + frame(hostile.PORT, b"\x1a\xe1") + frame(99, bytes(500 * KIB))
    noise += extension(0, {"m": {"ut_unheard_of": 77, "ut_metadata": 0}}) + frame(hostile.EXTENSION, b"\xc8" + bytes(1000))

    def noisy(impostor, peer):
        peer.send(bitfield(siege.payload.piece_count) + noise + frame(hostile.UNCHOKE) + noise)
        impostor.answer_requests(peer)

    siege = besiege(good=False)
    with Impostor(siege.ports.next(), siege.payload, script=noisy, reserved=features(ALL, DHT)) as peer:
        siege.engine.add_peer(siege.torrent, peer.port)
        siege.completes()
        assert peer.links == 1 and peer.served >= 128


def ask_while_choked(siege):
    """Asks for a block of every piece, over the end of each, and for more than a block; all answers must be right."""
    with dial(siege, FAST) as peer:
        peer.send(frame(hostile.HAVE_NONE))
        for piece in range(siege.payload.piece_count):
            peer.send(numbers(hostile.REQUEST, piece, 0, BLOCK))
            peer.send(numbers(hostile.REQUEST, piece, 64 * KIB - 1, BLOCK))
            peer.send(numbers(hostile.REQUEST, piece, 10 * MIB, BLOCK))
            peer.send(numbers(hostile.REQUEST, piece, 0, 128 * KIB))
        allowed = set()
        answers = []
        with contextlib.suppress(Gone, TimeoutError):
            while len(answers) < 4 * siege.payload.piece_count:
                message, payload = peer.read()
                if message == hostile.ALLOWED_FAST:
                    allowed.add(struct.unpack(">I", payload)[0])
                elif message == hostile.REJECT:
                    answers.append(("no", struct.unpack(">III", payload)))
                elif message == hostile.PIECE:
                    answers.append(("yes", struct.unpack(">II", payload[:8])))
        served = {(piece, begin) for kind, (piece, begin, *_) in answers if kind == "yes"}
        assert served <= {(piece, 0) for piece in allowed}, "data for choked or impossible requests"
        assert len(answers) == 4 * siege.payload.piece_count, "each request has its answer (BEP 6)"


def test_impossible_requests_bring_no_data(siege):
    """Of pieces that the engine lacks, over the end of a piece, longer than a block, and all that while choked."""
    siege.begun()
    ask_while_choked(siege)
    siege.survives()
    ask_while_choked(siege)  # now it has them all, and must not tell


@pytest.mark.bep_6
@pytest.mark.parametrize("message", [hostile.REQUEST, hostile.CANCEL], ids=["requests", "cancels"])
def test_a_flood_whose_answers_nobody_reads_is_bounded(siege, message):
    siege.begun()
    flood = numbers(message, 3, 0, BLOCK) * 100_000
    with dial(siege, FAST) as peer:
        for _ in range(12):
            if peer.try_send(flood, 0.3) < len(flood):
                break
            siege.status()
        siege.status()
    siege.survives()


def seeded(besiege):
    """A siege of a complete engine."""
    siege = besiege(rate=0)
    siege.completes()
    return siege


def unchoked(siege, reserved=FAST):
    peer = dial(siege, reserved)
    peer.send(frame(hostile.INTERESTED))
    peer.read_until(hostile.UNCHOKE, 30)
    return peer


def honest_leecher_completes(siege, work):
    leecher = Session(siege.ports.next())
    try:
        handle = leecher.add(siege.payload.torrent_file, work / "leech", peers=[("127.0.0.1", siege.engine.port)])
        wait_until(lambda: siege.status() and handle.status().is_seeding, 30, "an honest leecher completes")
        siege.payload.assert_equal(work / "leech")
        siege.no_trace()
    finally:
        leecher.close()


def test_unchoked_peers_that_ask_and_never_read_cost_little(besiege, work):
    siege = seeded(besiege)
    flood = b"".join(numbers(hostile.REQUEST, i % 32, 0, BLOCK) for i in range(20_000))
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(unchoked(siege)).try_send(flood, 1)
        siege.status()
        honest_leecher_completes(siege, work)


def test_half_a_million_rejects_are_not_kept_for_a_peer_that_does_not_read(besiege, work):
    """At most 2000 requests wait; all others are rejected, and the rejects must not pile up either."""
    siege = seeded(besiege)
    flood = numbers(hostile.REQUEST, 1, 0, BLOCK) * 50_000
    with unchoked(siege) as peer:
        for _ in range(10):
            if peer.try_send(flood, 0.5) < len(flood):
                break
        siege.status()
        honest_leecher_completes(siege, work)


@pytest.mark.bep_9
def test_metadata_flood_is_bounded(siege):
    siege.begun()
    with dial(siege, ALL) as peer:
        peer.send(extension(0, {"m": {"ut_metadata": 1}}))
        number = peer.extension_ids()[b"ut_metadata"]
        flood = extension(number, {"msg_type": 0, "piece": 0}) * 20_000
        flood += extension(number, {"msg_type": 0, "piece": 1500}) * 20_000
        flood += extension(number, {"msg_type": 1, "piece": 0, "total_size": 5000}, bytes(5000)) * 500
        for _ in range(4):
            if peer.try_send(flood, 1) < len(flood):
                break
            siege.status()
        siege.status()
    siege.survives()


@pytest.mark.bep_11
def test_pex_flood_is_bounded(siege):
    """400 000 different addresses, all of them on this machine, where nobody listens."""
    siege.begun()
    chance = random.Random(1)
    with dial(siege, ALL) as peer:
        peer.send(extension(0, {"m": {"ut_pex": 2}}))
        number = peer.extension_ids()[b"ut_pex"]
        for _ in range(2000):
            added = b"".join(b"\x7f" + chance.randbytes(3) + struct.pack(">H", chance.randrange(1, 1000)) for _ in range(200))
            if peer.try_send(extension(number, {"added": added, "added.f": bytes(200), "dropped": added}), 2) < 0:
                break
        siege.status()
    siege.survives()


@pytest.mark.bep_9
def test_wrong_metadata_does_not_stop_a_magnet(besiege, fortress, work):
    """Peers promise metadata of the largest size and of the right one, and send noise; a good one completes it."""
    siege = besiege(good=False)
    fortress.engine.remove(siege.torrent)
    siege.torrent = fortress.engine.add_magnet(f"magnet:?xt=urn:btih:{info_hash_of(siege.payload).hex()}")
    right = len(hostile.lt.bencode(hostile.lt.bdecode(siege.payload.torrent_file.read_bytes())[b"info"]))

    def liar(size):
        def script(impostor, peer):
            peer.send(extension(0, {"m": {"ut_metadata": 1}, "metadata_size": size}) + frame(hostile.HAVE_ALL))
            number = peer.extension_ids()[b"ut_metadata"]
            while not impostor.stopped:
                payload = peer.read_until(hostile.EXTENSION)
                if payload[0] == 1:
                    piece = hostile.lt.bdecode(payload[1:])[b"piece"]
                    data = os.urandom(max(0, min(BLOCK, size - piece * BLOCK)))
                    peer.send(extension(number, {"msg_type": 1, "piece": piece, "total_size": size}, data))
        return script

    with contextlib.ExitStack() as stack:
        for size in (30 << 20, right, right, right + 1, 30 << 20):
            peer = stack.enter_context(Impostor(siege.ports.next(), siege.payload, script=liar(size), reserved=ALL))
            fortress.engine.add_peer(siege.torrent, peer.port)
        wait_until(lambda: siege.status()["num_peers"] > 0, 20, "liars are connected")
        siege.call_good()
        siege.completes()


def test_unasked_blocks_are_thrown_away(siege):
    siege.begun()
    pieces = siege.payload.piece_count
    flood = b"".join(block(piece, begin, os.urandom(BLOCK)) for piece in range(pieces) for begin in range(0, 64 * KIB, BLOCK))
    odd = block(3, 1, os.urandom(BLOCK)) + block(3, 64 * KIB, os.urandom(BLOCK)) + block(3, 0, b"x") + block(3, 0x7FFF0000, b"y" * 99)
    with dial(siege) as peer, dial(siege) as second:
        second.send(bitfield(pieces) + frame(hostile.UNCHOKE))
        peer.try_send(flood + odd, 2)
        second.try_send(flood, 2)
        siege.status()
    status = siege.completes()
    assert status["wasted"] >= BLOCK, "what nobody asked for is counted as wasted"


def test_the_sender_of_corrupt_blocks_is_banned_and_no_other(siege):
    """One block in five is spoilt; the pieces are shared between the liar and the good peer."""
    turn = iter(range(1_000_000))

    def sometimes(piece, begin, data):
        return spoilt(data) if next(turn) % 5 == 4 else data

    siege.begun()
    with Impostor(siege.ports.next(), siege.payload, serve=sometimes) as liar:
        siege.engine.add_peer(siege.torrent, liar.port)
        banned = siege.until(
            lambda s: s["hash_failures"] > 0 and not any(p["port"] == liar.port for p in s["peers"]), "the liar is sent away")
        assert not banned["complete"]
        links = liar.links
        assert siege.good_is_connected()
        siege.engine.add_peer(siege.torrent, liar.port)
        siege.survives()
        assert liar.links == links == 1, "the liar was dialled again"


def test_a_peer_that_sends_nothing_but_noise_is_banned_at_once(siege):
    siege.begun()
    with Impostor(siege.ports.next(), siege.payload, serve=lambda piece, begin, data: os.urandom(len(data))) as liar:
        siege.engine.add_peer(siege.torrent, liar.port)
        siege.until(lambda s: s["hash_failures"] > 0 and not any(p["port"] == liar.port for p in s["peers"]), "the liar is gone")
        assert siege.good_is_connected()
        siege.survives()


def test_blocks_of_the_wrong_length_do_not_stop_a_transfer(siege):
    siege.begun()
    with Impostor(siege.ports.next(), siege.payload, serve=lambda piece, begin, data: data[:-1]) as short:
        siege.engine.add_peer(siege.torrent, short.port)
        wait_until(lambda: short.served > 0, 20, "it was asked")
        siege.survives()


def test_blocks_too_long_close_the_link(siege):
    siege.begun()
    with Impostor(siege.ports.next(), siege.payload, serve=lambda piece, begin, data: data + b"x") as longer:
        siege.engine.add_peer(siege.torrent, longer.port)
        siege.until(lambda s: longer.served > 0 and not any(p["port"] == longer.port for p in s["peers"]), "the link is closed")
        siege.survives()


def test_a_peer_that_takes_requests_and_serves_nothing_does_not_hold_the_end_up(siege):
    siege.begun()
    with Impostor(siege.ports.next(), siege.payload, serve=lambda *_: None) as silent:
        siege.engine.add_peer(siege.torrent, silent.port)
        wait_until(lambda: silent.requests > 0, 20, "it was asked")
        siege.survives()


@pytest.mark.bep_6
def test_allowing_and_rejecting_for_ever_does_not_spin(siege):
    """Allows all, chokes, unchokes and rejects each request at once: the engine must not ask as fast as it is refused."""
    siege.begun()

    def tease(impostor, peer):
        peer.send(frame(hostile.HAVE_ALL) + frame(hostile.CHOKE))
        while not impostor.stopped:
            peer.send(b"".join(numbers(hostile.ALLOWED_FAST, i) for i in range(siege.payload.piece_count)))
            peer.send(frame(hostile.UNCHOKE))
            with contextlib.suppress(TimeoutError):
                while not impostor.stopped:
                    message, payload = peer.read(0.1)
                    if message == hostile.REQUEST:
                        impostor.requests += 1
                        peer.send(frame(hostile.REJECT, payload))

    with Impostor(siege.ports.next(), siege.payload, script=tease, reserved=FAST) as peer:
        siege.engine.add_peer(siege.torrent, peer.port)
        wait_until(lambda: peer.requests > 0, 20, "it was asked")
        before, begin = peer.requests, time.monotonic()
        while time.monotonic() - begin < 2:
            siege.status()
            time.sleep(0.1)
        rate = (peer.requests - before) / (time.monotonic() - begin)
        siege.survives()
        assert rate < 2000, f"{rate:.0f} requests a second to a peer that rejects them all"


def test_floods_of_small_messages_change_nothing(siege):
    """Haves that repeat themselves, choking and interest that flap, hundreds of thousands of times."""
    siege.begun()
    flapping = frame(hostile.UNCHOKE) + frame(hostile.CHOKE)
    wavering = frame(hostile.INTERESTED) + frame(hostile.NOT_INTERESTED)
    haves = b"".join(numbers(hostile.HAVE, piece) for piece in range(siege.payload.piece_count))
    with dial(siege) as peer:
        for flood in (haves * 3000, flapping * 50_000, wavering * 50_000, b"\0\0\0\0" * 200_000):
            peer.try_send(flood, 1.5)
            siege.status()
    siege.survives()


def test_bitfields_that_change_all_the_time_change_nothing(siege):
    siege.begun()
    pieces = siege.payload.piece_count
    flood = (bitfield(pieces, lambda p: p % 2) + bitfield(pieces) + frame(hostile.HAVE_NONE) + frame(hostile.HAVE_ALL)) * 5000
    with dial(siege, FAST) as peer:
        peer.try_send(flood, 2)
        siege.status()
    siege.survives()


def test_an_unknown_info_hash_is_closed_without_an_answer(siege):
    siege.begun()
    with Peer.connect(siege.engine.port) as peer:
        peer.send(handshake(os.urandom(20), reserved=ALL))
        with pytest.raises(Gone):
            data = peer.read_exactly(1, UNKNOWN_TORRENT_SECONDS)
            pytest.fail(f"answered with {data!r}")
    siege.survives()


def test_what_is_no_handshake_is_closed(siege):
    waiting = "an encrypted handshake whose proof never comes"
    greetings = {
        "HTTP": b"GET /announce?info_hash=x HTTP/1.1\r\nHost: localhost\r\n\r\n" + b"x" * 2000,
        "TLS": bytes.fromhex("16030102000100") + os.urandom(1500),
        "noise": os.urandom(100_000),
        waiting: os.urandom(96 + 512 + 100),
        "an encrypted handshake with key 0": bytes(96) + os.urandom(1000),
        "an encrypted handshake with key 1": bytes(95) + b"\1" + os.urandom(1000),
        "an encrypted handshake with the largest key": b"\xff" * 96 + os.urandom(1000),
    }
    survivors = []
    for name, data in greetings.items():
        with Peer.connect(siege.engine.port) as peer:
            peer.try_send(data, 2)
            if not peer.closed_within(1 if name == waiting else CLOSE_SECONDS):
                survivors.append(name)
    assert survivors in ([], [waiting]), f"still open: {survivors}"
    siege.survives()


@pytest.mark.slow
def test_half_handshakes_end_in_time(siege):
    """Plain and encrypted, silent and a byte at a time; the transfer goes on meanwhile."""
    whole = handshake(info_hash_of(siege.payload))
    begun = {"nothing": b"", "one byte": whole[:1], "the protocol": whole[:20], "the info-hash": whole[:48], "all but a byte": whole[:67],
             "half a key": os.urandom(50), "a key": os.urandom(96), "a key and padding": os.urandom(96 + 300)}
    siege.begun()
    with contextlib.ExitStack() as stack:
        peers = {name: stack.enter_context(Peer.connect(siege.engine.port)) for name in begun}
        slow = stack.enter_context(Peer.connect(siege.engine.port))
        slow_key = stack.enter_context(Peer.connect(siege.engine.port))
        for name, peer in peers.items():
            peer.send(begun[name])
        siege.survives()
        dribble, key, gone = iter(whole[:67]), iter(os.urandom(96)), {}

        def all_gone():
            siege.status()
            for peer, rest in ((slow, dribble), (slow_key, key)):
                with contextlib.suppress(Gone, StopIteration):
                    peer.send(bytes((next(rest),)))
            for name, peer in {**peers, "a byte at a time": slow, "a key, a byte at a time": slow_key}.items():
                if name not in gone and peer.closed_within(0.02):
                    gone[name] = time.monotonic() - peer.opened
            return len(gone) == len(peers) + 2

        wait_until(all_gone, HANDSHAKE_SECONDS, "all half handshakes ended", poll=0.25)
        assert max(gone.values()) < HANDSHAKE_SECONDS, gone


def test_half_handshakes_do_not_keep_good_peers_out(besiege):
    """500 of them, half with the right info-hash: then somebody good is dialled, and another dials in."""
    siege = besiege(good=False)
    prefix = handshake(info_hash_of(siege.payload))[:48]
    with contextlib.ExitStack() as stack:
        for turn in range(500):
            peer = stack.enter_context(Peer.connect(siege.engine.port, source=f"127.0.1.{1 + turn % 200}"))
            with contextlib.suppress(Gone):
                peer.send(prefix if turn % 2 else b"\x13")
        siege.status()
        siege.call_good()
        siege.survives()


@pytest.mark.parametrize("reserved", [hostile.PLAIN, ALL], ids=["plain", "extended"])
def test_the_same_peer_id_is_connected_once(siege, reserved):
    siege.begun()
    me = some_peer_id()
    with contextlib.ExitStack() as stack:
        peers = []
        for _ in range(30):
            with contextlib.suppress(Gone):
                peers.append(stack.enter_context(dial(siege, reserved, peer_id=me)))
        still = peers

        def one_left():
            nonlocal still
            still = [p for p in still if not p.closed_within(0.05)]
            return len(still) <= 1

        wait_until(one_left, 20, "one link is left")
        siege.until(lambda s: s["num_peers"] <= 2, "one link and the good peer's are left")
        assert len(still) == 1 and not still[0].closed_within(0.05)
    siege.survives()


def test_an_engine_does_not_talk_to_itself(siege):
    siege.begun()
    for _ in range(5):
        siege.engine.add_peer(siege.torrent, siege.engine.port)
        siege.until(lambda s: all(p["port"] != siege.engine.port for p in s["peers"]), "the link to itself is closed")
    siege.until(lambda s: s["num_peers"] == 1, "only the good peer is connected")
    siege.survives()
    assert all(p["port"] != siege.engine.port for p in siege.status()["peers"])


def test_the_engines_own_peer_id_is_sent_away(siege):
    with dial(siege) as first:
        own = first.theirs[48:]
    with dial(siege, peer_id=own) as peer:
        assert peer.closed_within(CLOSE_SECONDS)
    siege.survives()


def test_churn_leaves_nothing_behind(siege):
    siege.begun()
    files = open_files(siege.engine.pid)
    chance = random.Random(3)
    for turn in range(400):
        how = chance.randrange(4)
        with contextlib.suppress(Gone, TimeoutError, ConnectionError):
            if how == 0:
                Peer.connect(siege.engine.port).close()
            elif how == 1:
                peer = Peer.connect(siege.engine.port)
                peer.send(handshake(info_hash_of(siege.payload)))
                peer.reset()
            else:
                with dial(siege, ALL) as peer:
                    peer.send(bitfield(siege.payload.piece_count) + frame(hostile.INTERESTED) + frame(hostile.UNCHOKE))
                    if how == 3:
                        peer.reset()
        if turn % 50 == 0:
            siege.status()
    siege.until(lambda s: s["num_peers"] <= 1 and open_files(siege.engine.pid) <= files + 10, "all links are closed", 30)
    siege.survives()


def test_encrypted_good_peers_get_through_while_noise_comes_in(besiege, ports):
    """The work of key exchanges for strangers must not keep a good encrypted peer out."""
    siege = besiege(good=False)
    encrypted = Session(ports.next(), **RC4_FORCED)
    try:
        encrypted.add(siege.payload.torrent_file, siege.payload.root, seed=True, peers=[("127.0.0.1", siege.engine.port)])
        with contextlib.ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(Peer.connect(siege.engine.port)).try_send(os.urandom(96), 1)
            siege.completes()
    finally:
        encrypted.close()
