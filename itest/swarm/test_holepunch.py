"""Holepunching (BEP 55): introducing two peers, being told to dial over uTP, asking for it when a peer cannot be dialled."""

import socket
import struct

import libtorrent as lt
import pytest

from harness import payloads
from harness.hostile import EXTENDED, EXTENSION, INTERESTED, Peer, extension, frame, info_hash_of
from harness.payloads import KIB, MIB
from harness.waiting import crowding, wait_until

RENDEZVOUS, CONNECT, ERROR = range(3)
NO_SUCH_PEER, NOT_CONNECTED, NO_SUPPORT, NO_SELF = range(1, 5)
OUR_ID, OUR_PEX = 7, 8
LT_ONLY_UTP = {"enable_outgoing_utp": True, "enable_incoming_utp": True, "enable_outgoing_tcp": False, "enable_incoming_tcp": False}


def hole(kind, port, error=0, host="127.0.0.1"):
    return struct.pack(">BB", kind, 0) + socket.inet_aton(host) + struct.pack(">HI", port, error)


class Neighbour:
    """A peer that listens at some port, as it says, or at that which it dials from, and speaks ut_holepunch if it is to.

    engine: or a libtorrent session.
    """

    def __init__(self, engine, payload, port=None, speaks=True):
        self.peer = Peer.dial(engine.port, info_hash_of(payload), reserved=EXTENDED)
        self.port = port or self.peer.socket.getsockname()[1]
        ids = self.peer.extension_ids()
        assert b"ut_holepunch" in ids
        self.id, self.pex = ids[b"ut_holepunch"], ids[b"ut_pex"]
        ours = {"ut_metadata": 1, "ut_pex": OUR_PEX} | ({"ut_holepunch": OUR_ID} if speaks else {})
        self.peer.send(extension(0, {"m": ours, "p": self.port}))
        self.peer.send(frame(INTERESTED))
        self.peer.settle(ids[b"ut_metadata"])  # it has read our handshake

    def ask(self, port, host="127.0.0.1"):
        self.peer.send(extension(self.id, hole(RENDEZVOUS, port, host=host)))

    def hears(self, seconds=40):
        """Kind, port and error of the next message about it."""
        while True:
            payload = self.peer.read_until(EXTENSION, seconds)
            if payload[0] == OUR_ID:
                assert payload[2] == 0 and payload[3:7] == socket.inet_aton("127.0.0.1") or payload[1] == ERROR
                return payload[1], *struct.unpack(">HI", payload[7:13].ljust(6, b"\0"))  # libtorrent leaves the error out where there is none


@pytest.fixture
def neighbours():
    all_of_them = []

    def make(*arguments, **options):
        all_of_them.append(Neighbour(*arguments, **options))
        return all_of_them[-1]

    yield make
    for each in all_of_them:
        each.peer.close()


@pytest.fixture
def engine(make_engine):
    return make_engine(enable_utp=True, enable_pex=True)


def seeding(engine, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    return payload, torrent


def test_two_peers_are_introduced(engine, neighbours, ports, work, seed):
    payload, _ = seeding(engine, work, seed)
    first, second = (neighbours(engine, payload, ports.next()) for _ in range(2))
    first.ask(second.port)
    assert first.hears() == (CONNECT, second.port, 0)
    assert second.hears() == (CONNECT, first.port, 0)


def test_who_cannot_be_introduced_is_told_why(engine, neighbours, ports, work, seed):
    payload, _ = seeding(engine, work, seed)
    asking, mute = neighbours(engine, payload, ports.next()), neighbours(engine, payload, ports.next(), speaks=False)
    for port, host, error in ((asking.port, "127.0.0.1", NO_SELF), (0, "127.0.0.1", NO_SUCH_PEER), (9, "0.0.0.0", NO_SUCH_PEER),
                              (mute.port, "127.0.0.1", NO_SUPPORT), (ports.next(), "127.0.0.1", NOT_CONNECTED)):
        asking.ask(port, host)
        assert asking.hears() == (ERROR, port, error)


def test_we_dial_whom_a_peer_names(engine, neighbours, make_session, ports, work, seed):
    payload, torrent = seeding(engine, work, seed)
    session = make_session(**LT_ONLY_UTP)
    handle = session.add(payload.torrent_file, work / "leech")
    relay = neighbours(engine, payload, ports.next())
    relay.peer.send(extension(relay.id, hole(CONNECT, session.port)))
    session.wait_complete(handle)
    assert session.seen("incoming_connection_alert")


@pytest.mark.slow
def test_we_ask_to_be_introduced(engine, neighbours, make_session, ports, work, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    torrent = engine.add(payload.torrent_file)
    engine.wait_state(torrent, "downloading")
    relay, nobody = neighbours(engine, payload, ports.next()), ports.next()
    relay.peer.send(extension(relay.pex, {"added": socket.inet_aton("127.0.0.1") + struct.pack(">H", nobody), "added.f": b"\x0c"}))
    assert relay.hears(120) == (RENDEZVOUS, nobody, 0)


@pytest.mark.slow
def test_libtorrent_takes_our_introduction(engine, make_session, neighbours, ports, work, seed):
    """It answers CONNECT by dialling the other, where a socket of ours waits for its SYN."""
    payload, torrent = seeding(engine, work, seed)
    session = make_session(upload_rate_limit=10 * KIB, enable_outgoing_utp=True, enable_incoming_utp=True)
    handle = session.add(payload.torrent_file, work / "leech")
    handle.set_download_limit(10 * KIB)
    handle.unset_flags(lt.torrent_flags.disable_pex)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: s["peers"], "libtorrent")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(40)
        asking = neighbours(engine, payload, udp.getsockname()[1])

        def introduced():
            asking.ask(session.port)
            return asking.hears() == (CONNECT, session.port, 0)

        wait_until(introduced, 40, "libtorrent said that it speaks it", poll=2.5)  # it is slowed down, so its handshake is
        datagram, source = udp.recvfrom(2000)
        assert datagram[0] == 0x41 and source[1] == session.port, "no SYN of uTP"


@pytest.mark.slow
def test_libtorrent_introduces_us(engine, make_session, neighbours, work, seed):
    """It names a peer that cannot be dialled, and takes our question for it: that peer hears where we are, and we dial over uTP."""
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    torrent = engine.add(payload.torrent_file)
    engine.wait_state(torrent, "downloading")
    relay = make_session(enable_outgoing_utp=True, enable_incoming_utp=True, enable_outgoing_tcp=False)
    handle = relay.add(payload.torrent_file, work / "relay")
    handle.unset_flags(lt.torrent_flags.disable_pex)
    relay.wait_alert("torrent_checked_alert")  # before, it lets nobody in
    wanted = neighbours(relay, payload)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", wanted.port))
        udp.setblocking(False)
        handle.connect_peer(("127.0.0.1", engine.port))  # over uTP: it names us as it sees us, and so our port
        assert wanted.hears(120) == (CONNECT, engine.port, 0)
        while True:  # our own tries, before we asked
            try:
                udp.recv(2000)
            except BlockingIOError:
                break
        udp.settimeout(40 * crowding())
        datagram, source = udp.recvfrom(2000)
        assert datagram[0] == 0x41 and source[1] == engine.port, "no SYN of uTP"
