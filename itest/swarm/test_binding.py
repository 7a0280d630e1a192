"""Addresses and interfaces that the engine is on: all that are named, no other, and nothing at all while its interface is missing."""

import socket

import pytest

from harness import payloads
from harness.loopback import Sampling, remote_ports, sockets
from harness.own_network import Interface
from harness.payloads import KIB, MIB
from harness.tracker import Tracker
from harness.waiting import Deadline, wait_until


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next())
    yield tracker
    tracker.close()


def listens(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex((host, port)) == 0


def test_several_addresses_are_listened_on_and_no_other(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    engine = make_engine()
    engine.settings(bind_address_ipv4="127.0.0.2, 127.0.0.3")
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    for host in ("127.0.0.2", "127.0.0.3"):
        session = make_session()
        handle = session.add(payload.torrent_file, work / host, peers=[(host, engine.port)])
        session.wait_complete(handle)
        payload.wait_equal(work / host)
    assert not listens("127.0.0.1", engine.port)
    engine.settings(bind_address_ipv4="127.0.0.1")
    assert listens("127.0.0.1", engine.port) and not listens("127.0.0.2", engine.port)


def test_peers_are_dialled_from_the_first_address(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    engine.settings(bind_address_ipv4="127.0.0.2,127.0.0.3")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    came = session.seen("incoming_connection_alert")
    assert came and all("127.0.0.2" in text for text in came)


def test_nothing_leaves_while_the_interface_is_missing(make_engine, make_session, tracker, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, trackers=[tracker.http_url, tracker.udp_url])
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    wait_until(lambda: len(tracker.announces) > 0, 30, "the seed announced")
    before = len(tracker.announces)
    engine = make_engine()
    engine.settings(bind_address_ipv4="0.0.0.0", bind_interface="missing0")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    wait_until(lambda: "interface to bind to is not there" in engine.plane.log.read_text(), 30, "a warning")
    engine.reannounce(torrent)
    engine.wait_state(torrent, "downloading")
    assert not listens("127.0.0.1", engine.port)
    assert not remote_ports(engine.pid) and len(tracker.announces) == before
    assert not session.seen("incoming_connection_alert")
    engine.settings(bind_interface="lo")
    engine.wait_complete(torrent)
    wait_until(lambda: len(tracker.announces) > before, 20, "it announces again")
    payload.assert_equal(engine.downloads)


LOOK_SECONDS = 2  # between two looks of the engine at the interfaces of the machine
AWAY = {"loses its address": (Interface.take_address, Interface.give_address),
        "is down": (Interface.down, Interface.up),
        "is unplugged": (Interface.unplug, Interface.plug_in)}


@pytest.mark.slow
@pytest.mark.usefixtures("own_network")
@pytest.mark.parametrize("way", AWAY)
def test_a_transfer_rests_while_its_interface_is_away(make_engine, make_session, tracker, work, seed, way):
    """The kernel would still let it talk: all of 127.0.0.0/8 belongs to the machine, whichever interface has an address of it."""
    go, come_back = AWAY[way]
    interface = Interface("bittern0", "127.77.0.1")
    payload = payloads.single(work / "seed", seed, 4 * MIB, trackers=[tracker.http_url, tracker.udp_url])
    session = make_session(upload_rate_limit=40 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    wait_until(lambda: session.port in tracker.swarms.get(payload.info.info_hash().to_bytes(), {}), 30, "the seed announced")
    engine = make_engine(enable_utp=True)
    engine.settings(bind_address_ipv4="0.0.0.0", bind_interface=interface.name)
    wait_until(lambda: listens(interface.address, engine.port) and not listens("127.0.0.1", engine.port), 30, "it is on its interface")
    with Sampling(engine.pid) as before:
        torrent = engine.add(payload.torrent_file)
        begun = engine.wait_for(torrent, lambda s: s["progress"] > 0, "the transfer has begun")
        go(interface)
        wait_until(lambda: not sockets(engine.pid), 30, "no socket is left")
    with Sampling(engine.pid) as away:
        wait_until(lambda: engine.status(torrent)["num_peers"] == 0, 30, "its peers are gone")
        announces = len(tracker.announces)
        engine.add_peer(torrent, session.port)
        engine.reannounce(torrent)
        looks = Deadline(LOOK_SECONDS + 1, by_the_clock=True)
        wait_until(lambda: looks.passed, 60, "it has looked for its interface once more")
        status = engine.wait_state(torrent, "downloading")
        assert not listens(interface.address, engine.port)
        assert begun["progress"] <= status["progress"] < 1
    assert not away.seen and len(tracker.announces) == announces, f"talks while it is away: {away.seen}"
    session.lift_limits()
    with Sampling(engine.pid) as after:
        come_back(interface)
        engine.wait_complete(torrent)
        wait_until(lambda: len(tracker.announces) > announces, 30, "it announces again")
        assert listens(interface.address, engine.port)
    payload.assert_equal(engine.downloads)
    assert {s.local for s in before.seen | after.seen} == {interface.address}


def test_a_taken_udp_port_leaves_tcp(make_engine, make_session, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    port = ports.next()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        engine = make_engine(port=port, enable_utp=True)
    assert engine.port == port
    assert f"port {port} (utp)" in engine.plane.log.read_text()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session()
    handle = session.add(payload.torrent_file, work / "leech", peers=[(engine.host, engine.port)])
    session.wait_complete(handle)
