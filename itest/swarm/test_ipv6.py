"""IPv6 and both families at once: peers over TCP and uTP, trackers of each kind (BEP 7, 15), the DHT (BEP 32)."""

import socket

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.ports import has_ipv6
from harness.tracker import Tracker
from harness.waiting import wait_until

HOST = "::1"
LT = {"host": f"[{HOST}]"}
LT_ONLY_UTP = {"enable_outgoing_utp": True, "enable_incoming_utp": True, "enable_outgoing_tcp": False, "enable_incoming_tcp": False}
TRANSPORTS = {"tcp": ({}, {}), "utp": ({"enable_utp": True, "enable_tcp": False}, LT_ONLY_UTP)}


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), host=HOST)
    yield tracker
    tracker.close()


@pytest.mark.slow
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_downloads(make_engine, make_session, work, seed, transport):
    ours, theirs = TRANSPORTS[transport]
    payload = payloads.single(work / "seed", seed, MIB)
    session = make_session(upload_rate_limit=50 * KIB, **LT, **theirs)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(listen_host=HOST, **ours)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port, HOST)
    peer = engine.wait_for(torrent, lambda s: s["peers"], "a peer")["peers"][0]
    session.lift_limits()  # it was slow, or all might be over before anybody looks
    assert peer["transport"] == transport
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_uploads(make_engine, make_session, work, seed, transport):
    ours, theirs = TRANSPORTS[transport]
    payload = payloads.single(work / "seed", seed, MIB)
    engine = make_engine(listen_host=HOST, **ours)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session(**LT, **theirs)
    handle = session.add(payload.torrent_file, work / "leech", peers=[(HOST, engine.port)])
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


@pytest.mark.parametrize("kind", ["http", "udp"])
def test_a_tracker_tells_peers(make_engine, make_session, tracker, work, seed, kind):
    url = tracker.http_url if kind == "http" else tracker.udp_url
    payload = payloads.single(work / "seed", seed, MIB, trackers=[url])
    session = make_session(**LT)
    session.add(payload.torrent_file, payload.root, seed=True)
    wait_until(lambda: tracker.announces, 30, "the seed announced")
    engine = make_engine(listen_host=HOST)
    engine.wait_complete(engine.add(payload.torrent_file))
    assert {a["kind"] for a in tracker.announces if a["port"] == engine.port} == {kind}
    payload.assert_equal(engine.downloads)


@pytest.mark.slow
def test_two_engines_meet_in_the_dht(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    first = make_engine(listen_host=HOST, enable_dht=True)
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    second = make_engine(listen_host=HOST, enable_dht=True, dht_bootstrap=[f"[{HOST}]:{first.port}"])
    torrent = second.add(payload.torrent_file)
    second.wait_complete(torrent, 90)
    payload.assert_equal(second.downloads)


def test_one_swarm_of_both_families(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    source = make_session()
    source.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    engine.settings(bind_address_ipv6=HOST)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, source.port)
    engine.wait_complete(torrent)
    session = make_session(**LT)
    handle = session.add(payload.torrent_file, work / "leech", peers=[(HOST, engine.port)])
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


@pytest.mark.binds("::")
def test_an_ipv4_address_beside_all_of_ipv6(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    engine = make_engine()
    engine.settings(bind_address_ipv4="127.0.0.2", bind_address_ipv6="::")
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    for name, options, host in (("six", LT, HOST), ("four", {}, "127.0.0.2")):
        session = make_session(**options)
        handle = session.add(payload.torrent_file, work / name, peers=[(host, engine.port)])
        session.wait_complete(handle)
    with socket.socket(socket.AF_INET) as probe:
        assert probe.connect_ex(("127.0.0.1", engine.port)) != 0, "on an address that was not named"
