"""Peers that send wrong data, data that nobody asked for, or none.

All attack one engine, one torrent each (harness/siege.py). Every test ends with a transfer from an honest peer that must be byte-equal, or shows that
the honest one is still served.
"""

import collections
import contextlib
import os

import pytest

from harness import hostile
from harness.hostile import BLOCK, EXTENDED, FAST, Impostor, bitfield, block, extension, features, frame, info_hash_of, spoilt
from harness.payloads import KIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

ALL = features(FAST, EXTENDED)


@pytest.mark.bep_9
def test_wrong_metadata_does_not_stop_a_magnet(besiege, fortress, work):
    """Peers promise metadata of the largest size and of the right one, and send noise; a good one completes it."""
    siege = besiege(good=False)
    fortress.engine.remove(siege.torrent)
    siege.torrent = fortress.engine.add_magnet(f"magnet:?xt=urn:btih:{info_hash_of(siege.payload).hex()}")
    right = len(hostile.lt.bencode(hostile.lt.bdecode(siege.payload.torrent_file.read_bytes())[b"info"]))
    lies = collections.Counter()  # of each port

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
                    lies[impostor.port] += 1
        return script

    with contextlib.ExitStack() as stack:
        def call_liar(size):
            peer = stack.enter_context(Impostor(siege.ports.next(), siege.payload, script=liar(size), reserved=ALL))
            fortress.engine.add_peer(siege.torrent, peer.port)
            return peer.port

        for size in (right, right, right + 1):
            port = call_liar(size)
            siege.until(lambda s: lies[port] and port not in {p["port"] for p in s["peers"]}, "a liar was asked, and is banned for its answer")
        call_liar(30 << 20)  # one: it may send all of that before others have their turn
        assert siege.status()["state"] == "downloading_metadata"
        siege.call_good()
        siege.completes()


def test_unasked_blocks_are_thrown_away(siege):
    siege.begun()
    pieces = siege.payload.piece_count
    flood = b"".join(block(piece, begin, os.urandom(BLOCK)) for piece in range(pieces) for begin in range(0, 64 * KIB, BLOCK))
    odd = block(3, 1, os.urandom(BLOCK)) + block(3, 64 * KIB, os.urandom(BLOCK)) + block(3, 0, b"x") + block(3, 0x7FFF0000, b"y" * 99)
    with siege.dial() as peer, siege.dial() as second:
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
