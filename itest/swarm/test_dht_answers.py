"""What our node of the DHT keeps for libtorrent and tells it: items (BEP 44), samples (BEP 51), peers, over IPv6 too (BEP 32); and who only reads (BEP 43)."""

import contextlib
import hashlib
import socket

import libtorrent as lt
import pytest

from harness import payloads
from harness.daemon_rpc import Daemon
from harness.dht_node import LOOPBACK_DHT, Asker, introduce
from harness.hostile import info_hash_of
from harness.payloads import KIB
from harness.ports import has_ipv6
from harness.waiting import wait_until

pytestmark = [pytest.mark.bep_5, pytest.mark.filterwarnings("ignore:status")]

IPV6 = "::1"
ON_IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")

# Of the test vectors of BEP 44.
SECRET = bytes.fromhex("e06d3183d14159228433ed599221b80bd0a5ce8352e4bdf0262f76786ef1c74db7e7a9fea2c0eb269d61e3b38e450a22e754941ac78479d6c54e1faf6037881d")
PUBLIC = bytes.fromhex("77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548")
SALT = b"salt"
TARGET = hashlib.sha1(PUBLIC + SALT).digest()


@pytest.fixture
def make_node(make_engine, work, seed):
    """Makes an engine with a node, which it has while a torrent looks for peers."""

    def make(host="127.0.0.1"):
        engine = make_engine(listen_host=host, enable_dht=True)
        engine.add(payloads.single(work / "sought", seed, 20 * KIB).torrent_file)
        return engine

    return make


@pytest.fixture
def neighbour(make_session):
    """Makes sessions of libtorrent that know this node and no other."""

    def make(engine):
        session = make_session(host=f"[{engine.host}]" if ":" in engine.host else engine.host, **LOOPBACK_DHT)
        introduce({session: [engine]})
        return session

    return make


@pytest.fixture
def make_asker(ports):
    made = []

    def make(**options):
        made.append(Asker(ports.next(), **options))
        return made[-1]

    yield make
    for asker in made:
        asker.close()


def learns(session, alert, read, ask):
    """Asks until an alert tells what is sought."""

    def told():
        ask()
        return next(filter(None, (read(each) for each in session.alerts.take() if type(each).__name__ == alert)), None)

    return wait_until(told, 30, f"{alert} with what is sought", poll=0.3)


def leave(session):
    """Its node is gone, with what it had kept itself."""
    session.session.apply_settings({"enable_dht": False})
    wait_until(lambda: not session.session.is_dht_running(), 20, "the node is gone")


def put(session, value):
    """Puts the next version of the one mutable item."""
    before = len(session.seen("dht_put_alert"))
    session.session.dht_put_mutable_item(SECRET, PUBLIC, value, SALT)
    wait_until(lambda: len(session.seen("dht_put_alert")) > before, 20, "libtorrent has put the item")


def get(asker, node, target):
    """What a node says about an item to somebody who shows its token, and so is no stranger."""
    token = asker.ask(node.port, "get", target=target)[b"token"]
    return asker.ask(node.port, "get", target=target, token=token)


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param(IPV6, marks=ON_IPV6)])
def test_items_outlive_the_node_that_put_them(make_node, neighbour, host):
    node = make_node(host)
    giver = neighbour(node)
    target = giver.session.dht_put_immutable_item("it never changes")
    wait_until(lambda: giver.seen("dht_put_alert"), 20, "libtorrent has put the item")
    put(giver, b"first")
    put(giver, b"second")
    leave(giver)
    taker = neighbour(node)

    def item(alert):
        return alert.item

    assert learns(taker, "dht_immutable_item_alert", item, lambda: taker.session.dht_get_immutable_item(target))["value"] == b"it never changes"
    found = learns(taker, "dht_mutable_item_alert", item, lambda: taker.session.dht_get_mutable_item(PUBLIC, SALT))
    assert (found["value"], found["seq"]) == (b"second", 2)


def test_items_are_refused_as_libtorrent_refuses_them(make_node, neighbour, make_asker):
    node = make_node()
    session = neighbour(node)
    asker = make_asker()
    versions = []
    for value in (b"first", b"second"):
        put(session, value)
        kept = get(asker, node, TARGET)
        assert kept[b"v"] == value and kept[b"k"] == PUBLIC
        versions.append({"k": PUBLIC, "salt": SALT, "v": value, "seq": kept[b"seq"], "sig": kept[b"sig"]})
    old, new = versions
    expected = {"1000 bytes": None, "1001 bytes": 205, "the version that is there": None, "an older version": 302, "another value, the old signature": 206,
                "a salt of 65 bytes": 207, "another version expected": 301, "somebody else's token": 203}
    for place in (node, session):

        def refusal(port=place.port, forged=b"", **item):
            key = item["k"] + item["salt"] if "k" in item else lt.bencode(item["v"])
            token = asker.ask(port, "get", target=hashlib.sha1(key).digest())[b"token"]  # libtorrent's is good for one target
            answer = asker.ask(port, "put", token=forged or token, **item)
            return answer if isinstance(answer, int) else None

        assert {
            "1000 bytes": refusal(v=b"x" * 996),
            "1001 bytes": refusal(v=b"x" * 997),
            "the version that is there": refusal(**new),
            "an older version": refusal(**old),
            "another value, the old signature": refusal(**{**new, "v": b"third", "seq": 3}),
            "a salt of 65 bytes": refusal(**{**new, "salt": bytes(65)}),
            "another version expected": refusal(**new, cas=1),
            "somebody else's token": refusal(forged=b"none", v=b"x"),
        } == expected, "our node" if place is node else "libtorrent"
    largest = hashlib.sha1(b"996:" + b"x" * 996).digest()
    assert get(asker, node, largest)[b"v"] == b"x" * 996
    assert b"v" not in asker.ask(node.port, "get", target=largest), "who shows no token is told more than three times what he sent"


def peers_of(digest, session):
    return learns(session, "dht_get_peers_reply_alert", lambda alert: alert.peers(), lambda: session.session.dht_get_peers(lt.sha1_hash(digest)))


def test_libtorrent_samples_and_finds_what_was_announced_to_us(make_node, neighbour, work, seed):
    node = make_node()
    giver, taker = neighbour(node), neighbour(node)
    announced = set()
    for number in range(3):
        payload = payloads.single(work / f"announced{number}", seed + 1 + number, 20 * KIB)
        handle = giver.add(payload.torrent_file, payload.root, seed=True)
        handle.unset_flags(lt.torrent_flags.disable_dht)
        handle.force_dht_announce()
        announced.add(info_hash_of(payload))

    def sampled(alert):
        return alert.num_infohashes == len(announced) and {digest.to_bytes() for digest in alert.samples}

    def sample():
        taker.session.dht_sample_infohashes((node.host, node.port), lt.sha1_hash(bytes(20)))

    assert learns(taker, "dht_sample_infohashes_alert", sampled, sample) == announced
    for digest in announced:
        assert peers_of(digest, taker) == [("127.0.0.1", giver.port)]


@ON_IPV6
def test_libtorrent_finds_over_ipv6_who_announced_to_us(make_node, neighbour, make_asker):
    """Its own session announces no torrent on this address."""
    node = make_node(IPV6)
    peer = make_asker(host=IPV6)
    digest = hashlib.sha1(b"a torrent").digest()
    token = peer.ask(node.port, "get_peers", info_hash=digest)[b"token"]
    assert b"id" in peer.ask(node.port, "announce_peer", info_hash=digest, port=6881, token=token)
    assert peers_of(digest, neighbour(node)) == [(IPV6, 6881)]


@ON_IPV6
def test_the_address_whose_port_somebody_had_is_served_once_it_is_free(make_asker, ports, work, seed):
    port = ports.next()
    with contextlib.ExitStack() as stack:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as taken:
            taken.bind((IPV6, port))
            daemon = stack.enter_context(contextlib.closing(Daemon(work / "daemon", port, bind_address_ipv6=IPV6, dht_enabled=True)))
            daemon.call("torrent_add", filename=str(payloads.single(work / "sought", seed, 20 * KIB).torrent_file))
            assert b"id" in make_asker().ask(port, "ping")
            wait_until(lambda: f"no DHT on 0:0:0:0:0:0:0:1 port {port} " in daemon.log.read_text(), 20, "the warning")
        assert b"id" in make_asker(host=IPV6).ask(port, "ping")
        assert daemon.log.read_text().count("no DHT on") == 1


def test_who_only_reads_is_answered_and_not_remembered(make_node, make_asker):
    node = make_node()
    reader, other, stranger = make_asker(), make_asker(read_only=False), make_asker()
    reader.ask(node.port, "ping")
    other.ask(node.port, "ping")

    def named():
        reader.hear()
        other.hear()
        nodes = stranger.ask(node.port, "find_node", target=other.id)[b"nodes"]
        return {nodes[at + 20:at + 26] for at in range(0, len(nodes), 26)}

    wait_until(lambda: other.place in named(), 20, "who answers is named to others", poll=0.3)
    assert named() == {other.place}
    assert "ping" in other.asked and reader.asked == [] and stranger.asked == []
