"""Streams of a daemon: a magnet link, lists of a season, and nothing that was not verified (S3-20, S3-28, S3-34, S3-43, S3-51)."""

import base64
import json
import pathlib

import pytest
from harness import payloads, spoilt
from harness.daemon_rpc import Daemon
from harness.waiting import wait_until
from harness_stream.stages import Endpoint

KIB = 1024
MIB = 1024 * KIB
CHECKING, ERROR = (1, 2), 3  # of Transmission: two states, and a kind of error
LARGE = 24 * MIB + 5


@pytest.fixture
def daemon(work, ports):
    made = Daemon(work / "daemon", ports.next())
    yield made
    made.close()


def add(daemon, payload, **options):
    """Its number."""
    torrent = base64.b64encode(payload.torrent_file.read_bytes()).decode()
    return daemon.call("torrent-add", metainfo=torrent, **options)["torrent-added"]["id"]


def stream(daemon, payload, file=0):
    return Endpoint(daemon.port, f"/stream/{payload.info.info_hash()}-{file}", {"X-TT-Auth": daemon.connection["token"]})


def content(payload):
    return (pathlib.Path(payload.root) / payload.name).read_bytes()


def place(daemon):
    """Where its peers are."""
    return "127.0.0.1", daemon.call("session-get")["peer-port"]


def look(daemon, number, *fields):
    return daemon.torrents(*fields, ids=[number])[0]


def test_a_magnet_link_is_streamed_with_a_ticket_that_was_had_before_its_metadata(daemon, payload, make_session):
    daemon.call("torrent-add", filename=f"magnet:?xt=urn:btih:{payload.info.info_hash()}")
    anyone = Endpoint(daemon.port, stream(daemon, payload).path)
    status, _, body = anyone.get("POST", path=f"{anyone.path}/ticket")
    assert status == 200
    url = json.loads(body)["url"]
    film = Endpoint(daemon.port, url[url.index("/stream"):])
    assert film.get("HEAD")[0] == 503
    waiting = film.later(Range="bytes=-1000")
    seed = make_session()
    seed.add(payload.torrent_file, payload.root, seed=True, peers=[place(daemon)])
    status, _, body = waiting.wait()
    assert (status, body) == (206, content(payload)[-1000:])
    status, _, body = film.get()
    assert status == 200 and body == content(payload)
    assert anyone.get()[0] == 401


def test_a_playlist_names_a_season_in_order_and_an_empty_file_is_there_at_once(daemon, work, seed, make_session):
    lengths = {"e10.mkv": 40_000, "e2.mkv": 30_000, "e2.srt": 300, "empty.mkv": 0, "notes.txt": 10}
    payload = payloads.tree(work / "source", seed, lengths, name="season")
    files = payload.info.files()
    names = {pathlib.PurePath(files.file_path(i)).name: i for i in range(files.num_files())}
    assert set(names) == set(lengths)
    add(daemon, payload)
    empty = stream(daemon, payload, names["empty.mkv"])
    status, headers, body = empty.get()
    assert (status, headers["Content-Length"], body) == (200, "0", b"")
    status, headers, _ = empty.get(Range="bytes=0-")
    assert (status, headers["Content-Range"]) == (416, "bytes */0")

    make_session().add(payload.torrent_file, payload.root, seed=True, peers=[place(daemon)])
    anyone = Endpoint(daemon.port, "/playlist.m3u8")
    status, headers, body = anyone.get(path=f"/playlist/{payload.info.info_hash()}.m3u8")
    assert status == 200 and headers["Content-Type"].startswith("audio/x-mpegurl")
    lines = body.decode().splitlines()
    assert lines[0] == "#EXTM3U"
    assert [line for line in lines if line.startswith("#EXTINF")] == [f"#EXTINF:-1,{name}" for name in ("e2.mkv", "e10.mkv", "empty.mkv")]
    told = [(line, line.partition("=")[2]) for line in lines if line.startswith("#EXTVLCOPT")] + [(line, line) for line in lines if line[0] != "#"]
    assert [line.partition("=")[0] for line, _ in told[:1]] == ["#EXTVLCOPT:sub-file"] and len(told) == 4
    for url, name in zip((url for _, url in told), ("e2.srt", "e2.mkv", "e10.mkv", "empty.mkv"), strict=True):
        assert url.startswith(f"http://127.0.0.1:{daemon.port}/stream/")
        status, _, body = anyone.get(path=url[url.index("/stream"):])
        assert status == 200 and body == (payload.root / "season" / name).read_bytes(), name
    assert anyone.get()[2].decode().count("#EXTINF") == 3
    assert anyone.get(path=f"/playlist/{'0' * 40}.m3u8")[0] == 404
    assert anyone.get("POST")[0] == 405


def test_a_seed_with_bad_pieces_does_not_get_into_a_stream(daemon, payload, work, make_session):
    bad = spoilt.seed(make_session, payload, work / "spoilt", range(32 * KIB, 3 * MIB, 4 * 64 * KIB))
    number = add(daemon, payload)
    film = stream(daemon, payload)
    whole = film.later()
    bad.handles[0].connect_peer(place(daemon))
    wait_until(lambda: look(daemon, number, "corruptEver")["corruptEver"] > 0, 60, "a bad piece is noticed")
    assert not whole.result, "the first piece is bad"
    make_session().add(payload.torrent_file, payload.root, seed=True, peers=[place(daemon)])
    status, _, body = whole.wait()
    assert status == 200 and body == content(payload)


@pytest.mark.parametrize("payload", [LARGE], indirect=True)
def test_what_a_check_finds_bad_is_not_served_to_who_reads_already(daemon, payload, work, make_session):
    have = work / "have"
    have.mkdir()
    good = content(payload)
    (have / payload.name).write_bytes(good)
    number = add(daemon, payload, download_dir=str(have))
    wait_until(lambda: look(daemon, number, "percentDone")["percentDone"] == 1, 60, "all is there")
    film = stream(daemon, payload)
    slow = film.open(room=64 * KIB)  # what is granted to it, and on its way, ends long before the damage
    begin = slow.read(1000)
    at = 20 * MIB
    with open(have / payload.name, "r+b") as file:
        file.seek(at)
        file.write(bytes(byte ^ 0xFF for byte in good[at:at + 100]))
    daemon.call("torrent-verify", ids=[number])
    wait_until(lambda: _checked_and_found(look(daemon, number, "status", "percentDone")), 60, "the damage is found")
    status, headers, _ = film.get(path=film.path + "?wait=1", Range=f"bytes={at + 50}-{at + 59}")
    assert status == 503 and headers["Retry-After"]
    assert film.get(Range="bytes=5-9")[2] == good[5:10]
    make_session().add(payload.torrent_file, payload.root, seed=True, peers=[place(daemon)])
    assert begin + slow.read() == good
    slow.close()
    assert film.get(Range=f"bytes={at + 50}-{at + 59}")[2] == good[at + 50:at + 60]


def _checked_and_found(torrent):
    return torrent["status"] not in CHECKING and torrent["percentDone"] < 1


def test_an_error_of_the_disk_ends_who_waits_with_the_reason(daemon, payload, work, make_session):
    number = add(daemon, payload)
    film = stream(daemon, payload)
    seed = make_session(upload_rate_limit=64 * KIB)
    seed.add(payload.torrent_file, payload.root, seed=True, peers=[place(daemon)])
    wait_until(lambda: look(daemon, number, "percentDone")["percentDone"] > 0.05, 60, "a part is there")
    waiting = {start: film.later(Range=f"bytes={start}-{start + 9}") for start in range(0, 3 * MIB, 256 * KIB)}
    daemon.downloads.rename(work / "gone")
    wait_until(lambda: look(daemon, number, "error")["error"] == ERROR, 60, "an error as the files are gone")
    reason = look(daemon, number, "errorString")["errorString"]
    assert reason
    refused = []
    for start, later in waiting.items():
        status, headers, body = later.wait()
        if status == 206:
            assert body == content(payload)[start:start + 10]
        else:
            assert status == 503 and headers["Retry-After"]
            refused += [start] if reason in body.decode() else []
    assert refused, "none of them waited"
    status, _, body = film.get(Range=f"bytes={refused[0]}-")
    assert status == 503 and reason in body.decode()
