"""Peers that send more than anybody needs, or ask for more than they read.

All attack one engine, one torrent each (harness/siege.py). Every test ends with a transfer from an honest peer that must be byte-equal, or shows that
the honest one is still served.
"""

import contextlib
import random
import struct
import time

import pytest

from harness import hostile
from harness.hostile import BLOCK, EXTENDED, FAST, Impostor, bitfield, extension, features, frame, numbers
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

ALL = features(FAST, EXTENDED)


@pytest.mark.bep_6
@pytest.mark.parametrize("message", [hostile.REQUEST, hostile.CANCEL], ids=["requests", "cancels"])
def test_a_flood_whose_answers_nobody_reads_is_bounded(siege, message):
    siege.begun()
    flood = numbers(message, 3, 0, BLOCK) * 100_000
    with siege.dial(FAST) as peer:
        for _ in range(12):
            if peer.try_send(flood, 0.3) < len(flood):
                break
            siege.status()
        siege.status()
    siege.survives()


def test_unchoked_peers_that_ask_and_never_read_cost_little(seeded, work):
    siege = seeded()
    flood = b"".join(numbers(hostile.REQUEST, i % 32, 0, BLOCK) for i in range(20_000))
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(siege.unchoked()).try_send(flood, 1)
        siege.status()
        siege.serves_an_honest_leecher(work)


def test_half_a_million_rejects_are_not_kept_for_a_peer_that_does_not_read(seeded, work):
    """At most 2000 requests wait; all others are rejected, and the rejects must not pile up either."""
    siege = seeded()
    flood = numbers(hostile.REQUEST, 1, 0, BLOCK) * 50_000
    with siege.unchoked() as peer:
        for _ in range(10):
            if peer.try_send(flood, 0.5) < len(flood):
                break
        siege.status()
        siege.serves_an_honest_leecher(work)


@pytest.mark.bep_9
def test_metadata_flood_is_bounded(siege):
    siege.begun()
    with siege.dial(ALL) as peer:
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
    with siege.dial(ALL) as peer:
        peer.send(extension(0, {"m": {"ut_pex": 2}}))
        number = peer.extension_ids()[b"ut_pex"]
        for _ in range(2000):
            added = b"".join(b"\x7f" + chance.randbytes(3) + struct.pack(">H", chance.randrange(1, 1000)) for _ in range(200))
            if peer.try_send(extension(number, {"added": added, "added.f": bytes(200), "dropped": added}), 2) < 0:
                break
        siege.status()
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
    with siege.dial() as peer:
        for flood in (haves * 3000, flapping * 50_000, wavering * 50_000, b"\0\0\0\0" * 200_000):
            peer.try_send(flood, 1.5)
            siege.status()
    siege.survives()


def test_bitfields_that_change_all_the_time_change_nothing(siege):
    siege.begun()
    pieces = siege.payload.piece_count
    flood = (bitfield(pieces, lambda p: p % 2) + bitfield(pieces) + frame(hostile.HAVE_NONE) + frame(hostile.HAVE_ALL)) * 5000
    with siege.dial(FAST) as peer:
        peer.try_send(flood, 2)
        siege.status()
    siege.survives()
