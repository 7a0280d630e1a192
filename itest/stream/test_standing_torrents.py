"""Torrents that do not run when somebody wants to stream them (S3-30, S3-43)."""

import base64
import pathlib

import pytest
from harness.daemon_rpc import Daemon
from harness.waiting import wait_until
from harness_stream.stages import Endpoint

NOBODY = "5" * 40
STOPPED, CHECKING, DOWNLOADING = 0, (1, 2), 4  # as Transmission tells them


@pytest.fixture
def daemon(work, ports):
    made = Daemon(work / "daemon", ports.next(), download_queue_enabled=True, download_queue_size=1)
    yield made
    made.close()


def stream(daemon, infohash):
    return Endpoint(daemon.port, f"/stream/{infohash}-0", {"X-TT-Auth": daemon.connection["token"]})


def refused(answer, reason):
    status, headers, body = answer
    assert (status, body.decode()) == (503, reason + "\n") and headers["Retry-After"]


def test_what_stands_is_started_or_refused_with_the_reason(daemon, payload, make_session):
    unknown = stream(daemon, NOBODY)
    assert unknown.get()[0] == 404
    daemon.call("torrent-add", filename=f"magnet:?xt=urn:btih:{NOBODY}")
    assert unknown.get("HEAD")[0] == 503
    refused(unknown.get(path=unknown.path + "?wait=1"), "the metadata is not known yet")

    # The magnet link fills the queue of one.
    added = daemon.call("torrent-add", metainfo=base64.b64encode(payload.torrent_file.read_bytes()).decode(), files_unwanted=[0])
    number = added["torrent-added"]["id"]
    film = stream(daemon, payload.info.info_hash())
    wait_until(lambda: daemon.torrents("status", ids=[number])[0]["status"] not in CHECKING, 30, "checked")
    waiting = film.later(Range="bytes=0-99")
    wait_until(lambda: daemon.torrents("status", ids=[number])[0]["status"] == DOWNLOADING, 30, "it runs, since somebody waits for it")
    daemon.call("torrent-stop", ids=[number])
    refused(waiting.wait(), "the torrent is stopped")
    refused(film.get(), "the torrent is stopped")
    assert daemon.torrents("status", ids=[number])[0]["status"] == STOPPED

    daemon.call("torrent-start", ids=[number])
    waiting = film.later(Range="bytes=0-99")
    seed = make_session()
    seed.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", daemon.call("session-get")["peer-port"])])
    assert waiting.wait()[2] == (pathlib.Path(payload.root) / payload.name).read_bytes()[:100]
    daemon.call("torrent-remove", ids=[number])
    assert film.get()[0] == 404
