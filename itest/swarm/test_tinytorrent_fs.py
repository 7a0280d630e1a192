"""TinyTorrent's fs-* of `./bittern daemon`: files of the machine, seen by whoever has the token and by nobody else."""

import json
import os

import pytest

from harness.daemon_rpc import Daemon
from harness.loopback import foreign_peers

LARGE = (5 << 30) + 1


@pytest.fixture
def make_daemon(work, ports):
    daemons = []

    def make(name="daemon", **options):
        daemon = Daemon(work / name, ports.next(), **options)
        daemons.append(daemon)
        return daemon

    yield make
    foreign = [foreign_peers(d.process.pid) for d in daemons if d.process.poll() is None]
    for daemon in daemons:
        daemon.close()
    assert not any(foreign), f"talked to other machines: {foreign}"


class Extended:
    """Calls of extended methods, with the token."""

    def __init__(self, daemon):
        self._daemon = daemon
        self._token = {"X-TT-Auth": daemon.connection["token"]}

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


def test_roots_are_the_limit_whatever_the_path_looks_like(make_daemon, work):
    inside, outside = work / "in", work / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("planted")
    (inside / "door").symlink_to(outside)
    call = Extended(make_daemon(arguments=("--port", "0", "--set", f"org.bittern.tinytorrent.fs:roots={inside}")))
    answer = call.succeeds("fs-browse")
    assert answer["path"] == str(inside) and answer["parent"] is None and answer["roots"] == [str(inside)]
    assert [(e["name"], e["type"], e["size"]) for e in answer["entries"]] == [("door", "other", 0)]
    for path in (outside, work, "/", "/etc", f"{inside}/..", f"{inside}/door", f"{inside}/door/secret", f"{inside}/../out", f"{inside}-", f"//{outside}",
                 f"{inside}/./../out/secret", work / "no"):
        for method in ("fs-browse", "fs-space", "fs-create-dir"):
            assert call.fails(method, path=str(path)) == "access denied", (method, path)
    assert call.fails("fs-browse", path=f"{inside}/no") == "path not found"
    assert sorted(os.listdir(outside)) == ["secret"] and os.listdir(inside) == ["door"]
