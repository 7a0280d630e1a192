"""TinyTorrent's extension of the daemon: the probe, what is pushed over the WebSocket, settings and fields, and who gets in."""

import base64
import contextlib
import json
import os
import random
import signal
import stat

import pytest
import websocket

from harness import payloads
from harness.payloads import KIB, MIB
from harness.tinytorrent import FrontEnd, ask, upgrade
from harness.tracker import Tracker
from harness.waiting import wait_until

QUICK = ("--port", "0", "--set", "org.bittern.tinytorrent:patch.interval.millis=100")
PASSWORD = "pl4nted-pr0xy-pa55word"
OPERATIONS = 150


@pytest.fixture
def make_daemon(make_daemon):
    """Daemons that push without delay."""
    return lambda name="daemon", **options: make_daemon(name, **{"arguments": QUICK, **options})


@pytest.fixture
def make_front():
    fronts = []

    def make(daemon, **options):
        fronts.append(FrontEnd(daemon, **options))
        return fronts[-1]

    yield make
    for front in fronts:
        front.close()


@pytest.fixture
def tracker(ports):
    tracker = Tracker(ports.next(), interval=2)
    yield tracker
    tracker.close()


def metainfo(payload):
    return base64.b64encode(payload.torrent_file.read_bytes()).decode()


@pytest.mark.slow
def test_a_front_end_sees_a_whole_life_without_asking(make_daemon, make_front, seeder, tracker, work, seed):
    payload = payloads.single(work / "origin", seed, 2 * MIB, trackers=[tracker.http_url])
    seeder.add(payload.torrent_file, payload.root, seed=True)
    daemon = make_daemon()
    probe = ask(daemon, "tt-get-capabilities")["arguments"]
    assert probe["server-version"].startswith("TinyTorrent 1.0.0") and "Bittern" in probe["server-version"]
    assert probe["rpc-version"] == daemon.call("session-get")["rpc-version"] == 17
    assert probe["platform"] == "linux"
    assert {"sequential-download", "proxy-configuration", "labels", "websocket"} <= set(probe["features"])
    assert daemon.post({"method": "tt-get-capabilities"})[0] == 401

    front = make_front(daemon, query="").wait_snapshot()
    assert probe["websocket-endpoint"] == "/ws" and front.torrents == {} and front.session["version"].startswith("Bittern")
    number = daemon.call("torrent-add", metainfo=metainfo(payload))["torrent-added"]["id"]
    front.wait(lambda: front.named("torrent-finished"), 60, "told that the download is complete")
    assert front.named("torrent-added") == front.named("torrent-finished") == [{"id": number}]
    assert front.torrents[number]["percentDone"] == 1
    front.wait(lambda: front.torrents[number]["rateDownload"] == 0, 60, "it calms down")
    front.wait_truth(60)
    payload.wait_equal(daemon.downloads, 30)

    later = make_front(daemon).wait_snapshot()
    assert later.sequence == 0 and set(later.torrents) == {number} and later.torrents[number].keys() == front.torrents[number].keys()
    daemon.call("torrent-remove", ids=[number])
    for each in (front, later):
        each.wait(lambda each=each: not each.torrents, 20, "told that it is gone")
    assert front.named("torrent-finished") == [{"id": number}] and later.named("torrent-finished") == []


@pytest.mark.slow
def test_snapshot_and_patches_are_what_the_rpc_says_after_any_operations(make_daemon, make_front, work, seed):
    """S1-25 against the real engine; what comes and goes between two patches, slow readers and other engines are in the unit test."""
    chance = random.Random(seed)
    torrents = [payloads.single(work / f"t{i}", seed + i, 64 * KIB, name=f"n{i}") for i in range(8)]
    daemon = make_daemon()
    fronts = [make_front(daemon).wait_snapshot(), make_front(daemon, query="&full=1").wait_snapshot()]

    def operate():
        present = [t["id"] for t in daemon.torrents("id")]
        some = chance.sample(present, min(len(present), chance.randint(0, 3)))
        change = chance.choice([
            {"labels": chance.sample(["a", "ü", "c d"], 2)}, {"downloadLimit": chance.randint(1, 9), "downloadLimited": chance.random() < .5},
            {"bandwidthPriority": chance.randint(-1, 1)}, {"sequential-download": chance.random() < .5}, {"super-seeding": chance.random() < .5},
            {"seedIdleLimit": chance.randint(1, 90), "seedIdleMode": chance.randint(0, 2)}, {"queuePosition": chance.randint(0, 5)},
            {"force-recheck": chance.random() < .5}])
        session = chance.choice([{"speed-limit-down": chance.randint(1, 99)}, {"queue-download-size": chance.randint(0, 5)},
                                 {"alt-speed-enabled": chance.random() < .5}, {"seedRatioLimit": chance.randint(1, 5), "seedRatioLimited": True}])
        call, arguments = chance.choice([
            ("torrent-add", {"metainfo": metainfo(chance.choice(torrents)), "paused": chance.random() < .5}),
            ("torrent-remove", {"ids": some[:1]}), ("torrent-set", {"ids": some, **change}), ("torrent-set", {"ids": some, **change}),
            ("torrent-start", {"ids": some}), ("torrent-stop", {"ids": some}), ("queue-move-top", {"ids": some}), ("session-set", session)])
        daemon.call(call, **arguments)

    for i in range(OPERATIONS):
        operate()
        if i == OPERATIONS // 2:
            fronts.append(make_front(daemon).wait_snapshot())
    for front in fronts:
        front.wait_truth(60)
        front.wait(lambda: front.sequence == front.patches > 0, 20, "as many patches as numbers")


def test_only_who_knows_the_token_gets_the_socket(make_daemon, make_front):
    daemon = make_daemon()
    token = daemon.connection["token"]
    good = f"/ws?token={token}"
    for path in ("/ws", "/ws?token=", "/ws?token=wrong", f"/ws?token={token}x", f"/ws?Token={token}"):
        assert upgrade(daemon, path) == 403, path
    daemon.call("session-get")
    assert upgrade(daemon, "/ws", X_Transmission_Session_Id=daemon.session_id) == 403
    for origin in ("http://evil.example", "null", "file://", f"https://127.0.0.1:{daemon.port}", "http://127.0.0.1:1"):
        assert upgrade(daemon, good, Origin=origin) == 403, origin
    assert upgrade(daemon, good, Host="rebound.example") == 403
    assert upgrade(daemon, good, Sec_WebSocket_Version="7") == 426
    assert upgrade(daemon, good) == upgrade(daemon, good, Origin=f"http://127.0.0.1:{daemon.port}") == 101
    assert upgrade(daemon, "/ws", X_TT_Auth=token) == upgrade(daemon, "/ws", Sec_WebSocket_Protocol=f"tt.{token}") == 101
    for path in ("/ws/", "/WS", "/ws/x", "/ws;a", "//ws"):
        assert upgrade(daemon, f"{path}?token={token}") == 404, path
    assert daemon.exchange("GET", good)[0] == daemon.exchange("POST", good, body=b"{}")[0] == 401, "only a WebSocket has its token in the URL"
    assert daemon.exchange("GET", "/ws", headers={"X-TT-Auth": token})[0] == 426
    assert token not in daemon.log.read_text() and token not in (daemon.directory / "daemon.out").read_text()


def send_in_two(front, first, rest):
    """A text in two frames; the rest only when the first was read, so that nothing unread cuts the answer off."""
    front.socket.send_frame(websocket.ABNF.create_frame(first, websocket.ABNF.OPCODE_TEXT, fin=0))
    front.socket.ping(b"first")
    front.wait(lambda: b"first" in front.pongs, 20, "read")
    front.socket.send_frame(websocket.ABNF.create_frame(rest, websocket.ABNF.OPCODE_CONT))


def test_what_a_client_says_is_ignored_and_too_much_of_it_ends_the_connection(make_daemon, make_front, work, seed):
    daemon = make_daemon()
    front = make_front(daemon).wait_snapshot()
    front.socket.send(json.dumps({"method": "session-close"}))
    front.socket.send("x" * 60_000)
    front.socket.send_binary(b"\0" * 60_000)
    front.socket.ping(b"still there")
    payload = payloads.single(work / "origin", seed, 64 * KIB)
    daemon.call("torrent-add", metainfo=metainfo(payload), paused=True)
    front.wait(lambda: front.named("torrent-added"), 20, "goes on")
    send_in_two(front, "x" * 65_000, "x" * 1_000)
    front.wait(lambda: front.closed is not None, 20, "closed")
    assert front.closed == 1009
    blunt = make_front(daemon).wait_snapshot()
    with contextlib.suppress(OSError):  # it may be closed before all is sent
        blunt.socket.send("x" * 1_000_000)
    blunt.wait(lambda: blunt.closed is not None, 20, "closed")
    assert blunt.closed in (1009, 1006), "1006 when what was sent meanwhile cuts the reason off"
    assert len(daemon.torrents("id")) == 1


def test_secrets_go_in_and_never_come_out(make_daemon, make_front, work):
    daemon = make_daemon()
    front = make_front(daemon).wait_snapshot()
    answers = []

    def session_set(**arguments):
        answers.append(ask(daemon, "session-set", {name.replace("_", "-"): value for name, value in arguments.items()}))
        return answers[-1]["result"]

    def session_get(*names):
        answers.append(ask(daemon, "session-get", {"fields": list(names)} if names else {}))
        return answers[-1]["arguments"]

    assert session_get("proxy-type", "proxy-password", "proxy-url") == {"proxy-type": 0, "proxy-password": None, "proxy-url": ""}
    assert session_set(proxy_type=3, proxy_url="127.0.0.1:1", proxy_username="me", proxy_password=PASSWORD, proxy_auth_enabled=True,
                       proxy_peer_connections=False) == "success"
    shown = session_get()
    assert shown["proxy-password"] == "<REDACTED>" and shown["proxy-type"] == 3 and shown["proxy-url"] == "127.0.0.1:1"
    assert session_set(proxy_password="<REDACTED>", proxy_username="you") == session_set(proxy_password=None) == "success"
    wait_until(lambda: json.loads(daemon.settings_file.read_text()).get("proxy-username") == "you", 20, "settings are stored")
    assert json.loads(daemon.settings_file.read_text())["proxy-password"] == PASSWORD
    assert stat.S_IMODE(os.stat(daemon.settings_file).st_mode) == 0o600

    for wrong in ({"proxy_type": 6}, {"proxy_type": "socks5"}, {"proxy_url": f"me:{PASSWORD}@host:1"}, {"proxy_url": "http://host:1"},
                  {"proxy_url": "host"}, {"proxy_password": f"{PASSWORD}\n"}, {"proxy_password": 7}, {"watch_dir": "relative"},
                  {"queue_download_size": 3, "download_queue_size": 4}):
        assert session_set(queue_seed_size=77, **wrong) not in ("success", ""), wrong
    assert session_get("queue-seed-size", "seed-queue-size") == {"queue-seed-size": 10, "seed-queue-size": 10}, "all or nothing"
    status, answer = daemon.post({"method": "session-set", "arguments": {"proxy-type": 0}})
    assert json.loads(answer)["result"].startswith("permission denied"), "a proxy is set with the token only"
    assert session_get("proxy_type", "proxyType") == {"proxy_type": 3, "proxyType": 3}

    assert session_set(queue_download_size=4, queue_seed_enabled=True, watch_dir=f"{work}/a/../watched//") == "success"
    assert session_get("download-queue-size", "seed-queue-enabled", "watch-dir") == {
        "download-queue-size": 4, "seed-queue-enabled": True, "watch-dir": f"{work}/watched"}
    front.wait(lambda: front.session["proxy-username"] == "you" and front.session["queue-download-size"] == 4, 20, "settings are pushed")
    assert front.session["proxy-password"] == "<REDACTED>"
    assert session_set(proxy_type=0, proxy_password="") == "success"
    assert session_get("proxy-password") == {"proxy-password": None}
    assert daemon.stop() == 0
    for where, text in {"log": daemon.log.read_text(), "answers": json.dumps(answers), "pushed": json.dumps(front.received)}.items():
        assert PASSWORD not in text, where
        assert daemon.connection["token"] not in text, where


@pytest.mark.slow
def test_a_directory_that_is_set_is_made(make_daemon, work, seed):
    daemon = make_daemon()
    (work / "file").write_text("")

    def session_set(**arguments):
        return ask(daemon, "session-set", {name.replace("_", "-"): value for name, value in arguments.items()})["result"]

    for name in ("download-dir", "incomplete-dir", "watch-dir"):
        before = ask(daemon, "session-get", {"fields": [name]})["arguments"]
        assert session_set(**{"seed-queue-size": 77, "watch-dir": f"{work}/lost/watched", name: f"{work}/file/below"}) not in ("success", "")
        assert ask(daemon, "session-get", {"fields": [name]})["arguments"] == before and not (work / "lost").exists()
        assert session_set(**{name: f"{work}/new/{name}/below"}) == "success"
        assert (work / "new" / name / "below").is_dir()
    assert ask(daemon, "session-get", {"fields": ["seed-queue-size"]})["arguments"] == {"seed-queue-size": 10}

    assert session_set(watch_dir_enabled=True) == "success"
    payload = payloads.single(work / "origin", seed, 64 * KIB)
    (work / "new" / "watch-dir" / "below" / "a.torrent").write_bytes(payload.torrent_file.read_bytes())
    wait_until(lambda: daemon.torrents("downloadDir"), 30, "what is put there is added")
    assert daemon.torrents("downloadDir") == [{"downloadDir": f"{work}/new/download-dir/below"}]


@pytest.mark.slow
def test_fields_and_triggers_of_torrents(make_daemon, make_front, tracker, work, seed):
    payload = payloads.single(work / "origin", seed, 256 * KIB, trackers=[tracker.http_url])
    daemon = make_daemon()
    daemon.downloads.mkdir()
    (daemon.downloads / payload.name).write_bytes((payload.root / payload.name).read_bytes())
    number = daemon.call("torrent-add", metainfo=metainfo(payload))["torrent-added"]["id"]
    wait_until(lambda: daemon.torrents("status")[0]["status"] == 6, 30, "found on the disk, seeding")
    fields = ["sequential-download", "sequential_download", "super-seeding", "superSeeding", "metadata-percent-complete",
              "time-until-pause", "force-recheck"]
    assert daemon.torrents(*fields) == [{"sequential-download": False, "sequential_download": False, "super-seeding": False,
                                         "superSeeding": False, "metadata-percent-complete": 1, "time-until-pause": -1}]
    daemon.call("torrent-set", ids=[number], **{"sequential-download": True, "super_seeding": True, "labels": ["one", "two"]})
    assert daemon.torrents("sequential-download", "super-seeding", "labels") == [
        {"sequential-download": True, "super-seeding": True, "labels": ["one", "two"]}]
    daemon.call("torrent-set", ids=[number], seedIdleLimit=60, seedIdleMode=1)
    wait_until(lambda: 3500 < daemon.torrents("time-until-pause")[0]["time-until-pause"] <= 3600, 20, "a limit holds")

    def trigger(**arguments):
        return json.loads(daemon.post({"method": "torrent-set", "arguments": {"ids": [number], **arguments}})[1])["result"]

    front = make_front(daemon).wait_snapshot()
    (daemon.downloads / payload.name).write_bytes(bytes(256 * KIB))
    assert trigger(**{"force-recheck": False}) == "success"
    assert trigger(**{"force-recheck": "x"}).startswith("invalid argument")
    assert daemon.torrents("percentDone")[0]["percentDone"] == 1
    assert trigger(**{"force-recheck": True}) == "success"
    front.wait(lambda: front.torrents[number]["percentDone"] == 0, 30, "what is no longer there is noticed")
    assert front.named("torrent-finished") == []
    assert trigger(**{"force-reannounce": True}) == "success"

    assert daemon.stop() == 0
    again = make_daemon()
    assert again.torrents("labels", "super-seeding") == [{"labels": ["one", "two"], "super-seeding": True}], "kept over a restart"
    assert make_front(again).wait_snapshot().named("torrent-finished") == []


@pytest.mark.slow
def test_a_client_that_does_not_read_is_sent_away_and_disturbs_nobody(make_daemon, make_front, work, seed):
    daemon = make_daemon(arguments=(*QUICK, "--set", "org.bittern.tinytorrent:slow.client.seconds=5"), environment={"BITTERN_LOG": "info"})
    for i in range(12):  # more than the kernel takes in on behalf of somebody who does not read
        payload = payloads.single(work / f"t{i}", seed + i, 16 * KIB, name=f"n{i}", comment="c" * MIB)
        daemon.call("torrent-add", metainfo=metainfo(payload), paused=True)
    stuck = make_front(daemon, read=False, receive_buffer=4096)
    quick = make_front(daemon).wait_snapshot()
    assert len(quick.torrents) == 12
    wait_until(lambda: "did not read" in daemon.log.read_text(), 60, "noticed")
    daemon.call("torrent-remove", ids=[1])
    quick.wait(lambda: 1 not in quick.torrents, 20, "others go on")
    stuck.read()
    wait_until(lambda: stuck.closed is not None, 60, "closed")
    assert stuck.closed in (1013, 1006), "1006 when it read so late that it was cut off"
    again = make_front(daemon).wait_snapshot()
    assert set(again.torrents) == set(quick.torrents)


@pytest.mark.parametrize("how", ["signal", "call"])
def test_the_end_of_the_daemon_is_told_before_the_socket_closes(make_daemon, make_front, how):
    daemon = make_daemon()
    front = make_front(daemon).wait_snapshot()
    if how == "signal":
        daemon.process.send_signal(signal.SIGTERM)
    else:
        assert ask(daemon, "session-close")["result"] == "success"
    front.wait(lambda: front.closed is not None, 30, "closed")
    assert front.events[-1] == {"type": "event", "event": "app-shutdown", "data": None} and front.closed == 1001
    assert daemon.process.wait(60) == 0


@pytest.mark.slow
def test_clients_come_back_after_a_restart_and_the_old_token_opens_nothing(make_daemon, make_front):
    daemon = make_daemon()
    old = daemon.connection["token"]
    assert daemon.stop() == 0
    daemon = make_daemon()
    assert old != daemon.connection["token"] and upgrade(daemon, f"/ws?token={old}") == 403
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(f"ws://127.0.0.1:{daemon.port}/ws", suppress_origin=True)
    assert make_front(daemon).wait_snapshot().sequence == 0
