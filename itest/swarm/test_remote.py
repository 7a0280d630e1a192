"""The commands to a running daemon, as a person types them."""

import json
import os
import signal
import subprocess

import pytest

from harness import payloads, processes
from harness.engine_rpc import ROOT
from harness.payloads import KIB
from harness.screen import Screen
from harness.tracker import Tracker
from harness.waiting import crowding, wait_until

FILES = {"f0.bin": 100_000, "f1.bin": 200_000, "sub/f2.bin": 70_000}
SECONDS = 100
NO_DAEMON = 3


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), interval=2)
    yield tracker
    tracker.close()


class Remote:
    """./bittern in front of one daemon's data directory."""

    def __init__(self, data, cwd):
        self.data = data
        self.cwd = cwd

    def run(self, *arguments, environment=()):
        """Exit code, standard output, standard error."""
        done = subprocess.run(
            [f"{ROOT}/bittern", *map(str, arguments), "--data", str(self.data)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=SECONDS * crowding(), cwd=self.cwd, env={**os.environ, **dict(environment)})
        assert "Exception" not in done.stderr and "\tat " not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *arguments):
        code, out, err = self.run(*arguments)
        assert code == 0, (arguments, out, err)
        return out

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))

    def fails(self, *arguments, code=1, **options):
        """Its one line."""
        found, out, err = self.run(*arguments, **options)
        assert (found, out) == (code, "") and err.startswith("bittern: ") and err.count("\n") == 1, (arguments, found, out, err)
        return err


@pytest.mark.slow
def test_a_torrent_lives_a_whole_life(make_daemon, seeder, tracker, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    daemon = make_daemon()
    remote = Remote(daemon.data, work)

    assert remote("add", payload.torrent_file, "--paused", "--dir", "here", "--label", "one,two") == "added: 1  tree\n"
    found = remote.json("ls")[0]
    assert (found["name"], found["status"], found["percentDone"]) == ("tree", 0, 0)
    assert f"directory       {work}/here" in remote("info", found["hashString"][:10])
    index = {f["name"].removeprefix("tree/"): f["index"] for f in remote.json("files", "tree")}
    remote("files", "tree", "--only", f"{index['f0.bin']},{index['sub/f2.bin']}", "--high", index["sub/f2.bin"])
    remote("limit", 1, "--down", "2M", "--up", "off")
    limits = daemon.torrents("downloadLimit", "downloadLimited", "uploadLimited", "labels")[0]
    assert limits == {"downloadLimit": 2000, "downloadLimited": True, "uploadLimited": False, "labels": ["one", "two"]}
    remote("limit", "--label", "two", "--down", "300", "--ratio", "1.5", "--session", "off")
    remote("limit", "--label", "two", "--up", "2M")
    shared = remote.json("limit", "--labels")
    assert [(one["name"], one["speed-limit-down"], one["speed-limit-up"], one["ratio-limit"], one["honorsSessionLimits"]) for one in shared] == [("two", 300, 2000, 1.5, False)]
    assert remote("limit", "--label", "two").splitlines()[-1].split() == ["two", "300", "kB/s", "2000", "kB/s", "1.50", "off"]
    remote("limit", "--label", "two", "--forget")
    assert remote.json("limit", "--labels") == []
    assert "no limits" in remote.fails("limit", "--label", "two", "--forget")
    assert "--forget" in remote.fails("limit", "--label", "two", "--forget", "--down", "5", code=2)
    remote("start", "all")
    lines = remote("watch", "--until-done", "--interval", "0.2").splitlines()
    assert lines[-1].split()[:2] == ["1", "100%"], lines
    files = {f["name"]: f for f in remote.json("files", 1)}
    assert not files["tree/f1.bin"]["wanted"] and files["tree/sub/f2.bin"]["priority"] == 1
    assert files["tree/f0.bin"]["bytesCompleted"] == FILES["f0.bin"] and files["tree/sub/f2.bin"]["bytesCompleted"] == FILES["sub/f2.bin"]

    remote("files", 1, "--get", "all")
    remote("watch", 1, "--until-done")
    payload.wait_equal(work / "here", 30)
    assert tracker.http_url in remote("trackers", 1)
    remote("move", 1, work / "there")
    payload.wait_equal(work / "there", 60)
    wait_until(lambda: daemon.torrents("downloadDir")[0]["downloadDir"] == str(work / "there"), 30, "it has moved")
    remote("verify", 1)
    remote("watch", 1, "--until-done")
    remote("stop", 1)
    wait_until(lambda: daemon.torrents("status")[0]["status"] == 0, 20, "stopped")
    remote("rm", 1, "--files")
    assert remote("ls") == ""
    wait_until(lambda: not (work / "there" / payload.name).exists(), 20, "the files are deleted")


@pytest.mark.slow
def test_what_cannot_be_done_is_one_line(make_daemon, work, seed):
    payload = payloads.single(work / "origin", seed, 100 * KIB)
    remote = Remote(work / "nowhere", work)
    assert "no daemon runs on" in remote.fails("ls", code=NO_DAEMON)
    daemon = make_daemon(rpc_authentication_required=True, rpc_username="me", rpc_password="secret")
    remote = Remote(daemon.data, work)
    magnet = f"magnet:?xt=urn:btih:{payload.info.info_hashes().v1}"
    (work / "broken.torrent").write_bytes(b"d4:infoe")
    code, out, err = remote.run("add", magnet, payload.torrent_file, "broken.torrent", "--json")
    assert code == 1 and [o["duplicate"] for o in json.loads(out)] == [False, True], (out, err)
    assert err.startswith("bittern: broken.torrent: ") and err.count("\n") == 1
    assert "no torrent '7'" in remote.fails("rm", "7")
    assert "'fast'" in remote.fails("limit", "--down", "fast", code=2)
    assert "not known yet" in remote.fails("files", 1)
    elsewhere = ("--url", f"http://127.0.0.1:{daemon.port}")
    assert "BITTERN_AUTH" in remote.fails("ls", *elsewhere)
    assert "does not accept" in remote.fails("ls", *elsewhere, environment={"BITTERN_AUTH": "me:wrong"})
    assert remote.run("ls", *elsewhere, environment={"BITTERN_AUTH": "me:secret"})[0] == 0
    remote("settings", "speed-limit-up=77", "speed-limit-up-enabled=true")
    assert remote.json("limit")["speed-limit-up"] == 77
    os.killpg(daemon.process.pid, signal.SIGKILL)
    daemon.process.wait(60)
    assert "has ended without saying so" in remote.fails("ls", code=NO_DAEMON)


def test_the_daemon_ends_when_it_is_told(make_daemon, work):
    daemon = make_daemon()
    remote = Remote(daemon.data, work)
    assert "Bittern" in remote("stats")
    remote("shutdown")
    assert daemon.process.wait(60 * crowding()) == 0


def test_progress_is_drawn_live_on_a_terminal(make_daemon, seeder, tracker, work, seed):
    payload = payloads.single(work / "origin", seed, 600 * KIB, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    daemon = make_daemon()
    screen = Screen()
    process = processes.start([f"{ROOT}/bittern", "watch", "--interval", "0.1", "--data", str(daemon.data)], stdin=screen.end, stdout=screen.end,
                              stderr=screen.end)
    try:
        wait_until(lambda: b"0 torrents" in screen.text, SECONDS, "the first picture")
        daemon.call("torrent-add", filename=str(payload.torrent_file))
        wait_until(lambda: b"[####################]" in screen.text, SECONDS, "a full bar")
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
    finally:
        processes.end(process)
        screen.close()
    text = screen.text
    assert text.startswith(b"\x1b[?25l\x1b[?7l") and b"\x1b[?7h\x1b[?25h" in text, text[-200:]
