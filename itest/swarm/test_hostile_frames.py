"""Frames, messages and extension handshakes that break the protocol, and messages that nobody knows.

All attack one engine, one torrent each (harness/siege.py). Every test ends with a transfer from an honest peer that must be byte-equal, or shows that
the honest one is still served.
"""

import contextlib
import os
import struct

import pytest

from harness import hostile
from harness.hostile import BLOCK, DHT, EXTENDED, FAST, Gone, Impostor, bitfield, block, extension, features, frame, numbers
from harness.payloads import KIB, MIB

pytestmark = pytest.mark.bep_3

ALL = features(FAST, EXTENDED)
CLOSE_SECONDS = 20


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
        with siege.dial(reserved) as peer:
            with contextlib.suppress(Gone):
                peer.send(data)
            if not peer.closed_within(1 if survivors else CLOSE_SECONDS):
                survivors.append(name)
    assert not survivors, f"links that are still open: {survivors}"
    siege.survives()


def test_a_spare_bit_in_the_bitfield_closes_the_link(besiege):
    siege = besiege(length=33 * 64 * KIB, good=False)  # or it may be complete, and close links to seeds
    with siege.dial() as peer:
        peer.send(frame(hostile.BITFIELD, b"\xff\xff\xff\xff\xc0"))
        assert peer.closed_within(CLOSE_SECONDS)
    with siege.dial() as peer:
        peer.send(frame(hostile.BITFIELD, b"\xff\xff\xff\xff\x80"))
        peer.read_until(hostile.INTERESTED)
    siege.call_good()
    siege.survives()


@pytest.mark.bep_10
def test_broken_extension_messages_close_the_link(siege):
    """The ids are those that the engine announces, so this begins with its own handshake."""
    siege.begun()
    survivors = []

    def after_hello(name, make):
        with siege.dial(ALL) as peer:
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
    with siege.dial(ALL) as peer:
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
    with siege.dial(FAST) as peer:
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
