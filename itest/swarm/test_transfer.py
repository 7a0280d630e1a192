"""Topologies with libtorrent on the other side: bytes equal, no protocol errors, counters right (BEP 3, 6, 10)."""

import time

import pytest

from harness import payloads
from harness.payloads import HYBRID, KIB, MIB, V1, V2
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_3

LAYOUTS = {
    "one_file": {"a.bin": 700 * KIB + 1},
    "odd_alignment": {"a.bin": 20_000, "b.bin": 1, "c.bin": 100_001, "d/e.bin": 16_384, "d/f.bin": 65_535},
    "empty_files": {"a.bin": 0, "b.bin": 50_000, "c/empty": 0, "z.bin": 0},
    "unicode_and_nested": {"ä/ö/ü.txt": 30_000, "日本語/ファイル.bin": 40_000, "a b/c&d [e].bin": 5, "l" * 200: 17},
    "many_small": {f"f{i:03}.bin": 37 * i for i in range(120)},
}

SIZES = [(1, 16 * KIB), (16 * KIB, 16 * KIB), (16 * KIB + 1, 16 * KIB), (1 * MIB, 16 * KIB), (1 * MIB - 1, 32 * KIB),
         (3 * MIB + 5, 64 * KIB), (3 * MIB, 4 * MIB), (17 * MIB + 3, 16 * MIB)]


def download(make_engine, make_session, payload, work, **options):
    session = make_session()
    handle = session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(**options)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    status = engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert status["hash_failures"] == 0
    assert status["error"] is None
    assert status["complete"] and status["pieces"] == "1" * payload.piece_count
    assert status["total_size"] == payload.size
    assert status["name"] == payload.name
    return session, handle, engine, torrent, status


def upload(make_engine, make_session, payload, work, **options):
    engine = make_engine(**options)
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    session = make_session()
    handle = session.add(payload.torrent_file, work / "leech", peers=[(engine.host, engine.port)])
    session.wait_complete(handle)
    payload.wait_equal(work / "leech")
    most = payload.info.total_size() * 1.05 + 64 * KIB  # so much padding comes along, and a block may be asked for twice
    wait_until(lambda: payload.size <= engine.status(torrent)["uploaded"] <= most, 20, "upload counter = payload (and a little)")
    return engine, torrent, session


@pytest.mark.parametrize("length,piece", SIZES)
def test_downloads_a_file(make_engine, make_session, work, seed, length, piece):
    payload = payloads.single(work / "seed", seed, length, piece)
    *_, status = download(make_engine, make_session, payload, work)
    assert status["downloaded"] == length
    assert status["num_pieces"] == payload.piece_count and status["piece_length"] == piece


@pytest.mark.parametrize("length,piece", SIZES)
def test_uploads_a_file(make_engine, make_session, work, seed, length, piece):
    upload(make_engine, make_session, payloads.single(work / "seed", seed, length, piece), work)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pads", [False, pytest.param(True, marks=pytest.mark.bep_47)], ids=["plain", "pads"])
def test_downloads_a_tree(make_engine, make_session, work, seed, layout, pads):
    payload = payloads.tree(work / "seed", seed, LAYOUTS[layout], pads=pads)
    download(make_engine, make_session, payload, work)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pads", [False, pytest.param(True, marks=pytest.mark.bep_47)], ids=["plain", "pads"])
def test_uploads_a_tree(make_engine, make_session, work, seed, layout, pads):
    payload = payloads.tree(work / "seed", seed, LAYOUTS[layout], pads=pads)
    upload(make_engine, make_session, payload, work)


def v2_payload(work, seed, version, layout):
    if layout == "single":
        return payloads.single(work / "seed", seed, 700 * KIB + 1, 32 * KIB, version=version)
    return payloads.tree(work / "seed", seed, LAYOUTS[layout], version=version)


@pytest.mark.bep_52
@pytest.mark.parametrize("version", [V2, HYBRID], ids=["v2", "hybrid"])
@pytest.mark.parametrize("layout", ["single", "odd_alignment", "empty_files"])
def test_downloads_v2(make_engine, make_session, work, seed, version, layout):
    payload = v2_payload(work, seed, version, layout)
    download(make_engine, make_session, payload, work)


@pytest.mark.bep_52
@pytest.mark.parametrize("version", [V2, HYBRID], ids=["v2", "hybrid"])
@pytest.mark.parametrize("layout", ["single", "odd_alignment", "empty_files"])
def test_uploads_v2(make_engine, make_session, work, seed, version, layout):
    payload = v2_payload(work, seed, version, layout)
    upload(make_engine, make_session, payload, work)


@pytest.mark.bep_47
@pytest.mark.parametrize("version", [V1, HYBRID], ids=["v1", "hybrid"])
def test_padding_is_not_asked_for(make_engine, make_session, work, seed, version):
    """Small files in large pieces are mostly padding, which libtorrent does not ask for either."""
    files = {f"f{i}": 20_000 + i for i in range(5)}
    payload = payloads.tree(work / "seed", seed, files, 256 * KIB, version=version, pads=version == V1)
    assert payload.info.total_size() > 10 * payload.size
    *_, status = download(make_engine, make_session, payload, work)
    assert payload.size <= status["downloaded"] <= payload.size + 16 * KIB * len(files)


def test_libtorrent_dials_us_and_seeds(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", engine.port)])
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_two_engines(make_engine, work, seed):
    payload = payloads.tree(work / "seed", seed, LAYOUTS["odd_alignment"])
    first, second = make_engine(), make_engine()
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    target = second.add(payload.torrent_file)
    second.add_peer(target, first.port)
    second.wait_complete(target)
    payload.assert_equal(second.downloads)


@pytest.mark.slow
def test_swarm_of_four_spreads_pieces(make_engine, make_session, work, seed):
    """Two engines and a libtorrent leecher get all from one slow seed: they must trade among themselves."""
    payload = payloads.single(work / "seed", seed, 3 * MIB, 32 * KIB)
    source = make_session(upload_rate_limit=1200 * KIB)
    source.add(payload.torrent_file, payload.root, seed=True)
    engines = [make_engine(), make_engine()]
    torrents = [e.add(payload.torrent_file) for e in engines]
    other = make_session()
    handle = other.add(payload.torrent_file, work / "leech", peers=[("127.0.0.1", source.port)])
    for engine, torrent in zip(engines, torrents):
        engine.add_peer(torrent, source.port)
        engine.add_peer(torrent, other.port)
    engines[0].add_peer(torrents[0], engines[1].port)
    for engine, torrent in zip(engines, torrents):
        engine.wait_complete(torrent)
        payload.assert_equal(engine.downloads)
    other.wait_complete(handle)
    payload.wait_equal(work / "leech")
    uploaded = sum(e.status(t)["uploaded"] for e, t in zip(engines, torrents))
    assert uploaded > payload.size // 10, "the engines shared nothing while they were incomplete"


@pytest.mark.slow
def test_pause_keeps_connections_and_moves_no_block(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB)
    session = make_session(upload_rate_limit=150 * KIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: s["downloaded"] > 100 * KIB, "first blocks")
    engine.pause(torrent)
    engine.pause(torrent)
    assert engine.status(torrent)["state"] == "paused"

    last = [-1, 0]

    def stands_still():
        last.append(engine.status(torrent)["downloaded"])
        return len(last) > 12 and len(set(last[-10:])) == 1

    wait_until(stands_still, 30, "no block for a second", poll=0.1)
    assert engine.status(torrent)["num_peers"] == 1
    session.lift_limits()
    engine.resume(torrent)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


@pytest.mark.slow
def test_corrupt_piece_of_a_seed_is_detected_and_fetched_elsewhere(make_engine, make_session, work, seed):
    """libtorrent hashes a piece of a seed once, when it is first read: the damage comes after that."""
    payload = payloads.single(work / "seed", seed, 1 * MIB, 64 * KIB)
    bad_root = work / "bad"
    bad_root.mkdir()
    data = bytearray((payload.root / payload.name).read_bytes())
    (bad_root / payload.name).write_bytes(data)
    bad = make_session(errors_expected=True)
    bad.add(payload.torrent_file, bad_root, seed=True)
    first = make_session()
    handle = first.add(payload.torrent_file, work / "first", peers=[("127.0.0.1", bad.port)])
    first.wait_complete(handle)
    data[200_000] ^= 0xFF
    with open(bad_root / payload.name, "r+b") as file:
        file.write(data)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, bad.port)
    status = engine.wait_for(torrent, lambda s: s["hash_failures"] >= 1, "the bad piece is noticed")
    assert status["progress"] < 1
    good = make_session()
    good.add(payload.torrent_file, payload.root, seed=True)
    engine.add_peer(torrent, good.port)
    status = engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert all(p["port"] != bad.port for p in status["peers"]), "the sender of bad blocks is still connected"


def test_seed_that_leaves_is_replaced_by_another(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB, 256 * KIB)
    first = make_session(upload_rate_limit=600 * KIB)
    first.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, first.port)
    engine.wait_for(torrent, lambda s: s["downloaded"] > 300 * KIB, "the middle of a piece")
    first.session.pause()
    second = make_session()
    second.add(payload.torrent_file, payload.root, seed=True)
    engine.add_peer(torrent, second.port)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_file_selection_leaves_no_trace_of_unwanted_files(make_engine, make_session, work, seed):
    files = {"a.bin": 100_000, "b.bin": 200_000, "c.bin": 100_000}
    payload = payloads.tree(work / "seed", seed, files)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, file_priorities=[4, 0, 4])
    engine.add_peer(torrent, session.port)
    status = engine.wait_state(torrent, "finished")
    assert status["progress"] == 1 and not status["complete"]
    got = payload.digests(engine.downloads)
    assert {k: v for k, v in payload.digests().items() if "b.bin" not in k} == {k: v for k, v in got.items() if "b.bin" not in k}
    assert not (engine.downloads / payload.name / "b.bin").exists()
    engine.options(torrent, file_priorities=[4, 4, 4])
    engine.wait_state(torrent, "seeding")
    payload.assert_equal(engine.downloads)


@pytest.mark.slow
def test_rate_limits_hold(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 3 * MIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file, download_limit=500_000)
    begin = time.monotonic()
    engine.add_peer(torrent, session.port)
    status = engine.wait_for(torrent, lambda s: s["downloaded"] > 1_500_000, "some seconds at the limit")
    assert status["downloaded"] / (time.monotonic() - begin) < 800_000
    engine.wait_for(torrent, lambda s: 0 < s["download_rate"] < 650_000, "a rate within the limit is told")
    engine.options(torrent, download_limit=0)
    engine.wait_complete(torrent)


def test_recheck_finds_damage_and_repairs_it(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    path = engine.downloads / payload.name
    data = bytearray(path.read_bytes())
    data[300_000:300_010] = b"x" * 10
    path.write_bytes(data)
    engine.recheck(torrent)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


def test_remove_keeps_or_deletes_data(make_engine, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a/b.bin": 50_000, "c.bin": 10})
    (payload.root / payload.name / "a" / "mine.txt").write_text("not of the torrent")
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.remove(torrent)
    assert engine.stats()["torrents"] == []
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.remove(torrent, delete_data=True)
    assert sorted(p.name for p in (payload.root / payload.name).rglob("*")) == ["a", "mine.txt"]
