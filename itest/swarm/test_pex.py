"""Peers that other peers name, by nothing else than peer exchange with libtorrent, both ways (BEP 11)."""

import libtorrent as lt
import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_11

SLOW = 10 * KIB  # or all would be over before anybody names anybody


@pytest.fixture
def swarm(make_session, work, seed):
    """A seed that names nobody, and another peer that exchanges."""
    payload = payloads.single(work / "seed", seed, MIB)
    source, other = make_session(upload_rate_limit=SLOW), make_session()
    source.add(payload.torrent_file, payload.root, seed=True)
    handle = other.add(payload.torrent_file, work / "other")
    handle.unset_flags(lt.torrent_flags.disable_pex)
    return payload, source, other, handle


def links(handle):
    """Port → peer, of those who have shaken hands."""
    unfinished = lt.peer_info.connecting | lt.peer_info.handshake
    return {peer.ip[1]: peer for peer in handle.get_peer_info() if not peer.flags & unfinished}


def test_libtorrent_names_a_peer_to_us(make_engine, swarm):
    payload, source, other, handle = swarm
    handle.prioritize_files([0])  # it has nothing for us but the name of the seed
    handle.connect_peer(("127.0.0.1", source.port))
    wait_until(lambda: source.port in links(handle), 30, "libtorrent is connected with the seed")
    engine = make_engine(enable_pex=True)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, other.port)
    engine.wait_for(torrent, lambda s: (source.port, "pex") in {(p["port"], p["source"]) for p in s["peers"]}, "the seed is known by PEX")
    source.lift_limits()
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_we_name_a_peer_to_libtorrent(make_engine, swarm, work):
    payload, source, other, handle = swarm
    engine = make_engine(enable_pex=True)
    torrent = engine.add(payload.torrent_file, upload_limit=SLOW)
    engine.add_peer(torrent, source.port)
    engine.wait_for(torrent, lambda s: s["peers"], "we are connected with the seed")
    handle.connect_peer(("127.0.0.1", engine.port))
    wait_until(lambda: source.port in links(handle), 30, "libtorrent is connected with the seed")
    assert links(handle)[source.port].source & lt.peer_info.pex
    source.lift_limits()
    other.wait_complete(handle)
    payload.wait_equal(work / "other")
