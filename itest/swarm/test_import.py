"""Torrents of other programs: what Transmission and libtorrent themselves stored is taken over, and checked."""

import os
import shutil
import signal
import subprocess

import libtorrent as lt
import pytest

from harness import other_clients, payloads
from harness.engine_rpc import ROOT
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

PIECE = 64 * KIB
IMPORT_SECONDS = 100


@pytest.fixture
def imported(work, make_engine):
    """Imports a directory with ./bittern import, then opens the session in an engine."""

    def run(directory, expect=0):
        result = subprocess.run([f"{ROOT}/bittern", "import", str(directory), "--data", str(work / "engine0" / "state")],
                                capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=work, timeout=IMPORT_SECONDS)
        assert result.returncode == expect, result.stdout + result.stderr
        return make_engine("engine0"), result.stdout + result.stderr

    return run


def fastresume(session, handle, backup, **extra):
    """Lets libtorrent write its resume data as qBittorrent does."""
    handle.save_resume_data(lt.save_resume_flags_t.save_info_dict)
    found = []

    def alert():
        for a in session.alerts.take():
            if isinstance(a, lt.save_resume_data_alert):
                found.append(a)
        return found

    wait_until(alert, 20, "libtorrent's resume data")
    data = lt.bdecode(lt.write_resume_data_buf(found[0].params))
    data.pop(b"info", None)
    data.update({key.encode(): value for key, value in extra.items()})
    backup.mkdir(exist_ok=True)
    name = str(handle.info_hash())
    (backup / f"{name}.fastresume").write_bytes(lt.bencode(data))
    return backup / f"{name}.torrent"


def release(session):
    """Lets libtorrent close the files."""
    for handle in session.handles:
        session.session.remove_torrent(handle)
    session.handles.clear()


@pytest.mark.slow
def test_takes_over_what_libtorrent_stored(make_session, imported, work, seed):
    whole = payloads.tree(work / "whole", seed, {"a.bin": MIB, "d/b.bin": MIB}, PIECE)
    part = payloads.single(work / "part", seed + 1, 2 * MIB, PIECE)
    source = payloads.single(work / "source", seed + 1, 2 * MIB, PIECE)
    with open(part.root / part.name, "r+b") as file:
        file.truncate(MIB)
    session = make_session()
    backup = work / "BT_backup"
    first = session.add(whole.torrent_file, whole.root)
    second = session.add(part.torrent_file, part.root)
    wait_until(lambda: first.status().is_seeding and second.status().state == lt.torrent_status.downloading, 60, "libtorrent has checked")
    first.rename_file(0, "tree/renamed.bin")
    second.rename_file(0, part.name + ".!qB")  # as qBittorrent calls what is unfinished, if its user likes
    marked = part.root / (part.name + ".!qB")
    wait_until(lambda: marked.exists() and (whole.root / "tree/renamed.bin").exists(), 20, "renamed files")
    shutil.copy(whole.torrent_file, fastresume(session, first, backup, total_uploaded=12345, **{"qBt-tags": ["films", "old"]}))
    shutil.copy(part.torrent_file, fastresume(session, second, backup))
    release(session)
    engine, text = imported(backup)
    torrents = {t["name"]: t["torrent_id"] for t in engine.stats()["torrents"]}
    status = engine.wait_state(torrents["tree"], "seeding")
    assert status["labels"] == ["films", "old"]
    assert status["save_path"] == str(whole.root)
    assert "tree/renamed.bin" in [f["path"] for f in status["files"]]
    status = engine.wait_state(torrents[part.name], "downloading")
    assert 0.4 < status["progress"] < 0.6, "what was there is there"
    assert marked.exists()
    other = make_session()
    other.add(source.torrent_file, source.root, seed=True)
    engine.add_peer(torrents[part.name], other.port)
    engine.wait_complete(torrents[part.name])
    assert (part.root / part.name).read_bytes() == (source.root / source.name).read_bytes()
    assert not marked.exists(), "a finished file has its own name"
    assert engine.status(torrents[part.name])["downloaded"] < 3 * MIB // 2, "only what was missing was downloaded"


def test_believes_no_claim_that_is_not_true(make_session, imported, work, seed):
    payload = payloads.single(work / "whole", seed, 4 * MIB, PIECE)
    gone = payloads.single(work / "gone", seed + 1, MIB, PIECE, name="gone.bin")
    session = make_session()
    backup = work / "BT_backup"
    for each in (payload, gone):
        handle = session.add(each.torrent_file, each.root)
        wait_until(lambda handle=handle: handle.status().is_seeding, 60, "libtorrent has checked")
        shutil.copy(each.torrent_file, fastresume(session, handle, backup))
    release(session)
    (payload.root / payload.name).write_bytes(payloads.random_bytes(seed + 2, 4 * MIB))
    (gone.root / gone.name).unlink()
    engine, text = imported(backup, expect=1)
    assert "gone.bin" in text
    torrents = {t["name"]: t["torrent_id"] for t in engine.stats()["torrents"]}
    status = engine.wait_state(torrents[payload.name], "downloading")
    assert status["progress"] == 0
    status = engine.wait_for(torrents["gone.bin"], lambda s: s["state"] == "error", "an error, not a download")
    assert not (gone.root / gone.name).exists()


@pytest.mark.slow
def test_takes_over_what_transmission_stored(make_session, imported, work, ports, seed):
    payload = payloads.tree(work / "whole", seed, {"a.bin": MIB, "d/b.bin": MIB}, PIECE)
    rpc_port = ports.next()
    client = other_clients.transmission(work, payload.torrent_file, payload.root, ports.next(), rpc_port)
    [config] = work.glob("transmission-*/settings.json")

    def remote(*arguments):
        return subprocess.run(["transmission-remote", f"127.0.0.1:{rpc_port}", *arguments], capture_output=True, text=True).stdout

    try:
        # While it checks it shows 100 % as well, but is stopped then, and would be stored so.
        wait_until(lambda: "State: Idle" in remote("-t", "1", "-i"), 60, "Transmission has checked, and seeds")
        remote("-t", "1", "-d", "77")
        remote("-t", "1", "-ph", "1")
    finally:
        os.killpg(client.process.pid, signal.SIGTERM)  # it stores what it knows when it ends
        client.process.wait(60)
        client.close()
    engine, text = imported(config.parent)
    [torrent] = [t["torrent_id"] for t in engine.stats()["torrents"]]
    engine.wait_state(torrent, "seeding")
    leecher = make_session()
    handle = leecher.add(payload.torrent_file, work / "leech", peers=[(engine.host, engine.port)])
    leecher.wait_complete(handle)
    payload.wait_equal(work / "leech")
