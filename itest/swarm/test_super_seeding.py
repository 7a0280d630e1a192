"""The first copy of a torrent goes out with little upload, to libtorrent (BEP 16)."""

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_16

FEW = 2  # pieces that a peer is told of before it has them


def told(handle, port):
    """What libtorrent takes for the pieces of the peer at that port."""
    return {piece for peer in handle.get_peer_info() if peer.ip[1] == port for piece, has in enumerate(peer.pieces) if has}


def present(handle):
    return {piece for piece, has in enumerate(handle.status().pieces) if has}


def test_each_leecher_is_told_of_few_pieces_and_one_copy_is_enough(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 3 * MIB, 64 * KIB)
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.set_options(torrent, options={"super-seeding": True})
    engine.options(torrent, upload_limit=2 * MIB)
    leechers = [make_session() for _ in range(3)]
    handles = [session.add(payload.torrent_file, work / f"leech{i}") for i, session in enumerate(leechers)]
    for i, handle in enumerate(handles):
        for port in (*(other.port for other in leechers[:i]), engine.port):
            handle.connect_peer(("127.0.0.1", port))
    looks = []

    def complete():
        """Notes what each was told of and lacks, and what went out, while a piece is at nobody yet."""
        uploaded = engine.status(torrent)["uploaded"]
        names = [told(handle, engine.port) for handle in handles]
        has = [present(handle) for handle in handles]
        if len(set.union(*has)) < payload.piece_count:
            looks.append((uploaded, [len(name - have) for name, have in zip(names, has)]))
        return all(handle.status().is_seeding for handle in handles)

    wait_until(complete, 60, "all three are complete")
    for i in range(3):
        payload.wait_equal(work / f"leech{i}")
    most = max(count for _, counts in looks for count in counts)
    assert 0 < most <= FEW, f"a peer was told of {most} pieces at once"
    assert payload.size / 4 < max(uploaded for uploaded, _ in looks) < 1.25 * payload.size, looks
    assert engine.status(torrent)["uploaded"] < 2 * payload.size, "they had the rest from each other"
