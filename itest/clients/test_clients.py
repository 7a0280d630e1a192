"""Whole lives of torrents, led by clients that were written for Transmission, while libtorrent has the data."""

import pytest

import libraries
from harness import payloads
from harness.tracker import Tracker
from harness.waiting import wait_until

FILES = {"f0.bin": 100_000, "f1.bin": 200_000, "sub/f2.bin": 70_000}
STOPPED, SEEDING = 0, 6
SECONDS = 60


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), interval=2)
    yield tracker
    tracker.close()


@pytest.fixture(params=["transmissionrpc", "ctrl", "transmission", "promise"])
def kind(request):
    return request.param


@pytest.fixture
def client(kind, make_daemon):
    client = libraries.client(kind, make_daemon().port)
    yield client
    client.close()


def test_a_client_leads_a_whole_life(client, seeder, tracker, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    files = payload.info.files()
    skipped = next(i for i in range(files.num_files()) if files.file_path(i).endswith("f1.bin"))
    others = [i for i in range(files.num_files()) if i != skipped]
    here, there = work / "here", work / "there"

    torrent = client.add_base64(payload.torrent_file, here)
    assert client.get(torrent)["name"] == payload.name and client.get(torrent)["status"] == STOPPED
    client.select(torrent, others, [skipped])
    client.limit(torrent, 5000, 5000)
    client.start(torrent)
    wait_until(lambda: client.get(torrent)["percentDone"] == 1, SECONDS, "the wanted files are there")
    assert [f["wanted"] for f in client.get(torrent)["fileStats"]] == [i != skipped for i in range(files.num_files())]
    client.select(torrent, [skipped], [])
    wait_until(lambda: client.get(torrent)["leftUntilDone"] == 0 and all(f["wanted"] for f in client.get(torrent)["fileStats"]), SECONDS,
               "all files are there")
    payload.wait_equal(here, 30)
    client.move(torrent, there)
    payload.wait_equal(there, SECONDS)
    wait_until(lambda: client.get(torrent)["downloadDir"] == str(there), SECONDS, "the new place is told")
    client.verify(torrent)
    wait_until(lambda: client.get(torrent)["status"] == SEEDING, SECONDS, "checked, and seeding again")
    client.stop(torrent)
    wait_until(lambda: client.get(torrent)["status"] == STOPPED, SECONDS, "stopped")
    client.remove(torrent, True)
    assert client.get(torrent) is None
    wait_until(lambda: not (there / payload.name).exists(), SECONDS, "the files are deleted")

    hashes = payload.info.info_hashes()
    for source, name in ((str(payload.torrent_file), "file"), (f"magnet:?xt=urn:btih:{hashes.v1}&tr={tracker.http_url}", "magnet")):
        torrent = client.add_link(source, work / name)
        wait_until(lambda t=torrent: client.get(t)["status"] == SEEDING, SECONDS, f"complete from a {name}")
        payload.wait_equal(work / name, 30)
        client.remove(torrent, False)
        wait_until(lambda t=torrent: client.get(t) is None, SECONDS, "removed")
        payload.assert_equal(work / name)
