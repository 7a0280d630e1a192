"""Magnet links in all forms, both ways: metadata, then data, in the v1 and the v2 swarm (BEP 9, 52)."""

import base64

import pytest

from harness import payloads
from harness.payloads import HYBRID, KIB, V1, V2

pytestmark = pytest.mark.bep_9

FILES = {f"dir{i % 7}/a file with a long name, number {i:04}.bin": i % 3 for i in range(800)}  # 56 KB of metadata: four pieces


def v1(payload):
    return f"magnet:?xt=urn:btih:{payload.info.info_hashes().v1}"


def v1_base32(payload):
    return "magnet:?xt=urn:btih:" + base64.b32encode(payload.info.info_hashes().v1.to_bytes()).decode()


def v2(payload):
    return f"magnet:?xt=urn:btmh:1220{payload.info.info_hashes().v2}"


def both(payload):
    return f"{v1(payload)}&xt=urn:btmh:1220{payload.info.info_hashes().v2}"


LINKS = [pytest.param(V1, v1, id="v1"), pytest.param(V1, v1_base32, id="v1-base32"),
         pytest.param(V2, v2, id="v2", marks=pytest.mark.bep_52), pytest.param(HYBRID, v1, id="hybrid-by-v1", marks=pytest.mark.bep_52),
         pytest.param(HYBRID, v2, id="hybrid-by-v2", marks=pytest.mark.bep_52),
         pytest.param(HYBRID, both, id="hybrid-by-both", marks=pytest.mark.bep_52)]


def payload_of(work, seed, version):
    return payloads.single(work / "seed", seed, 300 * KIB + 1, 32 * KIB, version=version)


@pytest.mark.parametrize("version,link", LINKS)
def test_downloads_by_link(make_engine, make_session, work, seed, version, link):
    payload = payload_of(work, seed, version)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add_magnet(f"{link(payload)}&x.pe=127.0.0.1:{session.port}")
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert session.protocol_errors() == []


@pytest.mark.parametrize("we_dial", [False, True], ids=["they-dial", "we-dial"])
@pytest.mark.parametrize("version,link", LINKS)
def test_uploads_by_link(make_engine, make_session, work, seed, version, link, we_dial):
    """Who knows only the v2 hash of a hybrid is found in the v2 swarm, also when we dial."""
    payload = payload_of(work, seed, version)
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session()
    handle = session.add(None, work / "leech", magnet=link(payload), peers=[] if we_dial else [("127.0.0.1", engine.port)])
    if we_dial:
        engine.add_peer(torrent, session.port)
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")


@pytest.mark.bep_52
def test_serves_the_v1_swarm_of_a_hybrid_that_it_knew_by_v2(make_engine, make_session, work, seed):
    """The metadata tells the other hash: from then on peers of both swarms are served."""
    payload = payload_of(work, seed, HYBRID)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add_magnet(f"{v2(payload)}&x.pe=127.0.0.1:{session.port}")
    engine.wait_complete(torrent)
    late = make_session()
    handle = late.add(None, work / "late", magnet=v1(payload), peers=[("127.0.0.1", engine.port)])
    late.wait_complete(handle)
    payload.wait_equal(work / "late")


@pytest.mark.slow
def test_metadata_of_many_pieces(make_engine, make_session, work, seed):
    payload = payloads.tree(work / "seed", seed, FILES)
    assert len(payload.info.info_section()) > 48 * KIB
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    first, second = make_engine(), make_engine()
    source = first.add_magnet(f"{v1(payload)}&x.pe=127.0.0.1:{session.port}")
    first.wait_complete(source)
    target = second.add_magnet(f"{v1(payload)}&x.pe=127.0.0.1:{first.port}")  # what came from a peer goes on to the next
    second.wait_complete(target)
    payload.assert_equal(second.downloads)
    last = make_session()
    handle = last.add(None, work / "last", magnet=v1(payload), peers=[("127.0.0.1", second.port)])
    last.wait_complete(handle)
    payload.wait_equal(work / "last")


def test_selects_the_files_that_the_link_names(make_engine, make_session, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 40 * KIB, "b.bin": 50 * KIB, "c.bin": 60 * KIB})
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add_magnet(f"{v1(payload)}&x.pe=127.0.0.1:{session.port}&so=1")
    engine.wait_state(torrent, "finished")
    target = engine.downloads / payload.name
    assert (target / "b.bin").read_bytes() == (payload.root / payload.name / "b.bin").read_bytes()
    assert not (target / "a.bin").exists() and not (target / "c.bin").exists()
