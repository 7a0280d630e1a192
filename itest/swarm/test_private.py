"""Private torrents (BEP 27): nobody is told of them but their trackers, and nobody else believed; beside a public torrent, of which all of it is."""

import contextlib
import socket
import struct

import libtorrent as lt
import pytest

from harness import hostile, payloads
from harness.dht_node import DhtNode
from harness.hostile import EXTENDED, EXTENSION, FAST, Gone, Impostor, Peer, extension, features, frame, info_hash_of
from harness.listener import Listener
from harness.payloads import KIB
from harness.waiting import wait_until

OUR_METADATA, OUR_PEX = 1, 2


class Ear(Listener):
    """Somebody who only hears of which torrents he is dialled."""

    def __init__(self, port):
        self.dialled = set()
        super().__init__(port)

    def _run(self, sock):
        with Peer(sock) as peer, contextlib.suppress(Gone, TimeoutError, OSError):
            self.dialled.add(peer.read_exactly(68)[28:48])


@pytest.fixture
def open_until_the_end():
    with contextlib.ExitStack() as stack:
        yield lambda made: stack.enter_context(contextlib.closing(made))


@pytest.fixture
def both(work, seed):
    """The private and the public torrent."""
    return [payloads.single(work / name, seed + private, 40 * KIB, private=private) for name, private in (("private", True), ("public", False))]


def greet(port, payload):
    """A link, and the extensions that are named there."""
    peer = Peer.dial(port, info_hash_of(payload), reserved=features(EXTENDED, hostile.DHT))
    return peer, peer.extension_ids()


def others(numbers):
    """Which of these two are named: peer exchange and metadata."""
    return set(numbers) & {b"ut_pex", b"ut_metadata"}


def test_a_private_torrent_is_told_to_nobody_and_believes_nobody(make_engine, make_session, open_until_the_end, both, ports, work):
    by_dht, by_pex = (open_until_the_end(Ear(ports.next())) for _ in range(2))
    node, *theirs = (open_until_the_end(DhtNode(ports.next(), peers)) for peers in ([by_dht.port], [], []))
    engine = make_engine(enable_dht=True, enable_pex=True, dht_bootstrap=[f"127.0.0.1:{node.port}"])
    torrents = [engine.add(payload.torrent_file) for payload in both]
    session = make_session()
    for payload in both:
        session.add(payload.torrent_file, work / f"of {payload.root.name}").unset_flags(lt.torrent_flags.disable_pex)
    for torrent in torrents:
        engine.add_peer(torrent, session.port)
        engine.wait_for(torrent, lambda s: s["peers"], "libtorrent is here")

    (private, private_numbers), (public, numbers) = ((open_until_the_end(peer), named) for peer, named in (greet(engine.port, p) for p in both))
    assert (private.theirs[27] & 1, public.theirs[27] & 1) == (0, 1), "who runs a node of the DHT"
    assert others(numbers) == {b"ut_pex", b"ut_metadata"} and others(private_numbers) == set()
    for payload, named in zip(both, (private_numbers, numbers)):
        oracle, named_there = greet(session.port, payload)
        with oracle:
            assert others(named) == others(named_there), "libtorrent does otherwise"

    for peer, its_node in zip((private, public), theirs):
        peer.send(extension(0, {"m": {"ut_metadata": OUR_METADATA, "ut_pex": OUR_PEX}}))
        peer.send(extension(numbers[b"ut_pex"], {"added": socket.inet_aton("127.0.0.1") + struct.pack(">H", by_pex.port), "added.f": b"\0"}))
        peer.send(frame(hostile.PORT, struct.pack(">H", its_node.port)))
        peer.send(extension(numbers[b"ut_metadata"], {"msg_type": 0, "piece": 0}))
    metadata, exchanged = b"", {}
    while not (metadata and exchanged):
        payload = public.read_until(EXTENSION, 40)
        metadata = payload if payload[0] == OUR_METADATA else metadata
        exchanged = lt.bdecode(payload[1:]) if payload[0] == OUR_PEX else exchanged
    assert metadata.endswith(both[1].info.info_section())
    assert struct.pack(">H", session.port) in exchanged[b"added"]
    digests = [info_hash_of(payload) for payload in both]
    wait_until(lambda: {"get_peers", "announce_peer"} <= node.asked_about(digests[1]), 40, "the public one is in the DHT")
    wait_until(lambda: by_dht.dialled and by_pex.dialled and theirs[1].sources, 40, "whom the DHT and a peer named is dialled, a peer's node asked")

    assert private.is_silent(EXTENSION, 1.5), "an exchange, or metadata"
    assert by_dht.dialled == by_pex.dialled == {digests[1]}
    assert theirs[0].sources == set(), "the node of a private torrent's peer was asked"
    assert node.asked_about(digests[0]) == set(), "the DHT was asked about, or told of, a private torrent"
    assert engine.status(torrents[0])["num_peers"] == 2


def giver(port, payload):
    """A seed that also gives the metadata."""
    info = payload.info.info_section()

    def script(impostor, peer):
        peer.send(extension(0, {"m": {"ut_metadata": OUR_METADATA}, "metadata_size": len(info)}) + frame(hostile.HAVE_ALL) + frame(hostile.UNCHOKE))
        number = peer.extension_ids().get(b"ut_metadata")
        if number:
            assert peer.read_until(EXTENSION)[0] == OUR_METADATA
            peer.send(extension(number, {"msg_type": 1, "piece": 0, "total_size": len(info)}, info))
        impostor.answer_requests(peer)

    return Impostor(port, payload, script=script, reserved=features(EXTENDED, FAST))


def test_a_link_that_turns_out_private_leaves_whom_the_dht_named(make_engine, open_until_the_end, both, ports):
    givers = [open_until_the_end(giver(ports.next(), payload)) for payload in both]
    node = open_until_the_end(DhtNode(ports.next(), [each.port for each in givers]))
    engine = make_engine(enable_dht=True, dht_bootstrap=[f"127.0.0.1:{node.port}"])
    private, public = (engine.add_magnet(f"magnet:?xt=urn:btih:{info_hash_of(payload).hex()}") for payload in both)
    engine.wait_complete(public)
    engine.wait_for(private, lambda s: s["num_pieces"] and s["num_peers"] == 0, "it has the metadata and no peers")
    assert givers[1].requests and givers[0].requests == 0
    engine.add_peer(private, givers[0].port)  # a person is no stranger
    engine.wait_complete(private)
