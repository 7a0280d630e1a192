"""Real players on files that are not there yet (S3-47): ffmpeg, mpv, VLC, Chromium. A player that is content exits with 0."""

import contextlib
import hashlib
import os
import pathlib
import subprocess
import tempfile
import threading

import pytest
from harness import payloads
from harness.waiting import wait_until
from harness_stream import media, shell
from harness_stream.browser import VideoPage
from harness_stream.stages import LocalStage

LUA = pathlib.Path(__file__).resolve().parent / "harness_stream" / "mpv.lua"
RATE = 900_000
SLOW = 100_000  # what lies behind the first mebibyte and before the last does not come during the first ten seconds
SECONDS = 20


@pytest.fixture(scope="session")
def films(tmp_path_factory):
    return media.make(tmp_path_factory.mktemp("films"), SECONDS)


@pytest.fixture
def play(work, ports, films, make_session):
    """Begins to stream a film from one seed with a slow line."""
    stages = []

    def make(name, rate=RATE, **more):
        payload = payloads.torrent_of(films, name, 64 * 1024)
        directory = work / str(len(stages))
        directory.mkdir()
        stage = LocalStage(directory, ports, payload, lambda: make_session(upload_rate_limit=rate), **more)
        stages.append(stage)
        stage.release()
        return stage

    yield make
    for stage in stages:
        stage.close()


def digest_of_frames(source):
    return media.ffmpeg("-i", source, "-map", "0", "-c", "copy", "-f", "md5", "-").stdout


@pytest.mark.parametrize("name", media.FORMS)
def test_ffmpeg_decodes_every_frame_without_a_complaint(play, films, name):
    stage = play(name, rate=0)
    decoded = media.ffmpeg("-xerror", "-i", stage.url, "-f", "null", "-")
    assert decoded.stderr == ""
    assert digest_of_frames(stage.url) == digest_of_frames(films / name)


def lacks(stage, films, begin, end):
    """Whether nothing of some seconds of the film is there: bytes and seconds go together."""
    length = (films / stage.payload.name).stat().st_size
    return stage.lacks(int(length * begin / SECONDS), int(length * end / SECONDS))


def share_missing(stage, films):
    return sum(end - begin + 1 for begin, end in stage.missing()) / (films / stage.payload.name).stat().st_size


def hurry(stage):
    """The seed sends as fast as in the other tests from now on."""
    stage.seed.handles[0].set_upload_limit(RATE)


def test_ffprobe_and_a_seek_on_a_slow_line_do_not_load_the_whole_file(play, films):
    stage = play("film.mkv", rate=SLOW)
    probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", stage.url],
                           capture_output=True, text=True, check=True, timeout=100)
    assert abs(float(probe.stdout) - SECONDS) < 1
    assert share_missing(stage, films) > 0.5, "it needs neither the middle nor what follows the begin"
    cut = media.ffmpeg("-ss", "13", "-i", stage.url, "-t", "1", "-f", "null", "-")
    assert cut.stderr == ""
    assert share_missing(stage, films) > 0, "the whole file was loaded"


def run_mpv(url, target, sought, seconds=150):
    """Its exit code and what it told; sought is called when it is told to seek."""
    events = []
    with subprocess.Popen(
            ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", f"--script={LUA}", f"--script-opts=target={target}", url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as player:
        watchdog = threading.Timer(seconds, player.kill)
        watchdog.start()
        try:
            for line in player.stdout:
                words = line.split()
                if len(words) == 3:
                    events.append((words[1], words[2]))
                if words[1:2] == ["seek"]:
                    sought()
            return player.wait(60), events
        finally:
            watchdog.cancel()
            player.kill()


def test_mpv_plays_and_seeks_to_what_is_not_there(play, films):
    stage = play("last.mp4", rate=SLOW)
    absent = []

    def sought():
        absent.append(lacks(stage, films, 11.7, 13.2))
        hurry(stage)

    code, events = run_mpv(stage.url, 12, sought)
    assert code == 0, events
    names = [name for name, _ in events]
    assert "first" in names and "sought" in names and "end-error" not in names, events
    assert absent == [True], "the target was there already"
    [position] = [float(position) for name, position in events if name == "sought"]
    assert abs(position - 12) < 1.5


@pytest.mark.parametrize("bundle", ["org.bittern.stream", "org.bittern.stream.local", "org.bittern.engine"])
def test_mpv_plays_on_while_a_bundle_is_replaced(play, ports, work, bundle):
    port = ports.next()
    # A line so slow that the body is still under way; it is let go when the bundle has been replaced.
    stage = play("film.mkv", rate=120_000, arguments=shell.arguments(), environment=shell.environment(port, work / "shell"))
    reloads = 0
    with contextlib.closing(shell.Shell(port)) as gogo, subprocess.Popen(
            ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", f"--script={LUA}", "--script-opts=through=yes", stage.url],
            stdout=subprocess.PIPE, text=True) as player:
        watchdog = threading.Timer(200, player.kill)
        watchdog.start()
        try:
            positions, names = [], []
            for line in player.stdout:
                _, name, position = line.split()
                names.append(name)
                if name != "at" or position == "nil":
                    continue
                positions.append(float(position))
                if reloads < 2 and positions[-1] > 1 + 2 * reloads:
                    gogo.reload(bundle)
                    reloads += 1
                    if reloads == 2:
                        stage.seed.handles[0].set_upload_limit(0)
            assert player.wait(60) == 0
        finally:
            watchdog.cancel()
            player.kill()
    assert reloads == 2 and names[-1] == "end-eof", names
    assert all(after > before - 0.5 for before, after in zip(positions, positions[1:])), positions
    assert positions[-1] > SECONDS - 3


def as_nobody():
    """VLC refuses to be root."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


def test_vlc_plays_from_the_middle(play):
    stage = play("film.mkv")
    with tempfile.TemporaryDirectory() as home:  # where nobody may write, too
        os.chmod(home, 0o777)
        out = pathlib.Path(home) / "out.ts"
        played = subprocess.run(
            [*as_nobody(), "vlc", "-I", "dummy", "--no-video-title-show", "--start-time=10", "--stop-time=13", "--play-and-exit",
             f"--sout=#standard{{access=file,mux=ts,dst={out}}}", stage.url], env={**os.environ, "HOME": home},
            capture_output=True, text=True, timeout=150, check=False)
        assert played.returncode == 0, played.stderr[-2000:]
        shown = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries",
                                "stream=nb_read_packets", "-of", "csv=p=0", str(out)],
                               capture_output=True, text=True, check=True, timeout=60)
    # Three seconds have 75 pictures; VLC begins at the picture before that stands alone.
    assert 50 <= int(shown.stdout.split()[0].strip(",")) <= 200, (shown.stdout, played.stderr[-2000:])


@pytest.mark.parametrize("name", media.FORMS)
def test_chromium_plays_seeks_to_what_is_not_there_and_to_the_end(play, films, work, name):
    with contextlib.closing(VideoPage(work)) as browser:
        stage = play(name, rate=SLOW)
        browser.play(stage.url)
        state = browser.wait(lambda s: s["time"] > 0.3, 100, "the picture moves")
        assert abs(state["length"] - SECONDS) < 1
        assert lacks(stage, films, 11.7, 13.2), "the target was there already"
        browser.seek(12)
        hurry(stage)
        browser.wait(lambda s: not s["seeking"] and s["time"] > 12.2, 100, "it plays from the target")
        browser.seek(SECONDS - 1)
        state = browser.wait(lambda s: s["ended"], 100, "it ends")
        assert "error" not in state["events"]


def test_what_was_streamed_is_what_was_shared(play, films):
    stage = play("first.mp4", rate=0)
    _, _, body = stage.endpoint.get()
    assert hashlib.sha256(body).digest() == hashlib.sha256((films / "first.mp4").read_bytes()).digest()
    wait_until(lambda: stage.needed() == [], 10, "nobody waits")
