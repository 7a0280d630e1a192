"""TinyTorrent's fs-*, system-* and app-shutdown of `./bittern daemon`: for whoever has the token, and for nobody else."""

import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import time

import pytest

from harness import payloads
from harness.engine_rpc import EXIT_SECONDS, ROOT
from harness.payloads import MIB
from harness.waiting import Deadline, crowding, wait_until

LARGE = (5 << 30) + 1


class Extended:
    """Calls of extended methods, with the token."""

    def __init__(self, daemon, token=None):
        self._daemon = daemon
        self._token = {"X-TT-Auth": token or daemon.connection["token"]}

    def __call__(self, method, **arguments):
        status, _, body = self._daemon.exchange(body=json.dumps({"method": method, "arguments": arguments, "tag": 5}).encode(), headers=self._token)
        reply = json.loads(body)
        assert status == 200 and reply["tag"] == 5, (status, body)
        return reply["result"], reply["arguments"]

    def succeeds(self, method, **arguments):
        result, answer = self(method, **arguments)
        assert result == "success", answer
        return answer

    def fails(self, method, **arguments):
        result, answer = self(method, **arguments)
        assert result == "error", answer
        return answer["message"]


def test_directories_are_shown_to_whoever_has_the_token(make_daemon, work):
    files = work / "files"
    (files / "sub").mkdir(parents=True)
    (files / "a b\n.txt").write_text("12345")
    with open(files / "large", "wb") as large:
        large.truncate(LARGE)
    (files / "ünïcode").write_text("")
    (files / "link").symlink_to(files / "sub")
    with open(os.fsencode(files) + b"/bad\xff", "wb"):
        pass
    home = work / "home"
    home.mkdir()
    daemon = make_daemon(environment={"BITTERN_JAVA_OPTS": f"-Duser.home={home}"})
    call = Extended(daemon)

    assert {"fs-browse", "fs-create-dir"} <= set(call.succeeds("tt-get-capabilities")["features"])
    answer = call.succeeds("fs-browse", path=str(files / "sub" / ".."))
    assert answer["path"] == str(files) and answer["parent"] == str(work) and answer["separator"] == "/"
    found = [(e["name"], e["type"], e["size"]) for e in answer["entries"]]
    assert found == [("a b\n.txt", "file", 5), ("bad\ufffd", "file", 0), ("large", "file", LARGE), ("link", "directory", 0),
                     ("sub", "directory", 0), ("ünïcode", "file", 0)]
    assert call.succeeds("fs-browse")["path"] == str(home)
    space = call.succeeds("fs-space", path=str(work / "no" / "where"))
    vfs = os.statvfs(work)
    assert space["totalBytes"] == space["total_size"] == vfs.f_blocks * vfs.f_frsize
    assert 0 < space["freeBytes"] == space["size-bytes"] <= space["totalBytes"]
    assert call.succeeds("fs-create-dir", path=str(files / "x" / "y"))["created"] is True
    assert (files / "x" / "y").is_dir()

    for path in (str(work / "nope"), str(files / "large"), str(files / "large" / "x")):
        assert call.fails("fs-browse", path=path) == "path not found", path
    for path in ("", ".", "files", "/a\0b", 7, [], {}):
        assert call.fails("fs-browse", path=path) == "invalid argument", path
    assert call.fails("fs-space") == "invalid argument"
    modern = {"jsonrpc": "2.0", "id": 1, "method": "fs_space", "params": {"path": str(work)}}
    status, body = daemon.post(modern, headers={"X-TT-Auth": daemon.connection["token"]})
    assert status == 200 and json.loads(body)["result"]["total_bytes"] == space["totalBytes"]

    for method in ("fs-browse", "fs-space", "fs-create-dir"):
        message = {"method": method, "arguments": {"path": str(work / "untouched")}}
        assert daemon.post(message)[0] == 401, method  # loopback and session id are not enough
        assert daemon.post(message, headers={"X-TT-Auth": "wrong"})[0] == 401, method
    assert not (work / "untouched").exists()


@pytest.mark.parametrize("way", ["settings", "option"])
def test_roots_are_the_limit_whatever_the_path_looks_like(make_daemon, work, way):
    inside, outside = work / "in", work / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("planted")
    (inside / "door").symlink_to(outside)
    daemon = (make_daemon(rpc_browse_roots=[str(inside)]) if way == "settings" else
              make_daemon(arguments=("--port", "0", "--set", f"org.bittern.tinytorrent.fs:roots={inside}")))
    call = Extended(daemon)
    answer = call.succeeds("fs-browse")
    assert answer["path"] == str(inside) and answer["parent"] is None and answer["roots"] == [str(inside)]
    assert [(e["name"], e["type"], e["size"]) for e in answer["entries"]] == [("door", "other", 0)]
    for path in (outside, work, "/", "/etc", f"{inside}/..", f"{inside}/door", f"{inside}/door/secret", f"{inside}/../out", f"{inside}-", f"//{outside}",
                 f"{inside}/./../out/secret", work / "no"):
        for method in ("fs-browse", "fs-space", "fs-create-dir"):
            assert call.fails(method, path=str(path)) == "access denied", (method, path)
    assert call.fails("fs-browse", path=f"{inside}/no") == "path not found"
    assert sorted(os.listdir(outside)) == ["secret"] and os.listdir(inside) == ["door"]
    settings = json.loads(daemon.settings_file.read_text())
    settings["rpc-browse-roots"] = [str(outside)]
    daemon.settings_file.write_text(json.dumps(settings))
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: call.succeeds("fs-browse")["path"] == str(outside), 30, "another root")
    assert call.fails("fs-browse", path=str(inside)) == "access denied"


def xdg(work, **more):
    """The environment of a user whose home is in the directory of the test, and who has no desktop session."""
    variables = {"HOME": str(work / "home"), "XDG_DATA_HOME": str(work / "share"), "XDG_CONFIG_HOME": str(work / "config"),
                 "XDG_CURRENT_DESKTOP": "", "DESKTOP_SESSION": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    (work / "home").mkdir(exist_ok=True)
    return {**variables, **more}


@pytest.mark.slow
def test_magnets_and_torrents_are_given_to_the_daemon(make_daemon, work, seed):
    payload = payloads.single(work / "ori gin", seed, 1000)
    environment = xdg(work, BITTERN_TOKEN="planted-token")
    daemon = make_daemon(environment=environment)
    call = Extended(daemon, "planted-token")
    assert "system-register-handler" in call.succeeds("tt-get-capabilities")["features"]
    assert call.succeeds("system-register-handler") == {}
    for kind in ("x-scheme-handler/magnet", "application/x-bittorrent"):
        asked = subprocess.run(["xdg-mime", "query", "default", kind], env={**os.environ, **environment}, capture_output=True, text=True, check=True)
        entry = work / "share/applications" / asked.stdout.strip()
        text = entry.read_text()
        assert f"MimeType={kind};" in text
        command = shlex.split(next(line for line in text.splitlines() if line.startswith("Exec="))[len("Exec="):])
        assert command == [f"{ROOT}/bittern", "add", "--data", str(daemon.data), "--", "%u" if "magnet" in kind else "%f"]
        assert "planted-token" not in text
        # As a desktop runs it.
        given = f"magnet:?xt=urn:btih:{'ab' * 20}&dn=--help" if "magnet" in kind else str(payload.torrent_file)
        done = subprocess.run([*command[:-1], given], env={**os.environ, **xdg(work)}, capture_output=True, text=True, timeout=60 * crowding())
        assert done.returncode == 0, done
    assert {t["hashString"] for t in daemon.torrents("hashString")} == {"ab" * 20, str(payload.info.info_hash())}


def test_a_home_that_cannot_be_written_is_permission_denied(make_daemon, work):
    # A directory where nobody, not even root, makes directories.
    call = Extended(make_daemon(environment=xdg(work, XDG_DATA_HOME="/sys/bittern-test")))
    result, answer = call("system-register-handler")
    assert (result, answer["message"]) == ("permission-denied", "permission denied")


def test_without_a_desktop_nothing_is_opened_and_nothing_announced(make_daemon, work):
    daemon = make_daemon(environment=xdg(work))
    call = Extended(daemon)
    file = work / "a.txt"
    file.write_text("x")
    assert "system-integration" not in call.succeeds("tt-get-capabilities")["features"]
    for method in ("system-open", "system-reveal"):
        assert call.fails(method, path=str(file)) == "no desktop session"
        assert call.fails(method, path=str(work / "no")) == "path not found"
        assert call.fails(method, path="a.txt") == "invalid argument"
        assert daemon.post({"method": method, "arguments": {"path": str(file)}})[0] == 401
    for method in ("system-register-handler", "app-shutdown"):
        assert daemon.post({"method": method})[0] == 401
    assert daemon.process.poll() is None


def test_a_desktop_opens_files_by_its_own_program(make_daemon, work):
    programs = work / "programs"
    programs.mkdir()
    (programs / "xdg-open").write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$1" "$BITTERN_TOKEN" >>"{work}/opened"\n')
    (programs / "xdg-open").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    call = Extended(make_daemon(environment=xdg(work, DISPLAY=":77", PATH=path, BITTERN_TOKEN="planted-token")), "planted-token")
    assert "system-integration" in call.succeeds("tt-get-capabilities")["features"]
    odd = work / "-a $(touch x); `y`.mkv"
    odd.write_text("x")
    script = work / "film.mkv"
    script.write_text("#!/bin/sh")
    opened = work / "opened"
    for lines, method in ((3, "system-open"), (6, "system-reveal")):
        assert call.succeeds(method, path=str(odd)) == {}
        wait_until(lambda least=lines: opened.exists() and opened.read_text().count("\n") >= least, 20, "the program was called")
    assert call.fails("system-open", path=str(script)) == "access denied"
    assert opened.read_text().split("\n") == ["1", str(odd), "", "1", str(work), "", ""]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["app-shutdown", "session-close"])
def test_an_orderly_end_answers_lets_nobody_in_and_keeps_everything(make_daemon, seeder, work, ports, seed, method):
    payload = payloads.single(work / "origin", seed, 4 * MIB)
    with socket.create_server(("127.0.0.1", ports.next())) as deaf:  # a tracker that never answers must not hold up the end
        daemon = make_daemon("same")
        call = Extended(daemon)
        call.succeeds("torrent-add", filename=str(payload.torrent_file))
        call.succeeds("torrent-set", ids=[1], trackerAdd=[f"http://127.0.0.1:{deaf.getsockname()[1]}/announce"])
        seeder.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", daemon.call("session-get")["peer-port"])])
        wait_until(lambda: daemon.torrents("percentDone")[0]["percentDone"] == 1, 60, "the file is there")
        payload.wait_equal(daemon.downloads)
        limit = Deadline(EXIT_SECONDS)
        assert call.succeeds(method) == {}
        seen = []
        while daemon.process.poll() is None:
            assert not limit.passed, f"it runs on after {EXIT_SECONDS} s"
            try:
                seen.append(daemon.exchange(body=b'{"method":"session-get"}', headers={"X-TT-Auth": daemon.connection["token"]})[0])
            except (OSError, http.client.HTTPException):
                seen.append("closed")
            time.sleep(0.05)
        assert daemon.process.returncode == 0
    # One may be on its way while the door is shut; whoever comes later is turned away.
    refused = [answer for answer in seen if answer in (503, "closed")]
    assert 200 not in seen[seen.index(refused[0]):] if refused else True, seen
    assert not (daemon.data / "connection.json").exists()

    # What was changed behind its back is only seen by whoever checks.
    file = daemon.downloads / payload.name
    before = file.stat()
    with open(file, "r+b") as data:
        first = data.read(1)[0]
        data.seek(0)
        data.write(bytes([first ^ 1]))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = make_daemon("same")
    wait_until(lambda: again.torrents("status", "percentDone")[0] == {"status": 6, "percentDone": 1}, 60, "seeds without a check")
    again.call("torrent-verify", ids=[1])
    wait_until(lambda: again.torrents("percentDone")[0]["percentDone"] < 1, 60, "a check finds it")
