"""Swarms of several nodes: what has come is passed on at once, by engines and libtorrent in turn (BEP 3)."""

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3


@pytest.mark.slow
def test_pieces_go_down_a_chain_before_anybody_in_it_is_complete(make_topology, work, seed):
    """A slow seed, an engine, libtorrent, an engine, each with two neighbours: all that the last one has came through all others."""
    swarm = make_topology(payloads.single(work / "seed", seed, 3 * MIB, 16 * KIB))
    first, last = swarm.engines(2)
    middle, = swarm.sessions(1)
    source, = swarm.sessions(1, seed=True, rate=30 * KIB)
    swarm.chain(source, first, middle, last)
    wait_until(lambda: last.progress > 0, 25, "a piece has come to the end of the chain")
    assert first.uploaded > 0 and middle.uploaded > 0
    assert first.progress < 1 and middle.progress < 1, "they passed on what they had as seeds"
    swarm.lift_limits()
    swarm.wait_complete()
    assert last.uploaded == 0 and source.uploaded < swarm.payload.size * 1.2
