"""Topologies with libtorrent on the other side: bytes equal, no protocol errors, counters right (BEP 3, 6, 10)."""

import os
import pathlib
import time

import pytest

from harness import payloads, spoilt
from harness.payloads import HYBRID, KIB, MIB, V1, V2
from harness.planes import both_planes, over_planes
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
OVER_HTTP = [(16 * KIB + 1, 16 * KIB), (3 * MIB + 5, 64 * KIB)]


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


@over_planes("length,piece", SIZES, OVER_HTTP)
def test_downloads_a_file(make_engine, make_session, work, seed, length, piece):
    payload = payloads.single(work / "seed", seed, length, piece)
    *_, status = download(make_engine, make_session, payload, work)
    assert status["downloaded"] == length
    assert status["num_pieces"] == payload.piece_count and status["piece_length"] == piece


@over_planes("length,piece", SIZES, OVER_HTTP)
def test_uploads_a_file(make_engine, make_session, work, seed, length, piece):
    upload(make_engine, make_session, payloads.single(work / "seed", seed, length, piece), work)


@over_planes("layout", LAYOUTS, ["odd_alignment"])
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
@over_planes("layout", ["single", "odd_alignment", "empty_files"], ["single"])
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


@both_planes
def test_libtorrent_dials_us_and_seeds(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", engine.port)])
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


@both_planes
def test_two_engines(make_engine, work, seed):
    payload = payloads.tree(work / "seed", seed, LAYOUTS["odd_alignment"])
    first, second = make_engine(), make_engine()
    source = first.seed(payload.torrent_file, payload.root)
    first.wait_state(source, "seeding")
    target = second.add(payload.torrent_file)
    second.add_peer(target, first.port)
    second.wait_complete(target)
    payload.assert_equal(second.downloads)


def claims_are_true(engine, torrent, handle, payload):
    """What libtorrent takes for our pieces (bitfield, have) is what we say we have, and that lies on the disk, while we lack some."""
    def told():
        return {i for p in handle.get_peer_info() if p.ip[1] == engine.port for i, has in enumerate(p.pieces) if has}

    def present():
        status = engine.status(torrent)
        return {i for i, bit in enumerate(status["pieces"]) if bit == "1"}, pathlib.Path(status["files"][0]["location"])

    before, _ = present()
    wait_until(lambda: told() >= before, 20, "libtorrent knows our pieces")
    claimed = told()
    after, file = present()
    assert claimed <= after, "libtorrent was told of pieces that we lack"
    piece, data = payload.info.piece_length(), (payload.root / payload.name).read_bytes()
    written = file.read_bytes()
    assert all(written[i * piece:(i + 1) * piece] == data[i * piece:(i + 1) * piece] for i in after), "pieces are not on the disk"
    assert len(after) < payload.piece_count, "all was there too early to see anything"


def spread(make_engine, make_session, work, seed, engine_count):
    """Engines and a libtorrent leecher get all from one slow seed: they must trade among themselves."""
    payload = payloads.single(work / "seed", seed, 8 * MIB, 32 * KIB)
    source = make_session(upload_rate_limit=200 * KIB)
    scarce = source.add(payload.torrent_file, payload.root, seed=True)
    engines = [make_engine() for _ in range(engine_count)]
    torrents = [e.add(payload.torrent_file) for e in engines]
    other = make_session()
    handle = other.add(payload.torrent_file, work / "leech", peers=[("127.0.0.1", source.port)])
    for engine, torrent in zip(engines, torrents):
        engine.add_peer(torrent, source.port)
        engine.wait_state(torrent, "downloading")
        handle.connect_peer(("127.0.0.1", engine.port))  # so libtorrent knows the link by this port
    for engine in engines[1:]:
        engines[0].add_peer(torrents[0], engine.port)

    def share():
        """The engines have uploaded; not as seeds."""
        all_of_them = [e.status(t) for e, t in zip(engines, torrents)]
        return all(s["progress"] < 1 and s["uploaded"] for s in all_of_them) and sum(s["uploaded"] for s in all_of_them) > 300 * KIB

    wait_until(share, 40, "each engine shares something while it is incomplete")
    scarce.set_upload_limit(KIB)  # nobody will be complete while we look
    for engine, torrent in zip(engines, torrents):
        claims_are_true(engine, torrent, handle, payload)
    source.lift_limits()
    for engine, torrent in zip(engines, torrents):
        engine.wait_complete(torrent)
        payload.assert_equal(engine.downloads)
    other.wait_complete(handle)
    payload.wait_equal(work / "leech")


@pytest.mark.slow
def test_swarm_of_three_spreads_pieces(make_engine, make_session, work, seed):
    spread(make_engine, make_session, work, seed, 1)


@pytest.mark.slow
@both_planes
def test_swarm_of_four_spreads_pieces(make_engine, make_session, work, seed):
    spread(make_engine, make_session, work, seed, 2)


@pytest.mark.slow
@both_planes
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
@both_planes
def test_corrupt_piece_of_a_seed_is_detected_and_fetched_elsewhere(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB, 64 * KIB)
    bad = spoilt.seed(make_session, payload, work / "bad", [200_000])
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


@both_planes
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


@pytest.mark.slow
def test_a_peer_without_the_torrent_is_dialled_ever_more_rarely(engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 100 * KIB)
    other = payloads.single(work / "other", seed + 1, 100 * KIB)
    session = make_session(errors_expected=True)
    session.add(other.torrent_file, other.root, seed=True)  # without any it would not listen to us
    torrent = engine.add(payload.torrent_file)
    begin = time.monotonic()
    engine.add_peer(torrent, session.port)
    wait_until(lambda: len(session.seen("incoming_connection_alert")) >= 3, 60, "it is dialled three times")
    assert time.monotonic() - begin > 14, "the second time not before 5 s, the third not before 10 s more"


@both_planes
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
@both_planes
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


@both_planes
def test_recheck_finds_damage_and_repairs_it(make_engine, make_session, work, seed):
    """Also a file whose end is gone, one that is gone as a whole, and one that has too much, of which the last byte is wrong."""
    piece = 16 * KIB
    payload = payloads.tree(work / "seed", seed, {name: 10 * piece for name in ("spoilt", "short", "gone", "long", "whole")}, piece)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    session.session.pause()
    files = engine.downloads / payload.name
    for name, at in (("spoilt", 3 * piece), ("long", 10 * piece - 1)):
        data = bytearray((files / name).read_bytes())
        data[at] ^= 0xFF
        with open(files / name, "r+b") as file:
            file.write(data + b"x" * 1000 * (name == "long"))
    os.truncate(files / "short", 5 * piece + 1)
    (files / "gone").unlink()
    engine.recheck(torrent)
    status = engine.wait_state(torrent, "downloading")
    assert {f["path"].split("/")[-1]: f["verified"] // piece for f in status["files"]} == {"spoilt": 9, "short": 5, "gone": 0, "long": 9, "whole": 10}
    session.session.resume()
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


@both_planes
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
