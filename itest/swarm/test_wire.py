"""What an engine does and does not say on the wire, seen by a peer made by hand (BEP 3, 6)."""

import contextlib
import struct

import pytest

from harness import hostile
from harness.hostile import BLOCK, EXTENDED, FAST, Impostor, bitfield, extension, features, frame, numbers
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3


def test_the_bitfield_names_the_pieces_that_are_there(seeded):
    """Pieces 0 to 8 of 9 in two bytes: the high bit of the first byte is piece 0."""
    siege = seeded(length=9 * 64 * KIB)
    with siege.dial() as peer:
        assert peer.read_until(hostile.BITFIELD) == b"\xff\x80"


def test_every_new_piece_is_told(siege):
    with siege.dial() as peer:
        told = set()
        pieces = siege.payload.piece_count
        siege.begun()
        siege.completes()
        with contextlib.suppress(TimeoutError):
            while len(told) < pieces:
                message, payload = peer.read(5)
                if message == hostile.HAVE:
                    told.add(struct.unpack(">I", payload)[0])
                if message == hostile.BITFIELD:
                    told |= {i for i in range(pieces) if payload[i // 8] & 0x80 >> i % 8}
        assert told == set(range(pieces))


def test_blocks_come_from_where_they_were_asked(seeded):
    siege = seeded()
    data = (siege.payload.root / siege.payload.name).read_bytes()
    wanted = [(0, 0, BLOCK), (3, BLOCK, BLOCK), (31, 48 * KIB, BLOCK), (5, 100, 1000), (7, 64 * KIB - 1, 1)]
    with siege.dial() as peer:
        peer.send(frame(hostile.INTERESTED))
        peer.read_until(hostile.UNCHOKE, 30)
        for piece, begin, length in wanted:
            peer.send(numbers(hostile.REQUEST, piece, begin, length))
            payload = peer.read_until(hostile.PIECE)
            start = piece * 64 * KIB + begin
            assert payload == struct.pack(">II", piece, begin) + data[start:start + length], f"piece {piece} at {begin}"


@pytest.mark.bep_6
def test_cancelled_blocks_are_not_sent(seeded):
    """1000 blocks are asked for and taken back before anything is read: most must not come, and each has an answer."""
    siege = seeded(length=16 * MIB)
    blocks = [(piece, begin) for piece in range(250) for begin in range(0, 64 * KIB, BLOCK)]
    with siege.dial(FAST) as peer:
        peer.send(frame(hostile.INTERESTED))
        peer.read_until(hostile.UNCHOKE, 30)
        peer.send(b"".join(numbers(hostile.REQUEST, *b, BLOCK) for b in blocks))
        peer.send(b"".join(numbers(hostile.CANCEL, *b, BLOCK) for b in blocks))
        sent = rejected = 0
        while sent + rejected < len(blocks):
            message, _ = peer.read()
            sent += message == hostile.PIECE
            rejected += message == hostile.REJECT
        assert rejected > len(blocks) // 4, f"{rejected} of {len(blocks)} cancels had an effect"
        siege.until(lambda s: s["uploaded"] == sent * BLOCK, f"what was sent is counted, {sent} blocks, and nothing else")


@pytest.mark.bep_6
def test_nothing_is_sent_once_choked(seeded):
    """Blocks are asked for before and after a choke: each has its answer (BEP 6), after the choke it is no."""
    siege = seeded(length=16 * MIB)
    with siege.dial(FAST) as peer:
        peer.send(frame(hostile.INTERESTED))
        fast = set()  # these it may have even then
        while (said := peer.read())[0] != hostile.UNCHOKE:
            if said[0] == hostile.ALLOWED_FAST:
                fast.add(struct.unpack(">I", said[1])[0])
        blocks = [(piece, begin) for piece in range(250) if piece not in fast for begin in range(0, 64 * KIB, BLOCK)]
        peer.send(b"".join(numbers(hostile.REQUEST, *b, BLOCK) for b in blocks))
        peer.read_until(hostile.PIECE)
        siege.engine.pause(siege.torrent)
        sent, rejected, choked = 1, 0, False
        while not choked or sent + rejected < len(blocks):
            message, _ = peer.read()
            choked |= message == hostile.CHOKE
            assert not (choked and message == hostile.PIECE), "a block after the choke"
            sent += message == hostile.PIECE
            rejected += message == hostile.REJECT
        assert rejected, "all was sent before the choke"
        peer.send(b"".join(numbers(hostile.REQUEST, *b, BLOCK) for b in blocks[:10]))
        assert [peer.read()[0] for _ in range(10)] == [hostile.REJECT] * 10
        siege.engine.resume(siege.torrent)
        peer.read_until(hostile.UNCHOKE)


def test_nothing_is_asked_for_while_choked(besiege):
    """The peer chokes after the first request; until it unchokes again there must be none, and then there must be some."""
    silences, requests = [], []

    def asked(peer, metadata):
        """A choke takes back what was asked for (BEP 3): an unchoke brings requests at once, long before old ones would run out of time."""
        return any(hostile.REQUEST in peer.settle(metadata) for _ in range(10))

    def moody(impostor, peer):
        peer.send(extension(0, {"m": {"ut_metadata": 1}}))
        metadata = peer.extension_ids()[b"ut_metadata"]
        peer.send(bitfield(siege.payload.piece_count))
        peer.read_until(hostile.INTERESTED)
        silences.append(peer.is_silent(hostile.REQUEST, 0.7))
        for _ in range(3):
            peer.send(frame(hostile.UNCHOKE))
            requests.append(asked(peer, metadata))
            peer.send(frame(hostile.CHOKE) + frame(hostile.INTERESTED))
            peer.settle(metadata)  # up to here, requests may have crossed the choke on their way
            silences.append(peer.is_silent(hostile.REQUEST, 0.7))
        peer.send(frame(hostile.UNCHOKE))
        impostor.answer_requests(peer)

    siege = besiege(good=False)
    with Impostor(siege.ports.next(), siege.payload, script=moody, reserved=EXTENDED) as peer:
        siege.engine.add_peer(siege.torrent, peer.port)
        wait_until(lambda: len(silences) == 4, 60, "the peer was moody three times")
        assert silences == [True] * 4, "blocks were asked for while choked"
        assert requests == [True] * 3, "an unchoke did not bring requests at once"
        siege.completes()
        assert peer.links == 1


@pytest.mark.bep_6
@pytest.mark.slow
def test_rejected_blocks_are_asked_for_again(besiege):
    """The only seed rejects each block once."""
    seen = set()

    def once(impostor, peer):
        peer.send(frame(hostile.HAVE_ALL) + frame(hostile.UNCHOKE))
        while not impostor.stopped:
            try:
                message, payload = peer.read(0.5)
            except TimeoutError:
                continue
            if message != hostile.REQUEST:
                continue
            if payload in seen:
                piece, begin, length = struct.unpack(">III", payload)
                peer.send(hostile.block(piece, begin, impostor.block_of(piece, begin, length)))
            else:
                seen.add(payload)
                peer.send(frame(hostile.REJECT, payload))

    siege = besiege(good=False, length=512 * KIB)
    with Impostor(siege.ports.next(), siege.payload, script=once, reserved=features(FAST)) as peer:
        siege.engine.add_peer(siege.torrent, peer.port)
        siege.completes()
        assert peer.links == 1


@pytest.mark.bep_6
def test_blocks_that_one_rejects_come_from_another(besiege):
    rejected = []

    def never(impostor, peer):
        peer.send(frame(hostile.HAVE_ALL) + frame(hostile.UNCHOKE))
        while not impostor.stopped:
            block = peer.read_until(hostile.REQUEST, 60)
            peer.send(frame(hostile.REJECT, block))
            rejected.append(block)

    siege = besiege(good=False, length=512 * KIB)
    with Impostor(siege.ports.next(), siege.payload, script=never, reserved=features(FAST)) as peer:
        siege.engine.add_peer(siege.torrent, peer.port)
        wait_until(lambda: rejected, 20, "a block is rejected")
        siege.call_good()
        status = siege.completes()
    assert (status["downloaded"], status["wasted"]) == (siege.payload.size, 0)
