"""The REST of GoTorrentServer: key names, units and statuses while real peers move real data (S4)."""

import base64
import contextlib
import datetime
import gzip
import http.client
import json
import os
import pathlib
import socket
import time
import urllib.parse

import libtorrent as lt
import pytest

from harness import payloads, spoilt
from harness.engine_rpc import ROOT
from harness.ports import Ports
from harness.scaffold_rpc import ScaffoldProcess
from harness.tracker import Tracker
from harness.waiting import crowding, wait_until

KIB = payloads.KIB
LIMIT = 32 << 20  # bytes that a body may have
DESCRIPTION = json.loads((ROOT / "docs" / "gotorrent.openapi.json").read_text())


class Feed:
    """What /events tells, as it comes."""

    def __init__(self, rest, path="/events", **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", rest.plane.rpc_port, timeout=60)
        self.connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.response = self.connection.getresponse()
        assert (self.response.status, self.response.headers["Content-Type"]) == (200, "text/event-stream")

    def next(self):
        """Name, id and data of the next event."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            assert line, "the feed ended"
            if line == "\n" and fields:
                return fields["event"], fields["id"], json.loads(fields["data"])
            name, colon, value = line.rstrip("\n").partition(": ")
            if colon:
                fields[name] = value

    def until(self, wanted):
        """The first event that is wanted, and its id."""
        while True:
            name, number, data = self.next()
            if wanted(name, data):
                return number, data

    def close(self):
        self.connection.close()


class Rest:
    """A `./bittern gotorrent` process; every answer is held to the description."""

    def __init__(self, directory, port, *arguments):
        directory.mkdir(parents=True, exist_ok=True)
        self.peer_port = port
        self.plane = ScaffoldProcess(
            directory / "rest.log", runtime="gotorrent",
            arguments=("--port", "0", "--dir", str(directory / "downloads"), "--peer-port", str(port),
                       "--peer-bind", "127.0.0.1", "--no-dht", *arguments))

    def call(self, method, path, body=None, headers=(), /, **query):
        return self.send(method, path, urllib.parse.urlencode(query), body, headers)

    def send(self, method, path, query, body=None, headers=()):
        """The query as it is."""
        target = path + ("?" + query if query else "")
        status, received, answer = self.plane.exchange(method, target, body, headers)
        self._check(method, path, status, received, answer)
        return status, received, answer

    def _check(self, method, path, status, headers, answer):
        described = DESCRIPTION["paths"][path].get(method.lower())
        if described is None:
            assert status == 405
            assert headers["Allow"]
            return
        response = described["responses"].get(str(status))
        assert response, f"{method} {path} answered {status}, which is not described: {answer[:200]}"
        if "application/json" in response.get("content", {}):
            assert headers["Content-Type"] == "application/json"
            matches(response["content"]["application/json"]["schema"], json.loads(answer))
        elif status == 200:
            assert answer == b""
        else:
            assert answer.count(b"\n") == 1

    def ok(self, method, path, body=None, /, **query):
        status, _, answer = self.call(method, path, body, (), **query)
        assert status == 200, answer
        return answer

    def add(self, payload, path, **options):
        self.ok("POST", "/addtorrentfile", payload.torrent_file.read_bytes(), path=path, **options)
        return payload.info.info_hash().to_bytes().hex()

    def data(self, infohash):
        return json.loads(self.ok("GET", "/torrentdata", infohash=infohash))

    def status(self, method, path, body=None, /, **query):
        return self.call(method, path, body, (), **query)[0]

    def end(self):
        self.plane.process.terminate()
        self.plane.process.wait(30)

    def close(self):
        self.plane.kill()


def matches(schema, value, where="answer"):
    """The part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return matches(DESCRIPTION["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, where)
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None), "boolean": bool}
    allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert value == schema.get("const", value), (where, value)
    assert any(isinstance(value, kinds[k]) and (k == "boolean" or not isinstance(value, bool)) for k in allowed), (where, value)
    if isinstance(value, dict):
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), (where, sorted(value))
        for key, part in value.items():
            matches(schema["properties"][key], part, f"{where}.{key}")
    elif isinstance(value, list):
        for part in value:
            matches(schema["items"], part, where)
    elif "minimum" in schema:
        assert schema["minimum"] <= value <= schema["maximum"], (where, value)


def start(directory, ports, *arguments):
    """Another process may take the port between its choice and its use."""
    for _ in range(5):
        rest = Rest(directory, ports.next(), *arguments)
        try:
            rest.plane.rpc_port
            return rest
        except AssertionError:
            rest.close()
            if "in use" not in rest.plane.tail():
                raise
    raise AssertionError("five ports in a row were taken")


@pytest.fixture
def make_rest(work, ports):
    made = []

    def make(*arguments, name="rest"):
        rest = start(work / name, ports, *arguments)
        made.append(rest)
        return rest

    yield make
    for rest in made:
        rest.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One process for all tests that leave nothing behind."""
    rest = start(tmp_path_factory.mktemp("gotorrent"), Ports())
    yield rest
    rest.close()


def bits(text, length):
    raw = base64.b64decode(text, validate=True)
    assert len(raw) == (length + 7) // 8
    assert not any(raw[i // 8] >> 7 - i % 8 & 1 for i in range(length, 8 * len(raw))), "spare bits are 0"
    return [bool(raw[i // 8] >> 7 - i % 8 & 1) for i in range(length)]


def utc(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")[:19] + "+00:00")
    assert text.endswith("Z")
    return moment.timestamp()


@pytest.mark.slow
def test_every_key_tells_of_a_transfer_with_known_numbers(make_rest, make_session, work, seed, ports):
    tracker = Tracker(ports.next())
    with contextlib.closing(tracker):
        payload = payloads.single(work / "source", seed, 4 * 1024 * KIB + 5, 64 * KIB, trackers=[tracker.http_url])
        tracker.swarms[payload.info.info_hash().to_bytes()] = {1: 0, 2: 0, 3: 7}  # ports where nobody is: two seeds, one that lacks 7 bytes
        rest = make_rest()
        before = time.time()
        infohash = rest.add(payload, work / "target", maxdown=600)
        seeder = make_session(upload_rate_limit=400 * KIB)
        untold = payloads.single(work / "seed", seed, payload.size, 64 * KIB)  # the same without a tracker, which would count the seeder too
        seeder.add(untold.torrent_file, untold.root, seed=True, peers=[("127.0.0.1", rest.peer_port)])
        wait_until(lambda: 300 < rest.data(infohash)["downloaded"], 60, "300 KiB")
        everything = json.loads(rest.ok("GET", "/alldata"))
        assert abs(utc(everything["time"]) - time.time()) < 60
        [session] = everything["sessions"]
        assert session["name"] == "payload.bin"
        assert base64.b64decode(session["infohash_base64"]).hex() == infohash
        assert len(session["infohash_base64"]) == 28
        assert session["bitfield_length"] == payload.piece_count == 65
        have = bits(session["bitfield_base64"], 65)
        assert 0 < sum(have) < 65
        assert before - 60 <= utc(session["timestarted"]) <= time.time() + 1
        # Blocks that are there, in whole pieces and others, are what was downloaded.
        assert sum(have) * 64 - 1024 <= session["downloaded"] + session["wasted"]
        assert session["downloaded"] < payload.size / KIB
        assert session["uploaded"] == session["wasted"] == 0 and session["error"] is None
        [announced] = session["trackers"]
        assert announced["url"] == tracker.http_url
        assert (announced["seeders"], announced["leechers"], announced["peers"]) == (2, 2, 3), "the tracker counts us, and does not name us"
        assert announced["status"] == "working" and utc(announced["lastannounce"]) >= before - 60
        [peer] = session["Peers"]
        assert peer["host"] == f"127.0.0.1:{_port_of(peer)}" and peer["connected"] is True
        assert peer["ID"].startswith("-LT20") and len(peer["ID"].replace("%", "")) >= 20
        assert bits(peer["bitfield_base64"], peer["bitfield_length"]) == [True] * 65
        assert peer["relevence"] == 1
        assert 0 < peer["downloaded"] <= session["downloaded"] + session["wasted"] + 1024
        assert 0 < peer["downrate"] < 2 * 400 and peer["uprate"] == 0
        assert session["maxdown"] == 600
        wait_until(lambda: rest.data(infohash)["state"] == "seeding", 90, "complete")
        done = rest.data(infohash.upper())
        assert bits(done["bitfield_base64"], 65) == [True] * 65
        assert payload.size / KIB <= done["downloaded"] < payload.size / KIB * 1.2
        assert all(peer["relevence"] == 0 for peer in done["Peers"])
        payload.assert_equal(work / "target")
        rest.ok("GET", "/setuprate", infohash=infohash, rate="200")
        leecher = make_session()
        copy = leecher.add(payload.torrent_file, work / "copy", peers=[("127.0.0.1", rest.peer_port)])
        sending = wait_until(lambda: _sending(rest.data(infohash)), 60, "300 KiB are on their way")
        taker = _taker(sending)
        assert sending["maxup"] == 200 and sending["downloaded"] == done["downloaded"]
        assert taker["uprate"] < 2 * 600 and taker["downrate"] == 0 == taker["downloaded"]
        assert abs(sending["uprate"] - taker["uprate"]) < 600
        assert sum(bits(taker["bitfield_base64"], 65)) < 65
        assert sending["uploaded"] == pytest.approx(taker["uploaded"], abs=600)
        rest.ok("GET", "/setuprate", infohash=infohash, rate="0")
        leecher.wait_complete(copy)
        # What it asked the seeder for it did not get here; blocks that it asked for twice count twice.
        assert 300 < rest.data(infohash)["uploaded"] < payload.size / KIB * 1.2
        extended = json.loads(rest.ok("GET", "/alldata", compat="extended"))["sessions"][0]
        assert extended["peers"] == extended["Peers"]


@pytest.mark.slow
def test_what_was_thrown_away_is_wasted(make_rest, make_session, work, seed):
    payload = payloads.single(work / "source", seed, 1024 * KIB, 64 * KIB)
    rest = make_rest()
    bad = spoilt.seed(make_session, payload, work / "bad", [200_000])
    infohash = rest.add(payload, work / "target")
    bad.handles[0].connect_peer(("127.0.0.1", rest.peer_port))
    # The sender of a bad piece is shut out: it sends one.
    wait_until(lambda: 64 <= rest.data(infohash)["wasted"] < 1024, 60, "a bad piece, and perhaps blocks that nobody waited for any more")
    good = make_session()
    good.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", rest.peer_port)])
    wait_until(lambda: rest.data(infohash)["state"] == "seeding", 90, "complete")
    done = rest.data(infohash)
    assert 64 <= done["wasted"] < 1024
    assert done["error"] is None
    payload.assert_equal(work / "target")


def _sending(session):
    taker = _taker(session)
    return session if taker["uploaded"] > 300 and taker["uprate"] > 0 else None


def _taker(session):
    """The peer that was sent the most; nothing was sent while there is none."""
    return max(session["Peers"], key=lambda peer: peer["uploaded"], default={"uploaded": 0})


def _port_of(peer):
    return int(peer["host"].rpartition(":")[2])


@pytest.mark.slow
def test_changes_are_told_as_they_happen(shared, work, seed):
    payload = payloads.single(work / "source", seed, 100 * KIB)
    with contextlib.closing(Feed(shared)) as feed:
        assert feed.next()[0] == "reset"
        infohash = shared.add(payload, payload.root, start="false")
        last, told = feed.until(lambda name, data: name == "session" and data["infohash"] == infohash)
        matches({"$ref": "#/components/schemas/Session"}, told)
        assert told["state"] == "stopped"
        shared.ok("POST", "/starttorrent", infohash=infohash)
        last, told = feed.until(lambda name, data: name == "session" and data["state"] == "seeding")
        assert bits(told["bitfield_base64"], told["bitfield_length"]) == [True] * payload.piece_count
        other = shared.add(payloads.single(work / "other", seed + 1, 50 * KIB, name="other.bin"), work / "there", start="false")
        feed.until(lambda name, data: data.get("infohash") == other)
        shared.ok("POST", "/removetorrent", infohash=infohash)
        last, _ = feed.until(lambda name, data: (name, data) == ("removed", {"infohash": infohash}))
    with contextlib.closing(Feed(shared, Last_Event_ID=last)) as feed:
        shared.ok("POST", "/setuprate", infohash=other, rate="5")
        names = []
        last, told = feed.until(lambda name, data: names.append(name) or data.get("maxup") == 5)
        assert told["infohash"] == other and set(names) == {"session"}  # what it knows is not told again
    shared.ok("POST", "/removetorrent", infohash=other)
    with contextlib.closing(Feed(shared, Last_Event_ID=last)) as feed:
        assert feed.next()[0] == "reset"  # nobody can say any more what went
    with contextlib.closing(Feed(shared, Last_Event_ID="of another server")) as feed:
        assert feed.next()[0] == "reset"
    assert shared.status("POST", "/events") == 405
    assert shared.plane.exchange("HEAD", "/events")[0] == 200
    assert shared.send("GET", "/events", "compat=%2")[0] == 422


def test_statuses(shared, work, seed):
    payload = payloads.single(work / "source", seed, 100 * KIB)
    torrent = payload.torrent_file.read_bytes()
    target = str(work / "target")
    absent = "0" * 40
    assert json.loads(shared.ok("GET", "/alldata"))["sessions"] == []
    assert shared.send("GET", "/alldata", "compat=%2")[0] == 422
    for path in ("/torrentdata", "/stoptorrent", "/starttorrent", "/removetorrent", "/recheck"):
        assert shared.status("GET", path) == 422
        assert shared.status("GET", path, infohash="12ab") == 422
        assert shared.status("GET", path, infohash="g" * 40) == 422
        assert shared.status("GET", path, infohash=absent) == 404
        assert shared.status("DELETE", path, infohash=absent) == 405
    for path in ("/setdownrate", "/setuprate", "/settorrentdownrate", "/settorrentuprate"):
        assert shared.status("GET", path, infohash=absent) == 422
        for rate in ("-1", "x", "NaN", "Infinity", "1d", ""):
            assert shared.status("GET", path, infohash=absent, rate=rate) == 422
        assert shared.status("POST", path, infohash=absent, rate="1.5") == 404
    for path in ("/setglobaldownrate", "/setglobaluprate"):
        for query in ({}, {"rate": ""}, {"rate": "-1"}, {"rate": "x"}, {"rate": "NaN"}):
            assert shared.status("POST", path, **query) == 422
        assert shared.status("DELETE", path, rate="1") == 405
    assert shared.status("GET", "/addtorrentfile") == 405
    assert shared.status("GET", "/addmagnet") == shared.status("GET", "/AddMagnet") == 405
    assert shared.status("POST", "/alldata") == 405
    assert shared.status("POST", "/addtorrentfile", torrent) == 422
    assert shared.status("POST", "/addtorrentfile", torrent, path=target, start="yes") == 422
    assert shared.status("POST", "/addtorrentfile", torrent, path=target, maxup="-1") == 422
    assert shared.status("POST", "/addtorrentfile", b"rubbish", path=target) == 400
    assert shared.status("POST", "/addtorrentfile", b"", path=target) == 400
    assert shared.status("POST", "/addtorrentfile", torrent, path="/proc/none/such") == 422
    assert not pathlib.Path(target).exists()
    # Too large, told beforehand or found while it comes: http.client sends an iterator in chunks.
    assert shared.call("POST", "/addtorrentfile", b"", {"Content-Length": str(LIMIT + 1)}, path=target)[0] == 413
    page = f"http://127.0.0.1:{shared.plane.rpc_port}"
    status, headers, _ = shared.call("POST", "/addtorrentfile", iter([b"x" * LIMIT, b"x"]), {"Origin": page}, path=target)
    assert status == 413
    assert headers["Access-Control-Allow-Origin"] == page, "the page may read why"
    for body, status in ((b"{", 400), (b"\x00\x00\xff\xfe", 400), (b"[]", 400), (b"{}", 422), (b"{} and more", 400), (b'{"url":"magnet:?xt=x"}', 422),
                         (json.dumps({"url": "http://x", "targetdir": target}).encode(), 400),
                         (json.dumps({"url": "magnet:?xt=urn:btih:" + absent, "targetdir": target, "maxup": "1"}).encode(), 422)):
        assert shared.status("POST", "/addmagnet", body) == status, body
    assert json.loads(shared.ok("GET", "/alldata"))["sessions"] == []
    infohash = shared.add(payload, target, start="false")
    assert shared.status("POST", "/addtorrentfile", torrent, path=target) == 409
    magnet = json.dumps({"url": lt.make_magnet_uri(payload.info), "targetdir": target}).encode()
    assert shared.status("POST", "/addmagnet", magnet) == 409
    assert shared.status("GET", "/removetorrent", infohash=infohash, delete="maybe") == 422
    shared.ok("GET", "/removetorrent", infohash=infohash)
    assert shared.status("GET", "/torrentdata", infohash=infohash) == 404


def test_a_torrent_is_registered_started_stopped_limited_and_removed(shared, make_session, work, seed):
    payload = payloads.tree(work / "source", seed, {"a/b.bin": 300 * KIB, "c.bin": 200 * KIB}, 16 * KIB)
    infohash = shared.add(payload, work / "new" / "target", start="false", maxdown="0.5")
    assert shared.data(infohash)["state"] == "stopped"
    assert shared.data(infohash)["timestarted"] is None
    assert shared.data(infohash)["maxdown"] == 0.5
    shared.ok("GET", "/setdownrate", infohash=infohash, rate="0")
    shared.ok("POST", "/setuprate", infohash=infohash, rate="12.5")
    assert (shared.data(infohash)["maxdown"], shared.data(infohash)["maxup"]) == (0, 12.5)
    for _ in range(2):
        shared.ok("GET", "/starttorrent", infohash=infohash)
    seeder = make_session()
    seeder.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", shared.peer_port)])
    wait_until(lambda: shared.data(infohash)["state"] == "seeding", 60, "complete")
    for _ in range(2):
        shared.ok("GET", "/stoptorrent", infohash=infohash)
    stopped = shared.data(infohash)
    assert (stopped["state"], stopped["progress"], stopped["maxup"], stopped["Peers"]) == ("stopped", 1, 12.5, [])
    (work / "new" / "target" / "foreign").write_text("stays")
    shared.ok("GET", "/removetorrent", infohash=infohash, delete="true")
    assert shared.status("GET", "/torrentdata", infohash=infohash) == 404
    wait_until(lambda: [p.name for p in (work / "new" / "target").iterdir()] == ["foreign"], 20, "only the foreign file is left")
    # What is there is verified, not overwritten.
    infohash = shared.add(payload, payload.root)
    wait_until(lambda: shared.data(infohash)["state"] == "seeding", 60, "checked")
    assert shared.data(infohash)["downloaded"] == 0
    shared.ok("GET", "/removetorrent", infohash=infohash, delete="false")
    payload.assert_equal(payload.root)


@pytest.mark.parametrize("path", ["/addmagnet", "/AddMagnet"])
def test_a_magnet_is_listed_before_its_metadata_and_completes(shared, make_session, work, seed, path):
    payload = payloads.single(work / "source", seed, 200 * KIB)
    seeder = make_session()
    link = f"magnet:?xt=urn:btih:{payload.info.info_hash()}&dn=Some+name"
    shared.ok("POST", path, json.dumps({"url": link, "targetdir": str(work / "target"), "maxdown": 5000}).encode())
    infohash = str(payload.info.info_hash())
    early = shared.data(infohash)
    assert (early["name"], early["bitfield_base64"], early["bitfield_length"]) == ("Some name", "", 0)
    seeder.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", shared.peer_port)])
    wait_until(lambda: shared.data(infohash)["state"] == "seeding", 60, "complete")
    payload.assert_equal(work / "target")
    shared.ok("GET", "/removetorrent", infohash=infohash, delete="true")


def test_a_torrent_of_the_second_version_alone_goes_by_the_begin_of_its_hash(shared, make_session, work, seed):
    payload = payloads.single(work / "source", seed, 200 * KIB, version=payloads.V2)
    whole = str(payload.info.info_hashes().v2)
    begin = whole[:40]
    torrent = payload.torrent_file.read_bytes()
    shared.ok("POST", "/addtorrentfile", torrent, path=str(work / "target"))
    session = shared.data(begin.upper())
    assert base64.b64decode(session["infohash_base64"]).hex() == session["infohash"] == begin
    assert session["infohash_v2"] == whole
    assert shared.status("GET", "/torrentdata", infohash=whole) == 422
    assert shared.status("POST", "/addtorrentfile", torrent, path=str(work / "target")) == 409
    seeder = make_session()
    seeder.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", shared.peer_port)])
    wait_until(lambda: shared.data(begin)["state"] == "seeding", 60, "complete")
    payload.assert_equal(work / "target")
    shared.ok("GET", "/removetorrent", infohash=begin, delete="true")
    assert shared.status("GET", "/torrentdata", infohash=begin) == 404


@pytest.mark.slow
@pytest.mark.parametrize("of_all", [False, True], ids=["torrent", "all"])
@pytest.mark.parametrize("way", ["down", "up"])
def test_a_limit_holds(make_rest, make_session, work, seed, way, of_all):
    payload = payloads.single(work / "source", seed, 8 * 1024 * KIB, 64 * KIB)
    rest = make_rest()
    down, figure = way == "down", way + "loaded"
    infohash = rest.add(payload, work / "target" if down else payload.root, **({} if of_all else {f"max{way}": 200}))

    def limit(rate):
        rest.ok("GET", f"/setglobal{way}rate" if of_all else f"/set{way}rate", rate=rate, **({} if of_all else {"infohash": infohash}))

    if of_all:
        limit("200")
    if not down:
        wait_until(lambda: rest.data(infohash)["state"] == "seeding", 60, "checked")
    other = make_session()
    handle = other.add(payload.torrent_file, payload.root if down else work / "copy", seed=down, peers=[("127.0.0.1", rest.peer_port)])
    wait_until(lambda: rest.data(infohash)[figure] > 0, 60, "begun")
    looks, before = [time.monotonic()], rest.data(infohash)[figure]

    def moved():
        looks.append(time.monotonic())
        return max(0, rest.data(infohash)[figure] - before)

    first = before + wait_until(moved, 60, "a newer figure")
    begin = looks[-2]  # it is not older than the look before
    wait_until(lambda: rest.data(infohash)[figure] >= first + 1200, 120, "1200 KiB")
    rate = 1200 / (time.monotonic() - begin)
    # Never faster; how much slower is the machine's business as far as it is crowded.
    assert 200 * 0.75 / crowding() <= rate <= 200 * 1.15
    limit("0")
    wait_until(lambda: rest.data(infohash)["state"] == "seeding", 60, "complete without a limit")
    other.wait_complete(handle)


@pytest.mark.slow
def test_what_was_said_survives_a_restart_and_what_is_there_is_not_checked_again(make_rest, work, seed, make_session):
    payload = payloads.single(work / "source", seed, 300 * KIB)
    other = payloads.single(work / "other", seed + 1, 100 * KIB, name="other.bin")
    first = make_rest()
    running = first.add(payload, payload.root, maxup="7")
    stopped = first.add(other, work / "elsewhere", start="false")
    wait_until(lambda: first.data(running)["state"] == "seeding", 60, "checked")
    bitfield, pieces = first.data(running)["bitfield_base64"], payload.piece_count
    first.end()
    _damage_unseen(payload.root / payload.name, 100 * KIB)
    second = make_rest()
    wait_until(lambda: second.data(running)["state"] == "seeding", 30, "runs again")
    again = second.data(running)
    assert (again["bitfield_base64"], again["maxup"], again["savepath"]) == (bitfield, 7, str(payload.root)), "a check would have found the damage"
    assert (second.data(stopped)["state"], second.data(stopped)["savepath"]) == ("stopped", str(work / "elsewhere"))
    second.ok("GET", "/recheck", infohash=running)
    damaged = [piece != 100 // 16 for piece in range(pieces)]
    wait_until(lambda: _found(second.data(running)) == damaged, 60, "a check that was asked for finds it")
    seeder = make_session()
    intact = payloads.single(work / "intact", seed, 300 * KIB)
    seeder.add(intact.torrent_file, intact.root, seed=True, peers=[("127.0.0.1", second.peer_port)])
    wait_until(lambda: second.data(running)["state"] == "seeding", 60, "it is loaded again")
    intact.assert_equal(payload.root)


def _damage_unseen(file, place):
    """Neither its length nor its date tells of it."""
    before = file.stat()
    data = bytearray(file.read_bytes())
    data[place] ^= 0xFF
    with open(file, "r+b") as opened:
        opened.write(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _found(session):
    """The pieces that are there, once a check is over."""
    return session["state"] != "checking" and bits(session["bitfield_base64"], session["bitfield_length"])


def test_a_password_guards_every_call(make_rest, work, seed):
    rest = make_rest("--password", "me:secret")
    payload = payloads.single(work / "source", seed, 100 * KIB)
    torrent = payload.torrent_file.read_bytes()
    right, wrong = (f"Basic {base64.b64encode(pair).decode()}" for pair in (b"me:secret", b"me:secret2"))
    adding = f"/addtorrentfile?path={urllib.parse.quote(str(work / 'target'))}"
    calls = [(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods]
    for method, path in [*calls, ("POST", adding)]:
        for rights in ({}, {"Authorization": wrong}):
            status, headers, _ = rest.plane.exchange(method, path, torrent, rights)
            assert status == 401 and headers["WWW-Authenticate"], (method, path)
        if path == "/events":
            method = "HEAD"  # it has no end
        # Also so that nobody is shut out for too many wrong ones.
        status = rest.plane.exchange(method, path, b"", {"Authorization": right})[0]
        assert status in (200, 400, 422), (method, path, status)
    sessions = json.loads(rest.plane.exchange("GET", "/alldata", headers={"Authorization": right})[2])["sessions"]
    assert sessions == [], "nothing was added"


def test_a_base_path_stands_before_every_path(make_rest):
    rest = make_rest("--set", "org.bittern.gotorrent:base.path=/a/b")
    for path in DESCRIPTION["paths"]:
        assert rest.plane.exchange("DELETE", "/a/b" + path)[0] == 405, path
        assert rest.plane.exchange("DELETE", path)[0] == 404, path
    status, _, answer = rest.plane.exchange("GET", "/a/b/alldata")
    assert status == 200 and json.loads(answer)["sessions"] == []


@pytest.mark.slow
def test_heads_and_bodies_have_the_limits_that_are_configured(make_rest, work):
    settings = ("head.timeout.seconds=2", "body.limit.mebibytes=1")
    rest = make_rest(*(word for setting in settings for word in ("--set", f"org.bittern.web:{setting}")))
    target = str(work / "target")
    assert rest.call("POST", "/addtorrentfile", b"x" * (1 << 20), (), path=target)[0] == 400
    assert rest.call("POST", "/addtorrentfile", b"", {"Content-Length": str((1 << 20) + 1)}, path=target)[0] == 413
    with socket.create_connection(("127.0.0.1", rest.plane.rpc_port), 60) as slow:
        slow.sendall(b"GET /alldata HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        slow.settimeout(0.1)
        wait_until(lambda: _cut_off(slow), 25, "a head that trickles is cut off, though there is no silence")
    assert rest.status("GET", "/alldata") == 200


def _cut_off(client):
    """Sends one byte more."""
    try:
        client.sendall(b"x")
        return client.recv(100) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_without_a_password_the_header_is_ignored_and_foreign_pages_are_not(shared):
    for value in ("Basic eDp5", "Bearer nothing", "rubbish"):
        assert shared.plane.exchange("GET", "/alldata", headers={"Authorization": value})[0] == 200
    assert shared.plane.exchange("GET", "/stoptorrent?infohash=" + "0" * 40, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert shared.plane.exchange("GET", "/alldata", headers={"Origin": "http://evil.example"})[0] == 403
    assert shared.plane.exchange("GET", "/alldata", headers={"Host": "evil.example"})[0] == 403


def test_long_answers_are_packed_for_those_who_ask(shared, work, seed):
    hashes = [shared.add(payloads.single(work / f"s{i}", seed + i, 20 * KIB), work / f"t{i}", start="false") for i in range(4)]
    _, headers, packed = shared.plane.exchange("GET", "/alldata", headers={"Accept-Encoding": "deflate, gzip;q=0.5"})
    assert headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(packed))["sessions"]) == 4
    for infohash in hashes:
        shared.ok("POST", "/removetorrent", infohash=infohash, delete="true")
