"""The control WebSocket: who may be a brain, what it may say, and what happens when it goes (S3-10 to S3-14, S3-33)."""

import contextlib
import http.client
import json

import pytest
from harness.waiting import wait_until
from harness_stream.stages import TOKEN, Brain, Endpoint, RemoteStage
from harness_stream.websocket import Refused, WebSocket


def request_of(brain, number):
    wait_until(lambda: len(brain.requests) > number, 30, f"request {number}")
    return brain.requests[number]


def data_of(stage):
    return stage.file.read_bytes()


def test_only_the_token_opens_it(remote):
    for path, headers in (("/control", ()), ("/control?token=wrong", ()), ("/control", (("X-TT-Auth", "wrong"),)),
                          ("/control", (("X-TT-Auth", TOKEN), ("Origin", "http://evil.example")))):
        with pytest.raises(Refused) as refused:
            WebSocket(remote.port, path, headers)
        assert refused.value.status == 403, path
    WebSocket(remote.port, "/control", (("X-TT-Auth", TOKEN),)).close()


def test_without_the_token_or_a_ticket_nothing_is_shown(remote):
    remote.release()
    stranger = Endpoint(remote.port, remote.endpoint.path)
    for path in (stranger.path, f"{stranger.path}?ticket=1.x", "/stream", "/playlist.m3u8", f"{stranger.path}/status", "/stream/none"):
        status, headers, _ = stranger.get(path=path)
        assert status == 401 and headers["WWW-Authenticate"], path
    assert stranger.get(X_TT_Auth="wrong")[0] == 401
    assert stranger.get("POST", path=f"{stranger.path}/ticket")[0] == 401
    assert stranger.get(Authorization=f"Bearer {TOKEN}", Range="bytes=5-9")[2] == data_of(remote)[5:10]
    ticket = remote.url.partition("?")[2]
    assert stranger.get(path=f"{stranger.path}?{ticket}", Range="bytes=5-9")[2] == data_of(remote)[5:10]


def test_requests_have_the_form_of_the_design(remote):
    remote.brain.passive = True
    later = remote.endpoint.later(Range="bytes=10-19")
    asked = request_of(remote.brain, 0)
    assert set(asked) == {"op", "fileId", "start", "end", "requestId"}
    assert (asked["fileId"], asked["start"], asked["end"]) == (remote.file_id, 10, 19)
    remote.brain.send("range_available", requestId=asked["requestId"])
    assert later.wait()[2] == data_of(remote)[10:20]


def test_nonsense_is_ignored(remote):
    remote.brain.passive = True
    later = remote.endpoint.later(Range="bytes=10-19")
    asked = request_of(remote.brain, 0)["requestId"]
    for text in ("{", "[]", "7", '{"op":"dance"}', '{"op":"range_ready"}', '{"op":"range_ready","requestId":"x"}',
                 '{"op":"file_register","fileId":"../x","path":"/etc/passwd","length":5}',
                 '{"op":"file_register","fileId":"rel","path":"passwd","length":5}',
                 '{"op":"file_register","fileId":"neg","path":"/x","length":-5}',
                 json.dumps({"op": "range_ready", "requestId": asked}),
                 json.dumps({"op": "range_reject", "requestId": "0" * 8 + "-0000-0000-0000-" + "0" * 12})):
        remote.brain.socket.send(text)
    remote.brain.send("range_block", requestId=asked)
    remote.brain.send("range_available", requestId=asked)
    remote.brain.send("file_register", fileId="last", path=str(remote.file), length=5)
    wait_until(lambda: remote.endpoint.get("HEAD", path="/stream/last")[0] == 200, 20, "all that was said before is heard")
    listed = json.loads(remote.endpoint.get(path="/stream")[2])["files"]
    assert sorted(file["fileId"] for file in listed) == ["last", remote.file_id]
    assert not later.result
    remote.brain.send("range_ready", requestId=asked)
    assert later.wait()[2] == data_of(remote)[10:20]


def test_a_reject_has_the_status_of_the_brain(remote):
    remote.brain.passive = True
    for number, (fields, status) in enumerate((({}, 503), ({"status": 404}, 404), ({"status": 416}, 416), ({"status": 200}, 503))):
        later = remote.endpoint.later(Range="bytes=0-9")
        asked = request_of(remote.brain, number)["requestId"]
        remote.brain.send("range_block", requestId=asked)
        remote.brain.send("range_reject", requestId=asked, reason="not today", **fields)
        answer = later.wait()
        assert answer[0] == status and b"not today" in answer[2]
        assert status != 503 or answer[1]["Retry-After"]
        assert answer[1]["X-Frame-Options"] == "DENY" and not answer[1]["ETag"], "the door's headers stay, those of the file do not"


def test_with_a_password_it_the_token_or_a_ticket_for_this_file_is_needed(work, payload):
    stage = RemoteStage(work, payload, "--password", "me:secret")
    with contextlib.closing(stage):
        endpoint = Endpoint(stage.port, stage.endpoint.path)
        for path in (endpoint.path, f"{endpoint.path}?ticket=1.x", "/stream", "/playlist.m3u8", f"{endpoint.path}/ticket"):
            status, headers, _ = endpoint.get(path=path)
            assert status == 401 and headers["WWW-Authenticate"], path
        assert endpoint.get(path=endpoint.path, X_TT_Auth="wrong")[0] == 401
        stage.release()
        _, _, body = endpoint.get("POST", path=f"{endpoint.path}/ticket", X_TT_Auth=TOKEN)
        ticket = json.loads(body)["url"].partition("?")[2]
        data = data_of(stage)
        assert endpoint.get(path=f"{endpoint.path}?{ticket}", Range="bytes=5-9")[2] == data[5:10]
        assert endpoint.get(X_TT_Auth=TOKEN, Range="bytes=5-9")[2] == data[5:10]
        for path in ("/stream", f"{endpoint.path}x", f"{endpoint.path}/status", f"{endpoint.path}/vtt"):
            assert endpoint.get(path=f"{path}?{ticket}")[0] == 401, "it opens its own path and nothing else"


def test_only_a_get_loads_subtitles(remote, work):
    text = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"
    file = work / "film.srt"
    file.write_bytes(text)
    brain = Brain(remote.port, "subtitles", file, len(text))
    with contextlib.closing(brain):
        brain.passive = True
        path = "/stream/subtitles/vtt"
        wait_until(lambda: remote.endpoint.get("HEAD", path=path)[0] == 200, 20, "it is registered")
        assert remote.endpoint.get("HEAD", path=path)[1]["Content-Type"] == "text/vtt; charset=utf-8"
        assert brain.requests == []
        brain.release()
        brain.passive = False
        assert b"00:00:01.000 --> 00:00:02.000\nHello" in remote.endpoint.get(path=path)[2]
        listed = json.loads(remote.endpoint.get(path="/stream")[2])["files"]
        url = next(entry["vtt"] for entry in listed if entry["fileId"] == "subtitles")
        stranger = Endpoint(remote.port, url[url.index("/stream"):])
        assert b"Hello" in stranger.get()[2], "a page's <track> sends no header"


def test_end_tells_how_far_it_may_be_read(remote):
    remote.brain.passive = True
    length = len(data_of(remote))
    later = remote.endpoint.later()
    remote.brain.send("range_available", requestId=request_of(remote.brain, 0)["requestId"], end=length - 1)
    assert later.wait()[2] == data_of(remote)
    assert len(remote.brain.requests) == 1


def test_a_brain_that_goes_ends_what_waits_and_the_next_one_goes_on(remote):
    remote.brain.passive = True
    early = remote.endpoint.later(Range="bytes=0-9")
    running = remote.endpoint.later()
    first, second = request_of(remote.brain, 0), request_of(remote.brain, 1)
    whole = first if first["end"] != 9 else second
    remote.brain.send("range_available", requestId=whole["requestId"])
    request_of(remote.brain, 2)
    remote.brain.close()
    assert early.wait()[0] == 503
    broken = running.wait()
    assert isinstance(broken, http.client.IncompleteRead), broken
    assert broken.partial == data_of(remote)[:whole["end"] + 1], "what was granted, and no more"
    assert remote.endpoint.get(Range="bytes=0-9")[0] == 503
    assert remote.endpoint.get("HEAD")[0] == 200
    remote.brain = remote.connect()
    remote.brain.release()
    wait_until(lambda: remote.endpoint.get(Range="bytes=0-9")[0] == 206, 20, "it works again")


def test_a_file_that_is_unregistered_ends_its_streams(remote):
    later = remote.endpoint.later()
    wait_until(lambda: len(remote.needed()) == 1, 30, "waited for")
    remote.brain.send("file_unregister", fileId=remote.file_id)
    assert later.wait()[0] == 503
    assert remote.endpoint.get()[0] == 404
