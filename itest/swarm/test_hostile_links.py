"""Handshakes that are none, never end or come twice; peers that come and go.

All attack one engine, one torrent each (harness/siege.py). Every test ends with a transfer from an honest peer that must be byte-equal, or shows that
the honest one is still served.
"""

import contextlib
import os
import random
import time

import pytest

from harness import hostile
from harness.hostile import EXTENDED, FAST, Gone, Peer, bitfield, features, frame, handshake, info_hash_of, some_peer_id
from harness.libtorrent_utils import RC4_FORCED, Session
from harness.siege import open_files
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

ALL = features(FAST, EXTENDED)
CLOSE_SECONDS = 20
HANDSHAKE_SECONDS = 60  # what the contract allows
UNKNOWN_TORRENT_SECONDS = 15


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
                peers.append(stack.enter_context(siege.dial(reserved, peer_id=me)))
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
    with siege.dial() as first:
        own = first.theirs[48:]
    with siege.dial(peer_id=own) as peer:
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
                with siege.dial(ALL) as peer:
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
