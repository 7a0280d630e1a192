"""HTTP of the streaming endpoint, over both brains (S3): waiting, ranges, conditions, clients that leave."""

import contextlib
import email.parser
import http.client
import json
import pathlib
import socket

import pytest
from harness import processes
from harness.engine_rpc import ROOT
from harness.waiting import wait_until
from harness_stream.stages import Endpoint

LENGTH = 3 * 1024 * 1024 + 17
LARGE = 24 * 1024 * 1024 + 5  # more than systems hold for a connection
ROOM = 64 * 1024


def content(stage):
    return (pathlib.Path(stage.payload.root) / stage.payload.name).read_bytes()


def test_what_is_missing_is_waited_for_and_what_comes_is_right(stage):
    endpoint, data = stage.endpoint, content(stage)
    # Nothing of this waits, although nothing is there.
    status, headers, body = endpoint.get("HEAD", Range="bytes=0-1")
    assert (status, headers["Content-Length"], headers["Accept-Ranges"], body) == (200, str(LENGTH), "bytes", b"")
    assert headers["ETag"].startswith('"') and headers["Content-Type"] == "video/x-matroska"
    assert headers["X-Content-Type-Options"] == "nosniff"
    tag, modified = headers["ETag"], headers["Last-Modified"]
    status, headers, _ = endpoint.get(Range=f"bytes={LENGTH}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{LENGTH}")
    assert endpoint.get(Range="bytes=-0")[0] == 416
    assert endpoint.get(If_Match='"other"')[0] == 412
    status, headers, body = endpoint.get(If_None_Match=tag)
    assert (status, headers["ETag"], body) == (304, tag, b"") and headers["Content-Length"] in (None, str(LENGTH))
    assert endpoint.get(If_Modified_Since=modified)[0] == 304
    assert endpoint.get("DELETE")[0] == 405
    assert endpoint.get(path=endpoint.path[:-1] + "x")[0] == 404

    ends = endpoint.later(Range="bytes=-1000")
    begins = endpoint.later(Range="bytes=0-1023")
    whole = endpoint.later()
    wait_until(lambda: len(stage.needed()) == 3, 30, "three windows are waited for")
    assert not any(later.result for later in (ends, begins, whole))
    stage.release()
    status, headers, body = begins.wait()
    assert (status, headers["Content-Range"], headers["Content-Length"]) == (206, f"bytes 0-1023/{LENGTH}", "1024")
    assert body == data[:1024]
    assert ends.wait()[2] == data[-1000:]
    assert whole.wait()[0] == 200 and whole.wait()[2] == data
    # The validators are the same as before anything was there.
    status, headers, _ = endpoint.get(Range="bytes=5-5")
    assert (status, headers["ETag"], headers["Last-Modified"]) == (206, tag, modified)
    assert stage.needed() == []


def test_contents_are_for_who_has_a_ticket_also_without_a_password(local):
    """S3-20. Who may call learns what there is, and gets tickets; a URL that somebody guessed opens nothing."""
    local.release()
    path, data = local.endpoint.path, content(local)
    anyone = Endpoint(local.endpoint.port, path)
    listed = json.loads(anyone.get(path=f"/stream?group={local.file_id.partition('-')[0]}")[2])["files"][0]["url"]
    played = next(line for line in anyone.get(path="/playlist.m3u8")[2].decode().splitlines() if path in line)
    made = json.loads(anyone.get("POST", path=f"{path}/ticket")[2])["url"]
    for url in (local.url, listed, played, made):
        assert anyone.get(path=url[url.index("/stream"):], Range="bytes=5-9")[2] == data[5:10]
    ticket = made.partition("?")[2]
    for wrong in ("", "?ticket=1.x", f"?{ticket}x", f"/vtt?{ticket}"):
        for method in ("GET", "HEAD"):
            status, headers, _ = anyone.get(method, path=path + wrong)
            if "vtt" in wrong:
                assert status == 404, "it is no subtitle"
            else:
                assert status == 401 and headers["WWW-Authenticate"], wrong
    assert anyone.get(X_TT_Auth="wrong")[0] == 401
    assert anyone.get(path=f"{path[:-1]}7?{ticket}")[0] == 404
    # A client of HTTP/1.0 names no host; its URLs have the address that it called.
    root = f"http://127.0.0.1:{anyone.port}/stream/"
    status, body = old_player(anyone.port, "/playlist.m3u8")
    url = next(line for line in body.decode().splitlines() if line.startswith(root))
    assert status == 200 and old_player(anyone.port, url[url.index("/stream"):]) == (206, data[5:10])
    assert [old_player(anyone.port, target)[0] for target in (path, "/")] == [401, 403]


def old_player(port, target):
    """Status and body of what a client of HTTP/1.0 asks for."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as connection:
        connection.sendall(f"GET {target} HTTP/1.0\r\nRange: bytes=5-9\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: connection.recv(1 << 16), b"")).partition(b"\r\n\r\n")
        return int(head.split()[1]), body


def test_a_client_says_how_long_it_waits(stage):
    endpoint = stage.endpoint
    for wrong in ("0", "x", "-1", "86401", ""):
        assert endpoint.get(path=endpoint.path + "?wait=" + wrong)[0] == 400, wrong
    status, headers, _ = endpoint.get(path=endpoint.path + "?wait=1", Range="bytes=0-9")
    assert status == 503 and headers["Retry-After"]
    wait_until(lambda: stage.needed() == [], 20, "nobody waits; a brain elsewhere hears of it a moment later")
    stage.release()
    assert endpoint.get(path=endpoint.path + "?wait=60", Range="bytes=0-9")[2] == content(stage)[:10]


def test_ranges_and_conditions(stage):
    stage.release()
    endpoint, data = stage.endpoint, content(stage)
    tag = endpoint.get("HEAD")[1]["ETag"]
    for text, part in (("bytes=100-", data[100:]), ("bytes=7-7", data[7:8]), (f"bytes=9-{LENGTH * 2}", data[9:]),
                       (f"bytes=-{LENGTH * 2}", data), ("bytes=20-29,30-39", data[20:40])):
        status, headers, body = endpoint.get(Range=text)
        assert (status, body == part) == (206, True), text
    for text in ("bytes=5-4", "lines=1-2", "bytes=x-", "bytes=0-0," + ",".join(f"{i}-{i}" for i in range(2, 40, 2))):
        assert endpoint.get(Range=text)[0] == 200, text
    assert endpoint.get(Range="bytes=1-2", If_Range=tag)[0] == 206
    assert endpoint.get(Range="bytes=1-2", If_Range="W/" + tag)[0] == 200
    assert endpoint.get(Range="bytes=1-2", If_Match=tag)[0] == 206
    assert endpoint.get(If_Match="W/" + tag)[0] == 412
    status, headers, body = endpoint.get(Range="bytes=0-9,100-109,-10")
    assert status == 206
    message = email.parser.BytesParser().parsebytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    ranges = [part["Content-Range"] for part in message.get_payload()]
    assert ranges == [f"bytes 0-9/{LENGTH}", f"bytes 100-109/{LENGTH}", f"bytes {LENGTH - 10}-{LENGTH - 1}/{LENGTH}"]
    assert data[100:110] in body and data[-10:] in body
    status, headers, _ = endpoint.get("HEAD", path=endpoint.path + "?download=1")
    assert headers["Content-Disposition"] == "attachment; filename=\"film.mkv\"; filename*=UTF-8''film.mkv"


def test_a_client_that_leaves_is_noticed_while_it_waits(stage):
    first = stage.endpoint.later(Range="bytes=0-")
    wait_until(lambda: len(stage.needed()) == 1, 30, "waited for")
    for start in (1_000_000, 2_000_000):
        second = stage.endpoint.later(Range=f"bytes={start}-")
        wait_until(lambda: len(stage.needed()) == 2, 30, "both waited for")
        first.leave()
        wait_until(lambda: [w[0] for w in stage.needed()] == [start], 2, "only the newer one is waited for (S3-31)")
        first = second
    stage.release()
    status, _, body = first.wait()
    assert (status, body) == (206, content(stage)[2_000_000:])


def test_many_that_wait_cost_no_platform_threads(stage):
    before = _threads(stage)
    waiting = [stage.endpoint.later(Range=f"bytes={i * 1000}-{i * 1000 + 9}") for i in range(100)]
    wait_until(lambda: len(stage.needed()) == 100, 60, "a hundred wait")
    assert len(_threads(stage)) < len(before) + 60
    assert not [name for name in _threads(stage) if name.startswith("qtp")], "a burst leaves no pool: the server's own threads are virtual too"
    assert stage.endpoint.get("HEAD")[0] == 200
    stage.release()
    data = content(stage)
    for i, later in enumerate(waiting):
        assert later.wait()[2] == data[i * 1000:i * 1000 + 10]


def _threads(stage):
    """The names of the platform threads."""
    names = []
    for task in pathlib.Path(f"/proc/{stage.plane.process.pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            names.append((task / "comm").read_text().strip())
    return names


def test_lists_and_contents_are_for_who_knows_the_password_or_token(stage):
    """S3-20, of a process that was given one; it printed a URL with a ticket all the same."""
    stage.release()
    nobody = Endpoint(stage.endpoint.port, stage.endpoint.path)
    for path in ("/stream", "/playlist.m3u8", stage.endpoint.path, f"{stage.endpoint.path}/status"):
        assert nobody.get(path=path)[0] == 401, path
    assert nobody.get(path=stage.url[stage.url.index("/stream"):], Range="bytes=5-9")[2] == content(stage)[5:10]


@pytest.mark.parametrize("payload", [LARGE], indirect=True)
def test_a_slow_reader_gets_all_and_holds_up_nobody(stage):
    stage.release()
    data = content(stage)
    on_its_way = int(pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2]) + 2 * ROOM
    assert on_its_way < LARGE / 2, "a server that sends all at once would not be held up"
    slow = stage.endpoint.open(room=ROOM)
    got = slow.read(1000)
    for start in (5, LARGE // 2, LARGE - 10):
        assert stage.endpoint.get(Range=f"bytes={start}-{start + 4}")[2] == data[start:start + 5]
    assert got + slow.read() == data
    slow.close()


def test_a_lost_process_never_looks_like_a_whole_file(stage):
    later = stage.endpoint.later()
    wait_until(lambda: len(stage.needed()) == 1, 30, "waited for")
    stage.plane.process.terminate()
    result = later.wait()
    assert isinstance(result, (http.client.HTTPException, OSError)) or result[0] == 503, result


def test_an_address_where_nobody_would_be_let_in_is_refused(work, payload):
    ended = processes.run([f"{ROOT}/bittern", "stream", payload.torrent_file, "--bind", "192.0.2.1", "--port", "0", "--data", work / "data"], 100)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "bittern: --bind 192.0.2.1: nobody is let in there without --password USER:PASSWORD\n"
