"""Where files lie: moved while they are transferred, renamed, elsewhere while unfinished, gone and back, and a disk that shall not fill up."""

import os
import subprocess

import pytest

from harness import payloads
from harness.payloads import KIB, MIB
from harness.tracker import Tracker
from harness.waiting import wait_until

PIECE = 64 * KIB


@pytest.fixture
def other_disk(work):
    """A file system of 64 MiB in memory."""
    directory = work / "other"
    directory.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(directory)], capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("mounting a tmpfs needs root")
    yield directory
    subprocess.run(["umount", "-l", str(directory)], check=True)


def files_in(directory):
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())


def wait_moved(engine, torrent, target):
    return engine.wait_for(
        torrent, lambda s: s["directory"] == str(target) and s["moving_to"] is None, f"moved to {target}", 60)


@pytest.mark.slow
def test_moves_to_another_file_system_and_back_while_downloading(make_engine, make_session, other_disk, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 5 * MIB, "d/b.bin": 3 * MIB, "d/c": 100}, PIECE)
    session = make_session(upload_rate_limit=2 * MIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine()
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: s["progress"] > 0.1, "a tenth")
    engine.move(torrent, other_disk / "there")
    status = wait_moved(engine, torrent, other_disk / "there")
    assert files_in(engine.downloads) == []
    assert status["save_path"] == str(other_disk / "there")
    engine.move(torrent, engine.downloads)
    wait_moved(engine, torrent, engine.downloads)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
    assert files_in(other_disk) == []
    assert engine.status(torrent)["hash_failures"] == 0


@pytest.mark.slow
def test_moves_while_it_seeds(make_engine, make_session, other_disk, work, seed):
    payload = payloads.single(work / "seed", seed, 12 * MIB, PIECE)
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.options(torrent, upload_limit=3 * MIB)
    session = make_session()
    handle = session.add(payload.torrent_file, work / "leech", peers=[(engine.host, engine.port)])
    wait_until(lambda: handle.status().progress > 0.1, 60, "a tenth at the leecher")
    engine.move(torrent, other_disk)
    wait_moved(engine, torrent, other_disk)
    session.wait_complete(handle)
    assert files_in(other_disk) == [payload.name]
    assert not (payload.root / payload.name).exists()


def test_a_move_that_fails_leaves_the_files_in_force(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, 2 * MIB, PIECE)
    (work / "taken").mkdir()
    (work / "taken" / payload.name).write_bytes(b"precious")
    engine = make_engine()
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    engine.move(torrent, work / "taken")
    status = engine.wait_for(torrent, lambda s: s["error"] and s["moving_to"] is None, "an error")
    assert "exists already" in status["error"]
    assert status["state"] == "seeding" and status["directory"] == str(payload.root)
    assert (work / "taken" / payload.name).read_bytes() == b"precious"


def test_kill_in_the_middle_of_a_move_is_made_good(make_engine, other_disk, work, seed):
    payload = payloads.tree(work / "seed", seed, {f"f{i:02}.bin": MIB for i in range(40)}, PIECE)
    expected = payload.digests()
    engine = make_engine("same")
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    target = other_disk / "there"
    engine.move(torrent, target)
    wait_until(lambda: target.exists() and len(files_in(target)) > 3, 30, "copies appear")
    engine.plane.kill()
    again = make_engine("same")
    wait_moved(again, torrent, target)
    again.wait_state(torrent, "seeding", seconds=60)
    assert payload.digests(target) == expected
    assert files_in(payload.root) == []
    assert len(files_in(target)) == 40


@pytest.mark.slow
def test_renames_a_file_a_folder_and_the_root_while_downloading(make_engine, make_session, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 3 * MIB, "d/b.bin": 3 * MIB}, PIECE)
    session = make_session(upload_rate_limit=2 * MIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: s["progress"] > 0.1, "a tenth")
    engine.rename(torrent, "tree/d/b.bin", "renamed.bin")
    engine.rename(torrent, "tree/d", "folder")
    engine.rename(torrent, "tree", "root")
    engine.wait_complete(torrent)
    status = engine.status(torrent)
    assert status["name"] == "root"
    assert [f["path"] for f in status["files"]] == ["root/a.bin", "root/folder/renamed.bin"]
    assert files_in(engine.downloads) == ["root/a.bin", "root/folder/renamed.bin"]
    assert (engine.downloads / "root/folder/renamed.bin").read_bytes() == (payload.root / "tree/d/b.bin").read_bytes()
    engine.shutdown()
    again = make_engine("same")
    status = again.wait_state(torrent, "seeding")
    assert status["name"] == "root" and status["hash_failures"] == 0


@pytest.mark.slow
def test_unfinished_torrents_lie_elsewhere_under_names_of_parts(make_engine, make_session, other_disk, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 4 * MIB, "d/b.bin": 2 * MIB}, PIECE)
    session = make_session(upload_rate_limit=MIB // 2)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    engine.settings(incomplete_dir=str(other_disk / "new"), incomplete_dir_enabled=True, rename_partial_files=True)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    status = engine.wait_for(torrent, lambda s: s["progress"] > 0.1, "a tenth")
    assert status["save_path"] == str(engine.downloads) and status["directory"] == str(other_disk / "new")
    assert files_in(engine.downloads) == []
    unfinished = [f["location"] for f in status["files"] if f["progress"] < 1]
    assert unfinished and all(path.endswith(".part") for path in unfinished)
    engine.plane.kill()
    engine = make_engine("same")
    session.lift_limits()
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    wait_moved(engine, torrent, engine.downloads)
    payload.assert_equal(engine.downloads)
    assert files_in(other_disk) == []


def test_what_is_complete_already_stays_where_it_is(make_engine, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, PIECE)
    engine = make_engine()
    engine.settings(incomplete_dir=str(work / "new"), incomplete_dir_enabled=True)
    torrent = engine.seed(payload.torrent_file, payload.root)
    assert engine.wait_state(torrent, "seeding")["directory"] == str(payload.root)


@pytest.mark.slow
def test_a_directory_that_is_gone_stops_the_torrent_and_its_return_starts_it(make_engine, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 8 * MIB, PIECE)
    session = make_session(upload_rate_limit=MIB // 2)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    engine.wait_for(torrent, lambda s: s["progress"] > 0.1, "a tenth")
    gone = work / "gone"
    engine.downloads.rename(gone)
    status = engine.wait_for(torrent, lambda s: s["state"] == "error", "an error as its files are gone", 60)
    assert "gone" in status["error"] or "no such file" in status["error"], status["error"]
    engine.shutdown()
    engine = make_engine("same")
    engine.wait_for(torrent, lambda s: s["state"] == "error", "an error after a restart, too", 60)
    assert not engine.downloads.exists() or files_in(engine.downloads) == [], "nothing is downloaded again by itself"
    gone.rename(engine.downloads)
    engine.wait_for(torrent, lambda s: s["state"] == "downloading", "no error any more", 90)
    session.lift_limits()
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)


@pytest.mark.slow
def test_space_that_shall_stay_free_stops_downloads_until_there_is_more(make_engine, make_session, other_disk, work, seed):
    payload = payloads.single(work / "seed", seed, 16 * MIB, PIECE)
    ballast = other_disk / "ballast"
    ballast.write_bytes(bytes(30 * MIB))
    session = make_session(upload_rate_limit=2 * MIB)
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(download_dir=str(other_disk / "downloads"))
    engine.settings(disk_reserve_mib=28)
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    status = engine.wait_state(torrent, "error")
    assert "stay free" in status["error"], status["error"]
    space = os.statvfs(other_disk)
    assert space.f_bavail * space.f_frsize > 20 * MIB
    session.lift_limits()
    ballast.unlink()
    engine.wait_for(torrent, lambda s: s["state"] != "error", "it goes on by itself after the error", 60)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(other_disk / "downloads")


def test_files_become_wanted_and_unwanted_at_any_time(make_engine, make_session, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a": 300 * KIB, "b": 500 * KIB, "c": 700 * KIB}, PIECE)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine("same")
    names = [payload.info.files().file_path(i) for i in range(3)]
    torrent = engine.add(payload.torrent_file, file_priorities=[0 if name == "tree/b" else 4 for name in names])
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    assert [f for f in files_in(engine.downloads) if not f.startswith(".")] == ["tree/a", "tree/c"]
    engine.shutdown()
    engine = make_engine("same")
    engine.wait_state(torrent, "finished")
    engine.options(torrent, file_priorities=[0 if name == "tree/a" else 4 for name in names])
    engine.add_peer(torrent, session.port)
    engine.wait_state(torrent, "seeding")
    payload.assert_equal(engine.downloads)
    engine.remove(torrent, delete_data=True)
    assert files_in(engine.downloads) == []


def test_trackers_hear_of_a_partial_seed(make_engine, make_session, ports, work, seed):
    """It lacks what it does not want, is not complete, and says in ordinary announces that nothing more is coming (BEP 21)."""
    tracker = Tracker(ports.next())
    try:
        payload = payloads.tree(work / "seed", seed, {"a": 256 * KIB, "b": 512 * KIB}, PIECE, trackers=[tracker.http_url])
        session = make_session()
        session.add(payload.torrent_file, payload.root, seed=True)
        engine = make_engine()
        names = [payload.info.files().file_path(i) for i in range(2)]
        torrent = engine.add(payload.torrent_file, file_priorities=[0 if name == "tree/b" else 4 for name in names])
        engine.add_peer(torrent, session.port)
        engine.wait_complete(torrent)

        def ours():
            return [a for a in list(tracker.announces) if a["port"] == engine.port]

        def told():
            engine.reannounce(torrent)
            return [a for a in ours() if a["event"] == "paused"]

        paused = wait_until(told, 30, "an announce of the partial seed", poll=1)
        assert {a["left"] for a in paused} == {512 * KIB}
        assert "completed" not in {a["event"] for a in ours()}
        engine.options(torrent, file_priorities=[4, 4])
        engine.add_peer(torrent, session.port)
        engine.wait_state(torrent, "seeding")
        last = wait_until(lambda: [a for a in ours() if a["event"] == "completed"], 30, "it is complete")
        assert last[0]["left"] == 0
    finally:
        tracker.close()


@pytest.mark.slow
def test_watched_directory_adds_what_is_dropped_into_it(make_daemon, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, MIB, PIECE)
    watched = work / "watched"
    watched.mkdir()
    daemon = make_daemon(watch_dir=str(watched), watch_dir_enabled=True)
    data = payload.torrent_file.read_bytes()
    (watched / "half.torrent").write_bytes(data[:len(data) // 2])
    (watched / "broken.torrent").write_bytes(b"not a torrent")
    wait_until(lambda: (watched / "broken.torrent.invalid").exists(), 60, "the broken file is set aside")
    assert daemon.torrents("id") == []
    (watched / "x.torrent").write_bytes(data)
    wait_until(lambda: (watched / "x.torrent.added").exists(), 60, "the torrent is added")
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", daemon.call("session-get")["peer-port"])])
    wait_until(lambda: daemon.torrents("percentDone") == [{"percentDone": 1}], 60, "it is complete")
    payload.assert_equal(daemon.downloads)
