"""HTTP servers as seeds (BEP 19): alone, beside peers, broken, lying."""

import threading

import pytest

from harness import payloads
from harness.payloads import HYBRID, KIB, MIB, V1, V2
from harness.waiting import wait_until
from harness.web_server import WebServer

pytestmark = pytest.mark.bep_19

FILES = {"a b#.bin": 300_001, "empty": 0, "d/ü.bin": 70_000, "d/e/tail.bin": 16_385}


@pytest.fixture
def serve():
    servers = []

    def start(root, **options):
        servers.append(WebServer(root, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("version", [V1, pytest.param(V2, marks=pytest.mark.bep_52), pytest.param(HYBRID, marks=pytest.mark.bep_52)],
                         ids=["v1", "v2", "hybrid"])
def test_downloads_a_tree_from_a_server_alone(make_engine, serve, work, seed, version):
    server = serve(work / "seed")
    payload = payloads.tree(work / "seed", seed, FILES, version=version, web_seeds=[server.url])
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert server.sent <= payload.size * 1.2 + 64 * KIB
    assert "/tree/a%20b%23.bin" in {path for path, _ in server.requests}


@pytest.mark.parametrize("folder", ["seed", "My Files [1], ü"], ids=["plain", "loose"])
def test_downloads_one_file_by_its_own_url(make_engine, serve, work, seed, folder):
    server = serve(work)
    payload = payloads.single(work / folder, seed, 3 * MIB + 5, 64 * KIB, web_seeds=[f"{server.url}{folder}/payload.bin"])
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert len(server.requests) < 3 * MIB // (16 * KIB) / 2, "neighbouring blocks share a request"


def test_many_small_files_come_over_few_connections(make_engine, serve, work, seed):
    server = serve(work / "seed")
    payload = payloads.tree(work / "seed", seed, {f"{i}.bin": 9_000 + i for i in range(40)}, web_seeds=[server.url])
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert len(server.requests) > 40
    assert len(server.sources) < 10


def test_server_of_a_magnet_link_serves_beside_a_peer(make_engine, make_session, serve, work, seed):
    server = serve(work / "seed")
    payload = payloads.single(work / "seed", seed, 2 * MIB, 64 * KIB)
    slow = make_session(upload_rate_limit=40 * KIB)
    slow.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add_magnet(
        f"magnet:?xt=urn:btih:{payload.info.info_hash()}&x.pe=127.0.0.1:{slow.port}&ws={server.url}payload.bin")
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    wait_until(lambda: server.sent > payload.size / 2, 10, "the server has served more than half")


def test_a_lying_server_is_left_alone_and_peers_finish(make_engine, make_session, serve, work, seed):
    def lie(handler, data):
        first, last = (int(n) for n in handler.headers["Range"].removeprefix("bytes=").split("-"))
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        handler.send_header("Content-Length", str(last - first + 1))
        handler.end_headers()
        handler.wfile.write(b"x" * (last - first + 1))
        return True

    server = serve(work / "seed", misbehave=lie)
    payload = payloads.single(work / "seed", seed, 1 * MIB, 32 * KIB, web_seeds=[server.url])
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    wait_until(lambda: engine.status(torrent)["hash_failures"] > 0, 30, "a piece that fails")
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine.add_peer(torrent, session.port)
    status = engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert status["hash_failures"] <= payload.piece_count, "the server was asked again and again"


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["404", "no_ranges", "nobody", "hangs_up", "redirect_loop"])
def test_servers_of_no_use_do_no_harm(make_engine, make_session, serve, work, seed, trouble):
    def hang_up(handler, data):
        handler.send_response(206)
        handler.send_header("Content-Length", "100000")
        handler.send_header("Content-Range", handler.headers["Range"].replace("=", " ") + "/*")
        handler.end_headers()
        handler.wfile.write(data[:10])
        handler.close_connection = True
        return True

    def redirect(handler, _data):
        handler.send_response(302)
        handler.send_header("Location", handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    root = work / "nothing" if trouble == "404" else work / "seed"
    server = serve(root, ranges=trouble != "no_ranges", misbehave={"hangs_up": hang_up, "redirect_loop": redirect}.get(trouble))
    payload = payloads.single(work / "seed", seed, 1 * MIB, 32 * KIB, web_seeds=[server.url, "ftp://nowhere/", "http://"])
    if trouble == "nobody":
        server.close()
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    if trouble != "nobody":
        wait_until(lambda: server.requests, 30, "a request")
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine.add_peer(torrent, session.port)
    status = engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert status["hash_failures"] == 0


def test_a_daemon_tells_what_each_server_does(make_daemon, serve, work, seed):
    gate = threading.Event()

    def wait(handler, data):
        if handler.headers["Range"] != "bytes=0-0":  # it is asked for one byte first, before it counts
            gate.wait(60)
        return False

    server = serve(work / "seed", misbehave=wait)
    payload = payloads.single(work / "seed", seed, 300 * KIB, web_seeds=[server.url])
    daemon = make_daemon()
    daemon.call("torrent-add", filename=str(payload.torrent_file))

    def told():
        return daemon.torrents("webseeds_ex")[0]["webseeds_ex"]

    try:
        wait_until(lambda: [(s["url"], s["is_downloading"]) for s in told()] == [(server.url, True)], 30, "it is being asked")
    finally:
        gate.set()
    wait_until(lambda: daemon.torrents("percentDone")[0]["percentDone"] == 1, 60, "complete")
    payload.wait_equal(daemon.downloads, 30)
    wait_until(lambda: told() == [{"url": server.url, "is_downloading": False, "download_bytes_per_second": 0}], 60, "it is at rest")
