"""A disk that fills up in mid download: a clear error, nothing corrupt, and it goes on when there is space."""

import json
import os
import subprocess

import pytest

from harness import payloads, processes
from harness.engine_rpc import ROOT
from harness.payloads import KIB, MIB


@pytest.fixture
def small_disk(work):
    """A file system of 6 MiB in memory."""
    directory = work / "disk"
    directory.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(directory)], capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("mounting a tmpfs needs root")
    yield directory
    subprocess.run(["umount", "-l", str(directory)], check=True)


@pytest.mark.slow
def test_full_disk_is_an_error_and_space_lets_it_go_on(make_engine, make_session, small_disk, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB, 64 * KIB)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4 * MIB))
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(download_dir=str(small_disk / "downloads"))
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, session.port)
    status = engine.wait_state(torrent, "error")
    assert "space" in status["error"].lower() or "full" in status["error"].lower(), status["error"]
    data = (small_disk / "downloads" / payload.name).read_bytes()
    wanted = (payload.root / payload.name).read_bytes()
    for piece, bit in enumerate(status["pieces"]):
        if bit == "1":
            at = piece * 64 * KIB
            assert data[at:at + 64 * KIB] == wanted[at:at + 64 * KIB], f"piece {piece} is claimed and not there"
    ballast.unlink()
    engine.wait_for(torrent, lambda s: s["state"] != "error", "it goes on by itself after the error", 60)
    engine.add_peer(torrent, session.port)
    engine.wait_complete(torrent)
    payload.assert_equal(small_disk / "downloads")


@pytest.mark.slow
def test_full_disk_is_one_line_and_the_same_command_goes_on_when_there_is_space(make_session, small_disk, work, seed):
    payload = payloads.single(work / "seed", seed, 4 * MIB, 64 * KIB)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4 * MIB))
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    command = [f"{ROOT}/bittern", "get", payload.torrent_file, "--dir", small_disk / "downloads", "--no-dht", "--bind", "127.0.0.1",
               "--peer", f"127.0.0.1:{session.port}", "--json", "--data", work / "data"]
    process = processes.run(command, 100)
    assert process.returncode == 1 and process.stdout == ""
    assert len(process.stderr.splitlines()) == 1 and process.stderr.startswith("bittern: "), process.stderr
    assert "space" in process.stderr
    ballast.unlink()
    process = processes.run(command, 100)
    assert process.returncode == 0, process.stderr
    assert 0 < json.loads(process.stdout)["downloaded"] < payload.size, "what was there is not fetched again"
    payload.assert_equal(small_disk / "downloads")
