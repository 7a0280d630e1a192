"""The same session with Debian's Transmission and with Bittern, field by field. What differs by intent is named here and in docs/transmission.md."""

import contextlib
import json

import pytest

from harness import other_clients, payloads
from harness.daemon_rpc import RpcCaller
from harness.waiting import wait_until

FILES = {"f0.bin": 100_000, "f1.bin": 200_000, "sub/f2.bin": 70_000}
STOPPED, SEEDING = 0, 6

TORRENT_FIELDS = set(
    "activityDate addedDate bandwidthPriority comment corruptEver creator dateCreated desiredAvailable doneDate downloadDir downloadLimit"
    " downloadLimited downloadedEver editDate error errorString eta etaIdle fileStats files hashString haveUnchecked haveValid"
    " honorsSessionLimits id isFinished isPrivate isStalled labels leftUntilDone magnetLink manualAnnounceTime maxConnectedPeers"
    " metadataPercentComplete name peer-limit peers peersConnected peersFrom peersGettingFromUs peersSendingToUs percentDone pieceCount"
    " pieceSize pieces priorities queuePosition rateDownload rateUpload recheckProgress secondsDownloading secondsSeeding seedIdleLimit"
    " seedIdleMode seedRatioLimit seedRatioMode sizeWhenDone startDate status torrentFile totalSize trackerStats trackers uploadLimit"
    " uploadLimited uploadRatio uploadedEver wanted webseeds webseedsSendingToUs".split())

# Of another value in each daemon, whatever it does: where it lies, and when it was done.
OF_ITS_OWN = {"torrentFile", "downloadDir", "activityDate", "addedDate", "doneDate", "editDate", "startDate", "manualAnnounceTime",
              "secondsSeeding", "secondsDownloading"}

# Of trackerStats: Transmission scrapes by itself and names the host with its scheme, as 3.00 did and 4 no longer does.
OF_SCRAPES = {"host", "scrapeState", "nextScrapeTime", "hasScraped", "lastScrapeResult", "lastScrapeStartTime", "lastScrapeSucceeded",
              "lastScrapeTime", "lastScrapeTimedOut"}

# While files are unwanted: Transmission counts the pieces that wanted files are in, to their ends; here it is the bytes of the files.
OF_CHOICE = {"leftUntilDone", "sizeWhenDone"}

# What 3.00 has that is left out by intent.
SESSION_ABSENT = {"script-torrent-done-enabled", "script-torrent-done-filename"}

# What both refuse, in the same words.
REFUSED = (
    ("torrent-add", {}), ("torrent-get", {}), ("torrent-set-location", {}), ("torrent-set-location", {"location": "x"}),
    ("session-set", {"download-dir": "x"}), ("session-set", {"incomplete-dir": "x"}), ("nonsense", {}),
    ("torrent-set", {"files-wanted": [99]}), ("torrent-set", {"labels": ["a,b"]}), ("torrent-set", {"labels": [""]}),
    ("free-space", {"path": "/no/such"}), ("free-space", {}), ("free-space", {"path": "x"}),
    ("torrent-rename-path", {"ids": [1], "path": "tree", "name": "a/b"}), ("torrent-add", {"filename": "magnet:?xt=x", "download-dir": "x"}),
)


def kind(value):
    """What a strictly typed client would call it."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, list):
        return ["list", *sorted({json.dumps(kind(v), sort_keys=True) for v in value})]
    if isinstance(value, dict):
        return {name: kind(v) for name, v in value.items()}
    return type(value).__name__


def same_kinds(ours, theirs, where):
    """Every field that they have is here, of the same kind; in objects within it too, where there may be more."""
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), (where, ours, theirs)
        for name, value in theirs.items():
            assert name in ours, (where, name)
            same_kinds(ours[name], value, f"{where}.{name}")
    elif isinstance(theirs, list) and theirs and isinstance(theirs[0], dict):
        assert len(ours) == len(theirs), (where, ours, theirs)
        for i, value in enumerate(theirs):
            same_kinds(ours[i], value, f"{where}[{i}]")
    else:
        assert kind(ours) == kind(theirs), (where, ours, theirs)


@pytest.fixture
def both(make_daemon, ports, work):
    """Bittern, and Transmission beside it; neither has a torrent."""
    daemon = make_daemon(peer_limit_per_torrent=50)  # as Transmission has it without being told
    with contextlib.ExitStack() as stack:
        rpc_port = ports.next()
        transmission = other_clients.transmission_alone(work, work / "theirs", ports.next(), rpc_port)
        stack.callback(transmission.close)
        yield daemon, RpcCaller(rpc_port)


def settled(caller, status):
    wait_until(lambda: caller.torrents("status")[0]["status"] == status, 60, f"status {status}")


def test_a_session_is_answered_as_by_transmission(both, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES, trackers=["http://127.0.0.1:1/announce"])
    file = str(payload.torrent_file)
    for caller in both:
        caller.call("torrent-add", filename=file, download_dir=str(work / "none"), paused=True)
    compare_torrents(both, "added")

    for step, different in (({"files-unwanted": [1], "priority-high": [0]}, OF_CHOICE), ({"files-wanted": [], "priority-normal": []}, ())):
        for caller in both:
            caller.call("torrent-set", **step, ids=[1])
        compare_torrents(both, step, different=different)
    steps = (
        {"downloadLimit": 77, "downloadLimited": True, "uploadLimit": 66, "uploadLimited": True, "honorsSessionLimits": False},
        {"seedRatioLimit": 2.5, "seedRatioMode": 1, "seedIdleLimit": 44, "seedIdleMode": 1, "peer-limit": 7},
        {"bandwidthPriority": 1, "labels": ["one", "two"]},
        {"trackerAdd": ["http://127.0.0.1:2/announce"]},
    )
    for step in steps:
        for caller in both:
            caller.call("torrent-set", **step, ids=[1])
        compare_torrents(both, step)
    answers = [caller.call("torrent-rename-path", ids=[1], path="tree", name="wood") for caller in both]
    assert answers[0] == answers[1]
    compare_torrents(both, "renamed")
    for caller in both:
        caller.call("torrent-remove", ids=[1])
        assert caller.torrents("id") == []


def test_a_seed_is_told_as_by_transmission(both, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES)
    for caller in both:
        caller.call("torrent-add", filename=str(payload.torrent_file), download_dir=str(payload.root))
    compare_torrents(both, "seeding", SEEDING)
    for caller in both:
        caller.call("torrent-stop", ids=[1])
    compare_torrents(both, "stopped")


def compare_torrents(both, step, status=STOPPED, different=()):
    for caller in both:
        settled(caller, status)
    fields = sorted(TORRENT_FIELDS)
    ours, theirs = [caller.torrents(*fields)[0] for caller in both]
    assert ours.keys() == theirs.keys(), step
    same_kinds(ours, theirs, str(step))
    for objects in (ours, theirs):
        for name in OF_ITS_OWN | set(different):
            del objects[name]
    wrong = [f"{name}: {ours[name]}, not {theirs[name]}" for name in theirs if not is_same(ours[name], theirs[name])]
    assert not wrong, (step, "\n".join(wrong))


def is_same(ours, theirs):
    """Equal; objects may have more here."""
    if isinstance(theirs, dict):
        return all(name in OF_SCRAPES or is_same(ours[name], value) for name, value in theirs.items())
    if isinstance(theirs, list) and theirs and isinstance(theirs[0], dict):
        return len(ours) == len(theirs) and all(map(is_same, ours, theirs))
    return ours == theirs


def test_the_session_is_told_as_by_transmission(both, work):
    ours, theirs = [caller.call("session-get") for caller in both]
    assert theirs.keys() - ours.keys() == SESSION_ABSENT
    same_kinds(ours, {name: value for name, value in theirs.items() if name not in SESSION_ABSENT}, "session-get")
    ours, theirs = [caller.call("session-stats") for caller in both]
    same_kinds(ours, theirs, "session-stats")
    ours, theirs = [caller.call("free-space", path=str(work)) for caller in both]
    assert ours["path"] == theirs["path"] and kind(ours["size-bytes"]) == kind(theirs["size-bytes"])
    changed = {"speed-limit-up": 33, "speed-limit-up-enabled": True, "alt-speed-down": 22, "alt-speed-time-day": 62, "seedRatioLimit": 1.5,
               "seedRatioLimited": True, "peer-limit-global": 99, "download-queue-size": 3, "encryption": "required",
               "idle-seeding-limit": 12, "rename-partial-files": False}
    for caller in both:
        caller.call("session-set", **changed)
        found = caller.call("session-get")
        assert {name: found[name] for name in changed} == changed


def test_what_is_refused_is_refused_in_the_words_of_transmission(both, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES)
    for caller in both:
        caller.call("torrent-add", filename=str(payload.torrent_file), paused=True)
    for method, arguments in REFUSED:
        answers = [json.loads(caller.post({"method": method, "arguments": arguments})[1])["result"] for caller in both]
        assert answers[0] == answers[1], (method, arguments)
