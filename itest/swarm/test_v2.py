"""Hashes (BEP 52): piece layers that take several questions, and which blocks of a bad v2 piece are bad; asked of libtorrent, and told to it."""

import re
import struct

import libtorrent as lt
import pytest

from harness import hostile, payloads
from harness.alerts import ASKED_FOR
from harness.hostile import BLOCK, Impostor, bitfield, block, frame, spoilt
from harness.payloads import KIB, MIB, V2
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_52


def one_block(payload, change):
    """Has the first piece, sends one block of it, and tells no hashes."""
    def script(impostor, peer):
        peer.send(bitfield(payload.piece_count, lambda piece: piece == 0) + frame(hostile.UNCHOKE))
        piece, begin, length = struct.unpack(">III", peer.read_until(hostile.REQUEST))
        peer.send(block(piece, begin, change(impostor.block_of(piece, begin, length))) + frame(hostile.CHOKE))
        impostor.served += 1
        while not impostor.stopped:
            message, question = peer.read(60)
            if message == hostile.HASH_REQUEST:
                impostor.requests += 1
                peer.send(frame(hostile.HASH_REJECT, question))
    return script


def test_only_the_bad_block_of_a_piece_comes_again_and_only_its_sender_is_banned(make_engine, make_session, ports, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB, 256 * KIB, version=V2)
    good = make_session()
    good.wait_complete(good.add(payload.torrent_file, payload.root))  # it has checked its files: in seed mode it would not know the hashes of blocks
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.wait_state(torrent, "downloading")
    with Impostor(ports.next(), payload, script=one_block(payload, spoilt)) as liar, \
            Impostor(ports.next(), payload, script=one_block(payload, lambda data: data)) as honest:
        for blocks, peer in enumerate((liar, honest), 1):
            engine.add_peer(torrent, peer.port)
            engine.wait_for(torrent, lambda s, blocks=blocks: s["downloaded"] == blocks * BLOCK, "it has sent its block")
        engine.add_peer(torrent, good.port)
        engine.wait_complete(torrent)
        payload.assert_equal(engine.downloads)
        status = engine.wait_for(torrent, lambda s: not any(p["port"] == liar.port for p in s["peers"]), "the liar is sent away")
        assert any(p["port"] == honest.port for p in status["peers"]), "who sent a good block is still connected"
        assert status["hash_failures"] == 1
        assert status["downloaded"] == payload.size + BLOCK, "one block came twice"
        assert liar.requests == honest.requests == 1, "each was asked for the hashes once"
        engine.add_peer(torrent, liar.port)
        assert not any(p["port"] == liar.port for p in engine.status(torrent)["peers"])
        assert liar.links == 1, "the liar was dialled again"


def test_libtorrent_gets_the_hashes_of_blocks(make_engine, make_session, ports, work, seed):
    """It asks for them when a piece was bad: first it meets a liar, which it bans, and only then us."""
    payload = payloads.single(work / "seed", seed, 1 * MIB, 64 * KIB, version=V2)
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    leecher = make_session(alert_mask=ASKED_FOR | lt.alert.category_t.peer_log_notification, errors_expected=True)
    handle = leecher.add(payload.torrent_file, work / "leech")
    with Impostor(ports.next(), payload, serve=lambda piece, begin, data: spoilt(data)) as liar:
        handle.connect_peer(("127.0.0.1", liar.port))
        leecher.wait_alert("hash_failed_alert")
        wait_until(lambda: not handle.get_peer_info(), 20, "libtorrent has banned the liar")
    handle.connect_peer(("127.0.0.1", engine.port))
    leecher.wait_complete(handle)
    payload.wait_equal(work / "leech")
    told = [text for text in leecher.seen("peer_log_alert") if f":{engine.port}" in text and "HASHES" in text]
    assert any("base: 0 " in text for text in told), "libtorrent was told hashes of blocks by us"
    ours = [error for error in leecher.protocol_errors() if f":{engine.port}" in error]
    assert not ours, ours


ROW = 512  # hashes that one question is about, at most
LONG_LAYERS = {  # piece length, and files: the layer of the first is that of the blocks
    "layer-of-blocks": (16 * KIB, {"a.bin": 20 * MIB + 1, "b.bin": 100}),
    "layer-of-pieces": (32 * KIB, {"a.bin": 17 * MIB, "b.bin": 32 * KIB, "c.bin": 100 * KIB}),
}


@pytest.fixture(params=LONG_LAYERS)
def long_layers(request, work, seed):
    piece, files = LONG_LAYERS[request.param]
    return payloads.tree(work / "seed", seed, files, piece, version=V2)


def link(payload):
    return f"magnet:?xt=urn:btmh:1220{payload.info.info_hashes().v2}"


def rows(payload):
    """Of the piece layers, by file and number of the first hash; a file of one piece has no layer."""
    files = payload.info.files()
    pieces = {i: -(-files.file_size(i) // files.piece_length()) for i in range(files.num_files()) if not files.file_flags(i)}
    return sorted((file, first) for file, count in pieces.items() if count > 1 for first in range(0, count, ROW))


def asked(session, way):
    """The questions for hashes that a session has read (<==) or written (==>), as rows() has them, with repetitions."""
    found = (re.search(rf"{way} HASH_REQUEST .*file: (\d+) .*idx: (\d+) ", text) for text in session.seen("peer_log_alert"))
    return sorted((int(match[1]), int(match[2])) for match in found if match)


def test_long_piece_layers_come_from_libtorrent_row_by_row(make_engine, make_session, long_layers):
    session = make_session(alert_mask=ASKED_FOR | lt.alert.category_t.peer_log_notification)
    session.add(long_layers.torrent_file, long_layers.root, seed=True)
    engine = make_engine()
    torrent = engine.add_magnet(f"{link(long_layers)}&x.pe=127.0.0.1:{session.port}")
    status = engine.wait_complete(torrent)
    long_layers.assert_equal(engine.downloads)
    assert status["hash_failures"] == 0
    assert asked(session, "<==") == rows(long_layers), "each row was asked for once"


def test_long_piece_layers_go_to_libtorrent_row_by_row(make_engine, make_session, work, long_layers):
    engine = make_engine()
    torrent = engine.seed(long_layers.torrent_file, long_layers.root)
    engine.wait_state(torrent, "seeding")
    session = make_session(alert_mask=ASKED_FOR | lt.alert.category_t.peer_log_notification)
    handle = session.add(None, work / "leech", magnet=link(long_layers), peers=[("127.0.0.1", engine.port)])
    session.wait_complete(handle)
    long_layers.wait_equal(work / "leech")
    assert asked(session, "==>") == rows(long_layers), "each row was asked for once"
