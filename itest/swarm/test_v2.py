"""The hashes of blocks (BEP 52): which blocks of a bad v2 piece are bad, asked of libtorrent, and what libtorrent hears when it asks for them."""

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
