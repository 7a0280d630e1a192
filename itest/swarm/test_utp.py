"""Links over uTP with libtorrent on the other side, both ways, and what happens when one side has none (BEP 29)."""

import socket

import pytest

from harness import payloads
from harness.libtorrent_utils import RC4_FORCED
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_29

LT_UTP = {"enable_outgoing_utp": True, "enable_incoming_utp": True}
LT_NO_TCP = {"enable_outgoing_tcp": False, "enable_incoming_tcp": False}
LT_ONLY_UTP = LT_UTP | LT_NO_TCP
ONLY_UTP = {"enable_utp": True, "enable_tcp": False}
SLOW = 50 * KIB
BOTH = {"enable_utp": True}
ENCRYPTION = {"plain": ({}, {}), "rc4": ({"encryption": "required"}, RC4_FORCED)}


def transports(engine, torrent):
    return {peer["transport"] for peer in engine.status(torrent)["peers"]}


def watch(engine, torrent, session):
    """The transport of the first link that is seen; the seed is slow until then, or all might be over before."""
    transport = engine.wait_for(torrent, lambda s: s["peers"], "a peer")["peers"][0]["transport"]
    session.lift_limits()
    return transport


@pytest.mark.parametrize("form", ENCRYPTION)
def test_downloads_over_utp(make_engine, make_session, work, seed, form):
    ours, theirs = ENCRYPTION[form]
    payload = payloads.tree(work / "seed", seed, {"a.bin": 1 * MIB + 17, "b/c.bin": 300_001})
    session = make_session(upload_rate_limit=SLOW, **LT_ONLY_UTP, **theirs)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(**ONLY_UTP, **ours)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    assert watch(engine, torrent, session) == "utp"
    status = engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert status["hash_failures"] == 0


@pytest.mark.parametrize("form", ENCRYPTION)
def test_uploads_over_utp(make_engine, make_session, work, seed, form):
    ours, theirs = ENCRYPTION[form]
    payload = payloads.tree(work / "seed", seed, {"a.bin": 1 * MIB + 17, "b/c.bin": 300_001})
    engine = make_engine(**ONLY_UTP, **ours)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session(**LT_ONLY_UTP, **theirs)
    handle = session.add(payload.torrent_file, work / "leech", peers=[(engine.host, engine.port)])
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


def test_we_dial_and_seed_over_utp(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 2 * MIB)
    engine = make_engine(**ONLY_UTP)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session(**LT_ONLY_UTP)
    handle = session.add(payload.torrent_file, work / "leech")
    engine.add_peer(torrent, session.port)
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


def test_reaches_who_has_only_utp(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    session = make_session(upload_rate_limit=SLOW, **LT_ONLY_UTP)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(**BOTH)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    assert watch(engine, torrent, session) == "utp"
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_reaches_who_has_only_tcp(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    session = make_session(upload_rate_limit=SLOW)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(**BOTH)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    assert watch(engine, torrent, session) == "tcp"
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_is_reached_by_who_tries_utp_first(make_engine, make_session, work, seed):
    """libtorrent dials over uTP first; we have none, so it comes over TCP."""
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    engine = make_engine(enable_utp=False)
    torrent = engine.add(payload.torrent_file)
    session = make_session(utp_connect_timeout=500, utp_syn_resends=1, **LT_UTP)
    session.add(payload.torrent_file, payload.root, seed=True, peers=[(engine.host, engine.port)])
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_a_port_that_was_taken_is_used_once_it_is_free(make_engine, make_session, ports, work, seed):
    """A daemon that is started again may find the port of the one before, which is still ending."""
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    port = ports.next()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        engine = make_engine(port=port, **BOTH)
        torrent = engine.seed(payload.torrent_file, payload.root)
        engine.wait_state(torrent, "seeding")
    session = make_session(**LT_ONLY_UTP)
    handle = session.add(payload.torrent_file, work / "leech")

    def dialled_until_complete():
        handle.connect_peer((engine.host, port))
        return handle.status().is_seeding

    wait_until(dialled_until_complete, 60, "uTP on a port that was taken at first", poll=0.5)
    payload.wait_equal(work / "leech")


def test_two_engines_over_utp(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 20 * MIB + 1, 256 * KIB)
    first, second = make_engine(**ONLY_UTP), make_engine(**ONLY_UTP)
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    target = second.add(payload.torrent_file)
    second.add_peer(target, first.port)
    second.wait_complete(target)
    payload.assert_equal(second.downloads)
    assert transports(first, source) <= {"utp"}
