"""Proxies of each kind carry peers and trackers, and nothing goes around them: every peer and tracker sees the proxy's ports only."""

import json
import os
import re

import pytest

from harness import payloads
from harness.dht_node import DhtNode
from harness.engine_rpc import ROOT
from harness.loopback import Sampling, remote_ports
from harness.name_server import NameServer, asking
from harness.payloads import KIB, MIB
from harness.proxies import Proxy
from harness.tracker import Tracker
from harness.waiting import wait_until
from harness.web_server import WebServer

NAMES = ("http.tracker.invalid", "udp.tracker.invalid", "files.invalid", "node.invalid")
UTP = {"enable_outgoing_utp": True, "enable_incoming_utp": True}
LOGIN = ("some body", "secret:pässword")
KINDS = [
    ("socks4", 1, None),
    ("socks5", 2, None),
    ("socks5", 3, LOGIN),
    ("http", 4, None),
    ("http", 5, LOGIN),
]


@pytest.fixture
def make_proxy(ports):
    made = []

    def make(kind, login=None, **options):
        made.append(Proxy(kind, ports.next(), login, **options))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next())
    yield tracker
    tracker.close()


def behind(make_engine, ports, proxy, number, login=None, features=None, **settings):
    engine = make_engine(init=False)
    engine.state.mkdir(parents=True)
    settings = {"proxy-type": number, "proxy-url": f"127.0.0.1:{proxy.port}", **settings}
    if login:
        settings |= {"proxy-username": login[0], "proxy-password": login[1]}
    (engine.state / "settings.json").write_text(json.dumps(settings))
    engine.init(ports.next(), **(features or {}))
    return engine


@pytest.mark.parametrize("kind,number,login", KINDS)
def test_tracker_and_peers_go_through_it(make_engine, make_session, make_proxy, tracker, ports, work, seed, kind, number, login):
    payload = payloads.single(work / "seed", seed, MIB, trackers=[tracker.http_url])
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    wait_until(lambda: session.port in tracker.swarms.get(payload.info.info_hash().to_bytes(), {}), 30, "the seed announced")
    proxy = make_proxy(kind, login)
    engine = behind(make_engine, ports, proxy, number, login)
    assert engine.port == 0, "nobody may dial us around the proxy"
    with Sampling(engine.pid) as sampling:
        torrent = engine.add(payload.torrent_file)
        engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert ("127.0.0.1", session.port) in proxy.targets
    assert ("127.0.0.1", tracker.port) in proxy.targets
    assert proxy.refused_logins == 0
    assert sampling.remote_ports() <= {proxy.port}, "connected around the proxy"
    assert announced_from(tracker, besides=session.port) <= proxy.sources, "announced around the proxy"
    assert callers(session) and callers(session) <= proxy.sources, "the seed was reached around the proxy"
    log = engine.plane.log.read_text()
    assert LOGIN[1] not in log and LOGIN[1] not in json.dumps(engine.status(torrent))


def test_a_wrong_password_stops_everything(make_engine, make_session, make_proxy, tracker, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, trackers=[tracker.http_url])
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    proxy = make_proxy("socks5", LOGIN)
    engine = behind(make_engine, ports, proxy, 3, (LOGIN[0], "wrong"))
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    wait_until(lambda: proxy.refused_logins >= 2, 30, "the tracker and the peer were tried")
    assert proxy.targets == []
    assert engine.status(torrent)["num_peers"] == 0
    assert payload.info.info_hash().to_bytes() not in tracker.swarms or len(tracker.announces) <= 1


def test_names_are_looked_up_by_the_proxy(make_engine, make_session, make_proxy, tracker, ports, work, seed):
    url = f"http://tracker.invalid:{tracker.port}/announce"
    udp = f"udp://udp.tracker.invalid:{tracker.port}/announce"
    payload = payloads.single(work / "seed", seed, MIB, trackers=[url, udp])
    proxy = make_proxy("socks5", names={"tracker.invalid": "127.0.0.1", "udp.tracker.invalid": "127.0.0.1"})
    engine = behind(make_engine, ports, proxy, 2)
    engine.add(payload.torrent_file)
    wait_until(lambda: {"http", "udp"} <= {a["kind"] for a in tracker.announces}, 30, "announces by name")
    assert ("tracker.invalid", tracker.port) in proxy.targets


@pytest.fixture
def serve():
    made = []

    def start(root):
        made.append(WebServer(root))
        return made[-1]

    yield start
    for server in made:
        server.close()


def announced_from(tracker, besides=None):
    """Ports that announces came from, but for those of the peer at a port."""
    found = {announce["source"] for announce in tracker.announces if announce["port"] != besides}
    assert found, "nobody has announced"
    return found


@pytest.mark.bep_19
@pytest.mark.parametrize("kind,number,login", KINDS)
def test_web_seeds_and_trackers_see_the_proxy_only(make_engine, make_proxy, tracker, serve, ports, work, seed, kind, number, login):
    """By names that only the proxy knows, so that a look at the same servers by any other way ends nowhere."""
    server = serve(work / "seed")
    payload = payloads.single(work / "seed", seed, 2 * MIB, trackers=[f"http://tracker.invalid:{tracker.port}/announce"],
                              web_seeds=[f"http://files.invalid:{server.port}/payload.bin"])
    proxy = make_proxy(kind, login, names={"tracker.invalid": "127.0.0.1", "files.invalid": "127.0.0.1"})
    engine = behind(make_engine, ports, proxy, number, login)
    with Sampling(engine.pid) as sampling:
        torrent = engine.add(payload.torrent_file)
        engine.wait_complete(torrent)
        wait_until(lambda: {"started", "completed"} <= set(tracker.events()), 30, "announces")
    payload.assert_equal(engine.downloads)
    assert set(proxy.targets) == {("tracker.invalid", tracker.port), ("files.invalid", server.port)}
    assert announced_from(tracker) <= proxy.sources
    assert server.sources and server.sources <= proxy.sources
    assert sampling.remote_ports() <= {proxy.port}


@pytest.fixture
def own_names(own_network, monkeypatch, work):
    """A name server that engines of the test ask, and that knows the names which the proxies know."""
    server = NameServer(dict.fromkeys(NAMES, "127.0.0.1"))
    monkeypatch.setenv("BITTERN_STDIO", asking(work, os.environ.get("BITTERN_STDIO", f"{ROOT}/bittern stdio")))
    yield server
    server.close()


@pytest.mark.usefixtures("own_network")
def test_nobody_but_the_proxy_is_asked_for_names(own_names, make_engine, make_proxy, make_node, tracker, serve, ports, work, seed):
    http, udp, files, node_name = NAMES
    server, node = serve(work / "seed"), make_node()
    payload = payloads.single(
        work / "seed", seed, 2 * MIB, web_seeds=[f"http://{files}:{server.port}/payload.bin"],
        trackers=[f"http://{http}:{tracker.port}/announce", f"udp://{udp}:{tracker.port}/announce"])
    proxy = make_proxy("socks5", names=own_names.names)
    engine = behind(make_engine, ports, proxy, 2, features={"enable_dht": True, "dht_bootstrap": [f"{node_name}:{node.port}"]})
    with Sampling(engine.pid) as sampling:
        torrent = engine.add(payload.torrent_file)
        engine.wait_complete(torrent)
        wait_until(lambda: {"http", "udp"} <= {a["kind"] for a in tracker.announces} and "get_peers" in node.queries, 60, "all were asked")
    payload.assert_equal(engine.downloads)
    assert {name for name, _ in (*proxy.targets, *proxy.udp_targets)} >= set(NAMES)
    assert not own_names.questions, "looked up around the proxy"
    assert {s.remote_port for s in sampling.seen if s.protocol.startswith("tcp") and s.remote_port} <= {proxy.port}
    assert announced_from(tracker) | server.sources | node.sources <= proxy.sources
    engine.settings(proxy_type=0)
    engine.reannounce(torrent)
    wait_until(lambda: {http, udp} <= set(own_names.questions), 60, "without a proxy the same names are looked up here")


def test_udp_trackers_go_through_socks5_and_nowhere_else(make_engine, make_session, make_proxy, tracker, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, trackers=[tracker.udp_url])
    proxy = make_proxy("socks5")
    engine = behind(make_engine, ports, proxy, 2)
    engine.add(payload.torrent_file)
    wait_until(lambda: tracker.announces, 30, "an announce over UDP")
    assert ("127.0.0.1", tracker.port) in proxy.udp_targets
    assert tracker.udp_sources <= proxy.sources, "a datagram went around the proxy"
    http = make_proxy("http")
    other = behind(make_engine, ports, http, 4)
    known = {announce["peer_id"] for announce in tracker.announces}
    torrent = other.add(payload.torrent_file)
    other.wait_for(torrent, lambda s: "UDP" in str(s["error"]), "error of the tracker")
    assert {announce["peer_id"] for announce in tracker.announces} == known


@pytest.fixture
def make_node(ports):
    made = []

    def make(*peers):
        made.append(DhtNode(ports.next(), peers))
        return made[-1]

    yield make
    for node in made:
        node.close()


def callers(session):
    """The ports from which peers came to a session."""
    return {int(m) for text in session.seen("incoming_connection_alert") for m in re.findall(r":(\d+)", text)}


def test_utp_and_the_dht_go_through_socks5(make_engine, make_session, make_proxy, make_node, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    session = make_session(upload_rate_limit=50 * KIB, **UTP, enable_outgoing_tcp=False, enable_incoming_tcp=False)
    session.add(payload.torrent_file, payload.root, seed=True)
    node = make_node(session.port)
    proxy = make_proxy("socks5", LOGIN, names={"node.invalid": "127.0.0.1"})
    dht = {"enable_dht": True, "dht_bootstrap": [f"node.invalid:{node.port}"]}
    engine = behind(make_engine, ports, proxy, 3, LOGIN, features={"enable_utp": True, **dht})
    torrent = engine.add(payload.torrent_file)
    peer = engine.wait_for(torrent, lambda s: s["peers"], "the peer that the node has named", 90)["peers"][0]
    assert peer["transport"] == "utp"
    session.lift_limits()  # it was slow, or all might be over before anybody looks
    engine.wait_complete(torrent, 90)
    payload.assert_equal(engine.downloads)
    assert {("node.invalid", node.port), ("127.0.0.1", node.port), ("127.0.0.1", session.port)} <= set(proxy.udp_targets)
    assert "get_peers" in node.queries and "announce_peer" not in node.queries, "nobody can dial us"
    assert node.read_only == {1}, "we asked as somebody who answers (BEP 43)"
    assert node.sources <= proxy.sources, "a question of the DHT went around the proxy"
    assert callers(session) and callers(session) <= proxy.sources, "uTP went around the proxy"
    assert remote_ports(engine.pid) <= {proxy.port}


@pytest.mark.parametrize("kind,number", [("socks5", 2), ("http", 4)])
def test_a_proxy_without_datagrams_is_not_gone_around(make_engine, make_session, make_proxy, make_node, ports, work, seed, kind, number):
    payload = payloads.single(work / "seed", seed, MIB)
    session = make_session(**UTP)
    session.add(payload.torrent_file, payload.root, seed=True)
    node = make_node(session.port)
    proxy = make_proxy(kind, udp=False)
    dht = {"enable_dht": True, "dht_bootstrap": [f"127.0.0.1:{node.port}"]}
    engine = behind(make_engine, ports, proxy, number, features={"enable_utp": True, **dht})
    torrent = engine.add(payload.torrent_file)
    if kind == "socks5":
        wait_until(lambda: proxy.refused_associations, 30, "the proxy was asked to carry datagrams")
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert node.sources == set(), "a question of the DHT went around the proxy"
    assert callers(session) and callers(session) <= proxy.sources
    assert remote_ports(engine.pid) <= {proxy.port}


def test_torrent_files_are_fetched_through_it(make_daemon, make_proxy, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    web = WebServer(payload.torrent_file.parent)
    try:
        proxy = make_proxy("socks5", names={"files.invalid": "127.0.0.1"})
        daemon = make_daemon(proxy_type=2, proxy_url=f"127.0.0.1:{proxy.port}")
        port = web.http.server_port
        added = daemon.call("torrent-add", filename=f"http://files.invalid:{port}/{payload.torrent_file.name}")
        assert added["torrent-added"]["hashString"] == str(payload.info.info_hash())
        assert proxy.targets == [("files.invalid", port)] and len(web.requests) == 1
    finally:
        web.close()


def test_peers_may_be_left_out(make_engine, make_session, make_proxy, tracker, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, trackers=[tracker.http_url])
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    wait_until(lambda: tracker.announces, 30, "the seed announced")
    proxy = make_proxy("http")
    engine = behind(make_engine, ports, proxy, 4, **{"proxy-peer-connections": False})
    assert engine.port > 0
    torrent = engine.add(payload.torrent_file)
    engine.wait_complete(torrent)
    assert [port for _, port in proxy.targets if port != tracker.port] == []
    assert ("127.0.0.1", tracker.port) in proxy.targets
