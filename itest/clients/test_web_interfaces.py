"""Whole lives of torrents, led by a person in front of a web interface that was written for Transmission, while libtorrent has the data."""

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
    make_session().add(payload.torrent_file, payload.root, seed=True)
    interface.enter(browser)
    interface.add_link(f"magnet:?xt=urn:btih:{payload.info.info_hashes().v1}&tr={tracker.http_url}")
    wait_shown(interface, payload.name, "seeding", lambda percent: percent == 100)
    payload.wait_equal(daemon.downloads, SECONDS)
    interface.select(payload.name)
    interface.remove(payload.name, data=False)
    wait_until(lambda: interface.shown() == [], SECONDS, "the list is empty")
    assert daemon.torrents("id") == []
    payload.assert_equal(daemon.downloads)
