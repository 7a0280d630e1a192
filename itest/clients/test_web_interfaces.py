"""Whole lives of torrents, led by a person in front of a web interface that was written for Transmission, while libtorrent has the data."""

import base64

import pytest

import web_interfaces
from harness import payloads
from harness.tracker import Tracker
from harness.waiting import wait_until

STOPPED, DOWNLOADING = 0, 4
SECONDS = 60
SLOW_RATE = 40_000  # bytes per second: all of it would take minutes


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), interval=2)
    yield tracker
    tracker.close()


@pytest.fixture
def flood(make_daemon, ports, work):
    flood = web_interfaces.Flood(make_daemon, ports, work)
    yield flood
    flood.close()


@pytest.fixture(params=[web_interfaces.Flood, web_interfaces.OfDebian], ids=["flood", "debian"])
def serving(request, make_daemon, ports, work):
    interface = request.param(make_daemon, ports, work)
    yield interface
    interface.close()


@pytest.fixture
def interface(serving, browser):
    serving.enter(browser)
    return serving


def wait_shown(interface, name, state, percent=lambda percent: True):
    """Until the list says so of this torrent, and of no other."""
    seen = []

    def looks_right():
        seen[:] = interface.shown()
        return len(seen) == 1 and seen[0][0] == name and seen[0][1] == state and percent(seen[0][2])

    try:
        wait_until(looks_right, SECONDS, f"{name} is shown as {state}")
    except AssertionError as problem:
        raise AssertionError(f"{problem}; shown are {seen}") from None


def test_a_person_leads_whole_lives(interface, browser, make_session, tracker, work, seed):
    daemon = interface.daemon
    payload = payloads.single(work / "origin", seed, 8 * payloads.MIB, trackers=[tracker.http_url])
    seeder = make_session(upload_rate_limit=SLOW_RATE)
    seeder.add(payload.torrent_file, payload.root, seed=True)

    interface.add_file(payload.torrent_file)
    wait_shown(interface, payload.name, "downloading", lambda percent: 0 < percent < 100)
    interface.select(payload.name)
    interface.stop()
    wait_until(lambda: daemon.torrents("status") == [{"status": STOPPED}], SECONDS, "stopped")
    wait_shown(interface, payload.name, "stopped", lambda percent: 0 < percent < 100)
    interface.start()
    wait_until(lambda: daemon.torrents("status") == [{"status": DOWNLOADING}], SECONDS, "started")
    wait_shown(interface, payload.name, "downloading")
    seeder.lift_limits()
    wait_shown(interface, payload.name, "seeding", lambda percent: percent == 100)
    payload.wait_equal(daemon.downloads, SECONDS)
    interface.remove(payload.name, data=True)
    wait_until(lambda: interface.shown() == [], SECONDS, "the list is empty")
    assert daemon.torrents("id") == []
    wait_until(lambda: not (daemon.downloads / payload.name).exists(), SECONDS, "the file is deleted")

    payload = payloads.tree(work / "origin", seed, {"a.bin": 100_000, "b/c.bin": 70_000}, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    seeder.lift_limits()
    interface.enter(browser)
    interface.add_link(f"magnet:?xt=urn:btih:{payload.info.info_hashes().v1}&tr={tracker.http_url}")
    wait_shown(interface, payload.name, "seeding", lambda percent: percent == 100)
    payload.wait_equal(daemon.downloads, SECONDS)
    interface.select(payload.name)
    interface.remove(payload.name, data=False)
    wait_until(lambda: interface.shown() == [], SECONDS, "the list is empty")
    assert daemon.torrents("id") == []
    payload.assert_equal(daemon.downloads)


def test_what_else_flood_asks_is_done(flood, ports, work, seed):
    daemon, ask = flood.daemon, flood.ask
    payload = payloads.tree(work / "origin", seed, {"a.bin": 100_000, "b/c.bin": 70_000}, trackers=["http://127.0.0.1:9/announce"])
    torrent = {"hashes": [str(payload.info.info_hashes().v1).upper()]}
    [name] = torrent["hashes"]
    flood.begin()

    port = ports.next()
    wait_until(lambda: ask("GET", "client/connection-test") == {"isConnected": True}, SECONDS, "Flood reaches the daemon")
    ask("PATCH", "client/settings", {"networkPortRandom": False, "networkPortRange": str(port), "throttleGlobalDownSpeed": 512_000})
    told = ask("GET", "client/settings")
    assert (told["networkPortRange"], told["throttleGlobalDownSpeed"], told["directoryDefault"]) == (str(port), 512_000, str(daemon.downloads))

    ask("POST", "torrents/add-files", {"files": [base64.b64encode(payload.torrent_file.read_bytes()).decode()], "destination": str(payload.root),
                                       "tags": ["one", "two"], "start": False, "isCompleted": True})
    assert daemon.torrents("labels", "downloadDir") == [{"labels": ["one", "two"], "downloadDir": str(payload.root)}]
    wait_until(lambda: [file["percentComplete"] for file in ask("GET", f"torrents/{name}/contents")] == [100, 100], SECONDS, "the files are checked")
    ask("PATCH", f"torrents/{name}/contents", {"indices": [0], "priority": 0})
    ask("PATCH", f"torrents/{name}/contents", {"indices": [1], "priority": 2})
    assert [file["priority"] for file in ask("GET", f"torrents/{name}/contents")] == [0, 2]
    ask("PATCH", "torrents/tags", {**torrent, "tags": ["three"]})
    ask("PATCH", "torrents/priority", {**torrent, "priority": 3})
    trackers = ["http://127.0.0.1:7/announce", "udp://127.0.0.1:7/announce"]
    ask("PATCH", "torrents/trackers", {**torrent, "trackers": trackers})
    assert [tracker["url"] for tracker in ask("GET", f"torrents/{name}/details")["trackers"]] == trackers
    assert daemon.torrents("labels", "bandwidthPriority") == [{"labels": ["three"], "bandwidthPriority": 1}]
    ask("POST", "torrents/reannounce", torrent)

    there = work / "there"
    digests = payload.digests()
    ask("POST", "torrents/move", {**torrent, "destination": str(there), "moveFiles": True, "isBasePath": False, "isCheckHash": True})
    wait_until(lambda: payload.digests(there) == digests, SECONDS, "the files have moved")
    wait_until(lambda: daemon.torrents("downloadDir") == [{"downloadDir": str(there)}], SECONDS, "the move is told")
    ask("POST", "torrents/delete", {**torrent, "deleteData": True})
    wait_until(lambda: ask("GET", "torrents")["torrents"] == {}, SECONDS, "Flood lists nothing")
    assert daemon.torrents("id") == []
    wait_until(lambda: not (there / payload.name).exists(), SECONDS, "the files are deleted")
