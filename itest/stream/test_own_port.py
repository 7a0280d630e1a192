"""Streams of the daemon on a port of their own: there and nowhere else, and nothing else there."""

import base64
import http.client
import json
import pathlib
import signal
import socket

import pytest
from harness.daemon_rpc import Daemon
from harness.waiting import wait_until


def asked(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture
def daemon(work, ports):
    made = Daemon(work / "daemon", ports.next(), stream_port=ports.next())
    yield made
    made.close()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_streams_have_a_port_of_their_own_if_the_settings_say_so(daemon, payload):
    settings = json.loads(daemon.settings_file.read_text())
    own = settings["stream-port"]
    daemon.call("torrent-add", metainfo=base64.b64encode(payload.torrent_file.read_bytes()).decode(), download_dir=str(payload.root))
    path = f"/stream/{payload.info.info_hash()}-0"
    data = (pathlib.Path(payload.root) / payload.name).read_bytes()
    playlist = asked(own, "/playlist.m3u8")[1].decode()
    url = next(line for line in playlist.splitlines() if line.startswith(f"http://127.0.0.1:{own}{path}?"))
    assert asked(own, f"{path}?{url.partition('?')[2]}", Range="bytes=5-14") == (206, data[5:15])
    assert asked(daemon.port, path)[0] == asked(daemon.port, "/playlist.m3u8")[0] == 404
    assert asked(own, "/transmission/rpc")[0] == asked(own, "/alldata")[0] == 404
    assert asked(daemon.port, "/alldata")[0] == 200

    stored = json.loads(daemon.settings_file.read_text())
    daemon.settings_file.write_text(json.dumps({**stored, "stream-port": 0}))
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not listens(own), 60, "nobody listens at the port of its own")
    # The port of the daemon moves with the change, as any free one was asked for.
    wait_until(lambda: _answers(daemon, path), 60, "streams share the port")


def _answers(daemon, path):
    try:
        port = json.loads((daemon.data / "connection.json").read_text())["port"]
        return asked(port, path)[0] == 401
    except (OSError, ValueError, http.client.HTTPException):  # it is moving
        return False
