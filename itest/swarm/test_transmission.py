"""The daemon behind Transmission's RPC: a client that nobody here wrote, and those who mean harm."""

import base64
import gzip
import json
import os
import signal
import socket
import stat
import subprocess

import pytest

from harness import other_clients, payloads, processes
from harness.daemon_rpc import QUIET
from harness.engine_rpc import ROOT
from harness.payloads import KIB
from harness.tracker import Tracker
from harness.waiting import crowding, wait_until

FILES = {"f0.bin": 100_000, "f1.bin": 200_000, "sub/f2.bin": 70_000}


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), interval=2)
    yield tracker
    tracker.close()


class Remote:
    """transmission-remote of Debian."""

    def __init__(self, address, *options):
        other_clients.need("transmission-remote")
        self._command = ["transmission-remote", address, *options]

    def __call__(self, *arguments):
        done = subprocess.run([*self._command, *map(str, arguments)], capture_output=True, text=True, timeout=60 * crowding())
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def succeeds(self, *arguments):
        answer = self(*arguments)
        assert 'responded: "success"' in answer, (arguments, answer)


def test_transmission_remote_does_a_whole_life_cycle(make_daemon, seeder, tracker, work, seed):
    payload = payloads.tree(work / "origin", seed, FILES, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    daemon = make_daemon()
    remote = Remote(daemon.address)

    remote.succeeds("-a", payload.torrent_file, "--start-paused")  # it sends the file in base64
    assert "Name: tree" in remote("-t", 1, "-i")
    remote.succeeds("-t", 1, "-G", "1", "-ph", "0")
    remote.succeeds("-t", 1, "-d", "5000", "-u", "5000", "-Bh")
    remote.succeeds("-t", 1, "-L", "one,two")
    assert "one, two" in remote("-t", 1, "-i")
    remote.succeeds("-t", 1, "-s")
    wait_until(lambda: daemon.torrents("percentDone")[0]["percentDone"] == 1, 60, "the wanted files are there")
    assert "f1.bin" in remote("-t", 1, "-f")
    assert "100%" in remote("-l")
    unwanted = [f for f in daemon.torrents("fileStats")[0]["fileStats"] if not f["wanted"]]
    assert len(unwanted) == 1

    remote.succeeds("-t", 1, "-g", "all")
    wait_until(lambda: daemon.torrents("percentComplete")[0]["percentComplete"] == 1, 60, "all files are there")
    payload.wait_equal(daemon.downloads, 30)  # what lay in the part file comes to its place behind the answer
    for look in ("-it", "-ip", "-ic", "-if"):
        remote("-t", 1, look)

    moved = work / "elsewhere"
    remote.succeeds("-t", 1, "--move", moved)
    wait_until(lambda: payload.digests(moved) == payload.digests(), 60, "the files have moved")
    wait_until(lambda: daemon.torrents("downloadDir")[0]["downloadDir"] == str(moved), 30, "the move is done")
    remote.succeeds("-t", 1, "-v")
    wait_until(lambda: daemon.torrents("status", "percentDone")[0] == {"status": 6, "percentDone": 1}, 60, "checked, and seeding again")
    remote.succeeds("-t", 1, "--reannounce")
    remote.succeeds("-t", 1, "-S")
    wait_until(lambda: daemon.torrents("status")[0]["status"] == 0, 20, "stopped")
    remote.succeeds("-t", 1, "-rad")
    assert daemon.torrents("id") == []
    wait_until(lambda: not (moved / payload.name).exists(), 20, "the files are deleted")


def test_http_is_that_of_transmission(make_daemon, work):
    pages = work / "pages"
    (pages / "js").mkdir(parents=True)
    (pages / "index.html").write_text("<p>pages</p>")
    (pages / "js/a.js").write_text("let a;")
    (work / "secret").write_text("secret")
    (pages / "link").symlink_to(work / "secret")
    daemon = make_daemon(environment={"TRANSMISSION_WEB_HOME": str(pages)})
    status, headers, _ = daemon.exchange(body=b"")
    assert status == 409 and len(headers["X-Transmission-Session-Id"]) == 48
    assert daemon.exchange("GET")[0] == 409
    daemon.call("session-get")
    with_id = {"X-Transmission-Session-Id": daemon.session_id}
    assert daemon.exchange("GET", headers=with_id)[0] == 405
    assert daemon.exchange("OPTIONS")[0] == 200
    assert daemon.post(b"[]")[1].count(b"-32600") == 1
    assert daemon.post(b"nonsense")[1].count(b"-32700") == 1
    assert daemon.post({"jsonrpc": "2.0", "method": "torrent_stop"}) == (204, b"")
    status, headers, body = daemon.exchange(body=b'{"method":"session-get"}', headers={**with_id, "Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip" and json.loads(gzip.decompress(body))["result"] == "success"
    status, headers, _ = daemon.exchange("GET", "/")
    assert status == 301 and headers["Location"] == "/transmission/web/"
    assert daemon.exchange("GET", "/transmission/web/")[2] == b"<p>pages</p>"
    assert daemon.exchange("GET", "/transmission/web/js/a.js")[1]["Content-Type"].startswith("text/javascript")
    for path in ("/transmission/web/../../secret", "/transmission/web/%2e%2e/secret", "/transmission/web/link", "/transmission/web/no",
                 "/transmission/nope", "/nope", "/transmission/web/js/..%2f..%2fsecret", "//transmission/rpc", "/transmission/rpc;a=b"):
        assert daemon.exchange("GET", path)[0] == 404, path
    assert daemon.exchange("POST", "/transmission/web/")[0] == 405


def test_other_sites_and_other_names_get_nothing(make_daemon):
    daemon = make_daemon()
    body = b'{"method":"torrent-stop"}'
    daemon.call("session-get")
    with_id = {"X-Transmission-Session-Id": daemon.session_id}
    status, headers, _ = daemon.exchange(body=body, headers={"Host": "rebound.example"})
    assert status == 421 and headers["X-Transmission-Session-Id"] is None
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{daemon.port}", "http://127.0.0.1:1"):
        status, headers, _ = daemon.exchange(body=body, headers={**with_id, "Origin": origin})
        assert status == 403 and headers["Access-Control-Allow-Origin"] is None, origin
        assert daemon.exchange("OPTIONS", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})[0] == 403
    own = f"http://127.0.0.1:{daemon.port}"
    assert daemon.exchange(body=body, headers={**with_id, "Origin": own})[0] == 200
    assert daemon.exchange(body=body, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert daemon.exchange(body=body, headers={"X-TT-Auth": "wrong"})[0] == 401
    assert daemon.exchange(body=body, headers={"X-TT-Auth": daemon.connection["token"]})[0] == 200
    assert stat.S_IMODE(os.stat(daemon.data / "connection.json").st_mode) == 0o600


def test_secrets_are_in_no_answer_and_no_log(make_daemon):
    secrets = ("planted-password", "planted-token", "planted-query")
    daemon = make_daemon(
        environment={"BITTERN_LOG": "info", "BITTERN_TOKEN": secrets[1]}, rpc_authentication_required=True, rpc_username="me",
        rpc_password=secrets[0])
    assert "token" not in daemon.connection
    answers = [daemon.exchange(body=b"{}")]
    assert answers[0][0] == 401
    basic = {"Authorization": "Basic " + base64.b64encode(b"me:planted-password").decode()}
    wrong = {"Authorization": "Basic " + base64.b64encode(b"me:planted-password2").decode()}
    answers.append(daemon.exchange(body=b"{}", headers=wrong))
    assert answers[1][0] == 401
    answers.append(daemon.exchange(body=b"{}", headers=basic))
    assert answers[2][0] == 409
    for method in ("session-get", "session-stats", "torrent-get", "nonsense"):
        body = json.dumps({"method": method, "arguments": {"fields": ["id"]} if method == "torrent-get" else {}}).encode()
        answers.append(daemon.exchange(body=body, headers={"X-TT-Auth": secrets[1]}))
        assert answers[-1][0] == 200
    answers.append(daemon.exchange("GET", "/ws?token=planted-query", headers={"Upgrade": "websocket", "Connection": "Upgrade"}))
    answers.append(daemon.exchange("GET", "/transmission/web/?token=planted-query", headers=basic))
    answers.append(daemon.exchange(body=b'{"rpc-password":"planted-password" nonsense', headers={"X-TT-Auth": secrets[1]}))
    daemon.settings_file.write_text(daemon.settings_file.read_text().replace("}", ',"peer-port":"planted-password"}'))
    daemon.stop()
    seen = daemon.log.read_text() + (daemon.directory / "daemon.out").read_text() + "".join(f"{h}{b}" for _, h, b in answers)
    for secret in secrets:
        assert secret not in seen, secret


def test_hostile_bodies_do_not_stop_it(make_daemon):
    daemon = make_daemon(environment={"BITTERN_JAVA_OPTS": "-Xmx128m"})
    daemon.call("session-get")
    with_id = {"X-Transmission-Session-Id": daemon.session_id}
    assert daemon.post(b"[" * 1_000_000)[1].count(b"-32700") == 1
    assert daemon.post(b'{"a":' * 100_000)[1].count(b"-32700") == 1
    assert daemon.post(b'{"method":"torrent-add","arguments":{"metainfo":"' + b"A" * 10_000_000 + b'"}}')[0] == 200
    assert daemon.exchange(body=b"", headers={**with_id, "Content-Length": str(33 << 20)})[0] == 413
    slow = []
    try:
        for i in range(50):  # heads and bodies that never end
            connection = socket.create_connection(("127.0.0.1", daemon.port))
            head = f"POST /transmission/rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Transmission-Session-Id: {daemon.session_id}\r\n"
            connection.sendall(head.encode() + (b"Content-Length: 2000000\r\n\r\n{" if i % 2 else b"X-Slow: "))
            slow.append(connection)
        assert daemon.call("session-get")["rpc-version"] == 17
    finally:
        for connection in slow:
            connection.close()


def test_settings_act_when_they_are_read_again(make_daemon):
    daemon = make_daemon()
    daemon.call("session-get")
    settings = json.loads(daemon.settings_file.read_text())
    settings.update({"speed-limit-up": 55, "rpc-authentication-required": True, "rpc-username": "me", "rpc-password": "secret"})
    daemon.settings_file.write_text(json.dumps(settings))
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.exchange(body=b"{}")[0] == 401, 30, "the password is asked for")
    token = {"X-TT-Auth": daemon.connection["token"]}
    reply = json.loads(daemon.post({"method": "session-get"}, headers=token)[1])
    assert reply["arguments"]["speed-limit-up"] == 55


def test_what_was_typed_for_the_door_wins_over_the_settings(make_daemon):
    typed = ("body.limit.mebibytes=1", "authentication.required=true", "username=me", ".password=secret")
    daemon = make_daemon(arguments=("--port", "0", *(word for one in typed for word in ("--set", f"org.bittern.web:{one}"))))
    assert daemon.exchange(body=b"{}")[0] == 401, "settings.json asks for no password"
    daemon.rights = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}
    daemon.call("session-get")
    too_long = {**daemon.rights, "X-Transmission-Session-Id": daemon.session_id, "Content-Length": str((1 << 20) + 1)}
    assert daemon.exchange(body=b"", headers=too_long)[0] == 413


@pytest.fixture
def systemd(work):
    """Where systemd hears of its services."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(work / "notify"))
        listener.settimeout(60 * crowding())
        yield listener


def test_systemd_is_told(make_daemon, systemd):
    daemon = make_daemon(environment={"NOTIFY_SOCKET": systemd.getsockname()})
    assert systemd.recv(4096).startswith(b"READY=1")
    daemon.stop()
    assert systemd.recv(4096) == b"STOPPING=1"


def test_systemd_is_told_of_a_daemon_that_nobody_can_call(systemd, ports, work):
    data = work / "data"
    data.mkdir()
    (data / "settings.json").write_text(json.dumps({**QUIET, "peer-port": ports.next(), "rpc-enabled": False}))
    with open(work / "daemon.log", "ab") as log:
        daemon = processes.start([f"{ROOT}/bittern", "daemon", "--data", str(data)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 env={**os.environ, "NOTIFY_SOCKET": systemd.getsockname()})
    try:
        assert systemd.recv(4096).startswith(b"READY=1")
        assert not (data / "connection.json").exists()
    finally:
        processes.end(daemon)


def test_a_second_daemon_says_that_the_port_is_taken(make_daemon, work):
    daemon = make_daemon()
    data = work / "two"
    data.mkdir()
    (data / "settings.json").write_text(json.dumps({**QUIET, "peer-port": 0}))
    second = subprocess.run(
        [f"{ROOT}/bittern", "daemon", "--data", str(data),
         "--port", str(daemon.port)], capture_output=True, text=True, timeout=60 * crowding())
    assert second.returncode == 1
    assert f"port {daemon.port} is in use" in second.stderr


def test_a_setting_that_was_typed_is_stored(make_daemon):
    daemon = make_daemon(arguments=("--port", "0", "--set", "org.bittern.settings:alt-speed-up=123"))
    wait_until(lambda: daemon.call("session-get")["alt-speed-up"] == 123, 30, "it is in force")
    daemon.call("session-set", alt_speed_down=77)
    assert json.loads(daemon.settings_file.read_text())["alt-speed-down"] == 77, "an answered change is on the disk"
    daemon.stop(signal.SIGKILL)
    again = make_daemon()
    session = again.call("session-get")
    assert (session["alt-speed-up"], session["alt-speed-down"]) == (123, 77)
