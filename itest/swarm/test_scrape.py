"""Sizes of a swarm that a tracker tells only to those who scrape (BEP 48, 15), as a user sees them."""

import base64

import pytest

from harness import payloads
from harness.payloads import KIB
from harness.tracker import Tracker
from harness.waiting import wait_until

COUNTS = ("seederCount", "leecherCount", "downloadCount")
UNKNOWN = (-1, -1, -1)


@pytest.fixture
def make_tracker(ports):
    made = []

    def make(**options):
        made.append(Tracker(ports.next(), **options))
        return made[-1]

    yield make
    for tracker in made:
        tracker.close()


@pytest.mark.slow  # a scrape comes half a minute after an announce that told nothing
def test_what_only_scrapes_tell_is_shown(make_daemon, make_tracker, work, seed):
    http, udp, both = (make_tracker(scraped=sizes) for sizes in ((7, 3, 42), (5, 2, 30), None))
    expected = {http.http_url: (7, 3, 42), udp.udp_url: (5, 2, 30), both.http_url: (0, 1, -1)}
    payload = payloads.single(work / "seed", seed, 20 * KIB, trackers=list(expected))
    daemon = make_daemon()
    daemon.call("torrent-add", metainfo=base64.b64encode(payload.torrent_file.read_bytes()).decode())

    def stats():
        trackers, = daemon.torrents("trackerStats")
        return {each["announce"]: each for each in trackers["trackerStats"]}

    def counts(of):
        return {url: tuple(each[name] for name in COUNTS) for url, each in of.items()}

    wait_until(lambda: all(each["lastAnnounceSucceeded"] for each in stats().values()), 25, "all have answered")
    assert counts(stats()) == {**expected, http.http_url: UNKNOWN, udp.udp_url: UNKNOWN}
    wait_until(lambda: counts(stats()) == expected, 60, "what the scrapes tell is shown", poll=0.5)
    assert {url for url, each in stats().items() if each["hasScraped"]} == {http.http_url, udp.udp_url}
    assert [len(tracker.scrapes) for tracker in (http, udp, both)] == [1, 1, 0], "who has told is not asked"
