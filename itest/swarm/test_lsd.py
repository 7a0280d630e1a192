"""Local discovery on the loopback interface: no tracker, no DHT, no peer named by hand (BEP 14)."""

import socket
import struct

import pytest

from harness import payloads
from harness.payloads import HYBRID, KIB
from harness.waiting import wait_until

pytestmark = [pytest.mark.bep_14, pytest.mark.binds("0.0.0.0:6771")]

GROUP, PORT = "239.192.152.143", 6771


class Listener:
    """Hears what goes to the group, and speaks to it."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((GROUP, PORT))
        here = socket.inet_aton("127.0.0.1")
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton(GROUP), here))
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        self.socket.settimeout(0.1)
        self.heard = []

    def hear(self, engine, info_hash):
        """An announce of this torrent by this engine, None if none is here yet."""
        try:
            while True:
                self.heard.append(self.socket.recv(2000).decode("latin-1"))
        except TimeoutError:
            port, digest = f"Port: {engine.port}\r\n", f"Infohash: {info_hash}\r\n"
            return next((m for m in self.heard if port in m and digest in m), None)

    def say(self, text):
        self.socket.sendto(text.encode("latin-1"), (GROUP, PORT))


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.socket.close()


def test_two_engines_find_each_other(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 200 * KIB)
    first, second = make_engine(enable_lsd=True), make_engine(enable_lsd=True)
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    target = second.add(payload.torrent_file)
    second.wait_complete(target)
    payload.assert_equal(second.downloads)


@pytest.mark.parametrize("version", [payloads.V1, pytest.param(HYBRID, marks=pytest.mark.bep_52)], ids=["v1", "hybrid"])
def test_libtorrent_hears_of_us(make_engine, make_session, work, seed, version):
    """libtorrent listens when it starts and asks when a torrent starts; we announce when ours does."""
    payload = payloads.single(work / "seed", seed, 200 * KIB, version=version)
    session = make_session(enable_lsd=True)
    handle = session.add(payload.torrent_file, work / "leech", lsd=True)
    engine = make_engine(enable_lsd=True)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


def test_we_hear_of_libtorrent(make_engine, make_session, listener, work, seed):
    payload = payloads.single(work / "seed", seed, 200 * KIB)
    engine = make_engine(enable_lsd=True)
    torrent = engine.add(payload.torrent_file)
    wait_until(lambda: listener.hear(engine, payload.info.info_hash()), 20, "our announce, which libtorrent is not to hear")
    # Its first announce may come before it has joined the group; then this is the interval.
    session = make_session(enable_lsd=True, local_service_announce_interval=5)
    session.add(payload.torrent_file, payload.root, seed=True, lsd=True)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_private_torrents_and_the_setting_are_respected(make_engine, listener, work, seed):
    public = payloads.single(work / "a", seed, 20 * KIB)
    private = payloads.single(work / "b", seed + 1, 20 * KIB, private=True)
    silent = payloads.single(work / "c", seed + 2, 20 * KIB)
    engine, mute = make_engine(enable_lsd=True), make_engine()
    mute.add(silent.torrent_file)
    engine.add(private.torrent_file)
    engine.add(public.torrent_file)
    message = wait_until(lambda: listener.hear(engine, public.info.info_hash()), 20, "an announce of the public torrent")
    assert message.startswith("BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\n") and message.endswith("\r\n\r\n\r\n")
    everything = "".join(listener.heard)
    assert str(private.info.info_hash()) not in everything and str(silent.info.info_hash()) not in everything


def test_nonsense_in_the_group_does_no_harm(make_engine, listener, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 200 * KIB)
    engine = make_engine(enable_lsd=True)
    torrent = engine.add(payload.torrent_file)
    wait_until(lambda: listener.hear(engine, payload.info.info_hash()), 20, "an announce")
    digest = payload.info.info_hash()
    for text in ("", "\0" * 1000, "BT-SEARCH * HTTP/1.1\r\nPort: 99999\r\nInfohash: x\r\n\r\n\r\n", "x" * 1900,
                 f"BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: {'0' * 39}\r\n\r\n\r\n", f"Infohash: {digest}\r\n" * 30):
        listener.say(text)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    listener.say(f"BT-SEARCH * HTTP/1.1\r\nHost: x\r\nPort: {session.port}\r\nInfohash: {digest}\r\n\r\n\r\n")
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
