"""Two processes: the I/O side of streaming in one, an engine with the brain in another (C-03, S3-10 to S3-14)."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import subprocess

import pytest
from harness.daemon_rpc import QUIET, Daemon
from harness.engine_rpc import ROOT
from harness.scaffold_rpc import ScaffoldProcess
from harness.waiting import crowding, wait_until
from harness_stream.stages import TOKEN, Endpoint

KIB = 1024
DOWNLOADING = 4  # as Transmission tells it
START_SECONDS = 60


class Pair:
    """`./bittern streamer`, and a daemon with the feature `stream.brain`; each can end and begin again."""

    def __init__(self, work, ports, payload):
        self.work, self.payload = work, payload
        self.peer_port, self.port = ports.next(), ports.next()
        self.file_id = f"{payload.info.info_hash()}-0"
        self.film = Endpoint(self.port, f"/stream/{self.file_id}", {"X-TT-Auth": TOKEN})
        with contextlib.ExitStack() as stack:
            self.start_streamer()
            stack.callback(self.streamer.kill)
            self.start_daemon()
            stack.pop_all()

    def start_streamer(self):
        self.streamer = ScaffoldProcess(self.work / "streamer.log", runtime="streamer", arguments=("--port", str(self.port), "--token", TOKEN))
        assert self.streamer.rpc_port == self.port

    def start_daemon(self):
        url = f"org.bittern.stream.brain:url=ws://127.0.0.1:{self.port}/control"
        self.daemon = Daemon(self.work / "daemon", self.peer_port, {"BITTERN_STREAMER_TOKEN": TOKEN},
                             ("--port", "0", "--with", "stream.brain", "--set", url))

    def add(self):
        """Adds the torrent; its number once the I/O side knows the file."""
        torrent = base64.b64encode(self.payload.torrent_file.read_bytes()).decode()
        number = self.daemon.call("torrent-add", metainfo=torrent)["torrent-added"]["id"]
        self.wait_for_head(200)
        return number

    def wait_for_head(self, status):
        wait_until(lambda: self.film.get("HEAD")[0] == status, 30, f"HEAD at the I/O side is answered with {status}")

    def connect(self, seed):
        seed.add(self.payload.torrent_file, self.payload.root, seed=True, peers=[("127.0.0.1", self.peer_port)])

    def own(self, what=""):
        """The same file at the daemon's own endpoint."""
        own = Endpoint(self.daemon.port, f"{self.film.path}{what}", {"X-TT-Auth": self.daemon.connection["token"]})
        return own.get("GET" if what else "HEAD")

    def needed(self):
        return json.loads(self.own("/status")[2])["needed"]

    def content(self):
        return (pathlib.Path(self.payload.root) / self.payload.name).read_bytes()

    def close(self):
        self.daemon.close()
        self.streamer.kill()


@pytest.fixture
def pair(work, ports, payload):
    made = Pair(work, ports, payload)
    yield made
    made.close()


def test_a_file_is_read_at_one_process_while_the_other_downloads_it(pair, make_session):
    pair.wait_for_head(404)  # 503 until the brain has connected
    number, data = pair.add(), pair.content()
    headers, own = pair.film.get("HEAD")[1], pair.own()[1]
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert headers[name] == own[name], name
    listed = json.loads(pair.film.get(path=f"/stream?group={pair.payload.info.info_hash()}")[2])["files"]
    assert [(file["fileId"], file["name"]) for file in listed] == [(pair.file_id, pair.payload.name)]

    whole = pair.film.later()
    wait_until(lambda: [start for start, _ in pair.needed()] == [0], 30, "its begin is waited for")
    leaves = pair.film.later(Range="bytes=1000000-")
    wait_until(lambda: len(pair.needed()) == 2, 30, "both are waited for")
    seeks = pair.film.later(Range="bytes=-1000")
    leaves.leave()
    wait_until(lambda: sorted(start for start, _ in pair.needed()) == [0, len(data) - 1000], 30, "nothing is needed for who has left")
    pair.connect(make_session())
    assert seeks.wait()[::2] == (206, data[-1000:])
    assert whole.wait()[::2] == (200, data)
    assert pair.needed() == []

    pair.daemon.call("torrent-remove", ids=[number])
    pair.wait_for_head(404)
    assert pair.film.get()[0] == 404


def test_a_brain_that_is_killed_breaks_bodies_off_and_one_that_comes_back_goes_on(pair, make_session):
    pair.add()
    data = pair.content()
    pair.connect(make_session(upload_rate_limit=256 * KIB))
    running = pair.film.open()
    assert running.read(1000) == data[:1000]
    waits = pair.film.later(Range="bytes=-1000000")
    wait_until(lambda: len(pair.needed()) == 2, 30, "both wait for what comes slowly")
    pair.daemon.close()
    answer = waits.wait()
    assert isinstance(answer, http.client.IncompleteRead) or answer[0] == 503, answer
    with pytest.raises(http.client.IncompleteRead) as broken:
        running.read()
    assert data[1000:].startswith(broken.value.partial), "what was granted, and no more"
    running.close()
    status, headers, _ = pair.film.get(Range="bytes=-1000000")
    assert status == 503 and headers["Retry-After"]
    assert pair.film.get("HEAD")[0] == 200, "the file stays known"

    pair.start_daemon()
    wait_until(lambda: pair.daemon.torrents("status")[0]["status"] == DOWNLOADING, 30, "it is checked, and runs")
    pair.connect(make_session())  # the other seed does not come back for a minute
    wait_until(lambda: pair.film.get(Range="bytes=0-9")[::2] == (206, data[:10]), 30, "it streams again")
    assert pair.film.get()[::2] == (200, data)


def test_an_io_side_that_is_lost_wants_nothing_and_is_dialled_again(pair, make_session):
    pair.add()
    pair.film.later()
    wait_until(lambda: len(pair.needed()) == 1, 30, "waited for")
    pair.streamer.kill()
    wait_until(lambda: pair.needed() == [], 30, "nobody is there to wait")
    pair.start_streamer()
    pair.wait_for_head(200)
    pair.connect(make_session())
    assert pair.film.get()[::2] == (200, pair.content())


def test_a_wrong_url_ends_the_start_with_what_is_allowed(work, ports):
    (work / "data").mkdir()
    (work / "data/settings.json").write_text(json.dumps({**QUIET, "peer-port": ports.next()}))
    words = ["daemon", "--port", "0", "--data", str(work / "data"), "--with", "stream.brain", "--set", "org.bittern.stream.brain:url=http://127.0.0.1:1/"]
    done = subprocess.run([f"{ROOT}/bittern", *words], capture_output=True, text=True, timeout=START_SECONDS * crowding(), env=os.environ)
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if line.startswith("bittern: component org.bittern.stream.brain.")]
    assert len(told) == 1 and "failed: url is 'http://127.0.0.1:1/', allowed is ws://HOST:PORT/control" in told[0], done.stderr
    assert "\tat " not in done.stderr and "Exception" not in done.stderr, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.startswith("listening at ")] == []
