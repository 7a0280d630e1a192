"""A daemon among people who mean harm or make mistakes: torrents, arguments, and whoever reads its logs."""

import base64
import contextlib
import glob
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess

import libtorrent as lt
import pytest

from harness import payloads
from harness.engine_rpc import EXIT_SECONDS
from harness.payloads import KIB
from harness.waiting import crowding, wait_until
from harness.web_server import WebServer

PIECE = 16 * KIB


def torrent(name, files, data):
    """A torrent file as nobody makes it who means well; files: path elements and attributes of each, of equal length."""
    pieces = b"".join(hashlib.sha1(data[i:i + PIECE]).digest() for i in range(0, len(data), PIECE))
    length = len(data) // max(1, sum(1 for _, more in files if b"attr" not in more))
    entries = [{b"path": path, b"length": 0 if b"attr" in more else length, **more} for path, more in files]
    return lt.bencode({b"info": {b"name": name, b"piece length": PIECE, b"pieces": pieces, b"files": entries}})


def everything_below(root):
    """Path → what is there, without following links."""
    found = {}
    for directory, names, files in os.walk(root):
        for name in names + files:
            path = os.path.join(directory, name)
            found[path] = os.readlink(path) if os.path.islink(path) else open(path, "rb").read() if os.path.isfile(path) else None
    return found


def test_no_torrent_leads_out_of_the_download_directory(make_daemon, seeder, work, seed):
    outside = work / "outside"
    outside.mkdir()
    (outside / "planted").write_text("mine")
    ways = [[b"..", b"..", b"x"], [b"..", b"..", b"..", b"outside", b"planted"], [b"/", b"y"], [str(outside).encode() + b"/z"], [b"a/../../../u"],
            [b"."], [b".."], [b"", b"", b"v"], [b"a\0b"], [b"C:\\w"], [b"..\\..\\t"], [b"\xff\xfe"], [b"n" * 300], [b"a", b"..", b"..", b"..", b"s"]]
    data = payloads.random_bytes(seed, PIECE * len(ways))
    links = [([b"l%d" % i], {b"attr": b"l", b"symlink path": target}) for i, target in
             enumerate([[b"..", b"..", b"outside"], [b"/etc"], [b"l1", b"passwd"], [b".."]])]
    hostile = torrent(b"../../evil", [(way, {}) for way in ways] + links, data)
    info = lt.torrent_info(lt.bdecode(hostile))
    origin = work / "origin"
    for index in range(info.files().num_files()):
        if info.files().file_size(index):
            target = origin / info.files().file_path(index)
            target.parent.mkdir(parents=True, exist_ok=True)
            begin = info.files().file_offset(index)
            target.write_bytes(data[begin:begin + PIECE])
    daemon = make_daemon(start_added_torrents=False)
    (daemon.downloads / "tree").mkdir(parents=True)
    (daemon.downloads / "tree/door").symlink_to(outside)
    (daemon.downloads / "tree/planted").symlink_to(outside / "planted")
    before = everything_below(outside), os.listdir(work)

    def add(bytes_of_torrent):
        return daemon.call("torrent-add", metainfo=base64.b64encode(bytes_of_torrent).decode(), paused=False)["torrent-added"]["id"]

    def seen(number, *fields):
        return daemon.torrents(*fields, ids=[number])[0]

    through_link = [torrent(b"tree", [([b"door", b"planted"], {})], data[:PIECE]), torrent(b"tree", [([b"planted"], {})], data[PIECE:2 * PIECE])]
    first = add(hostile)
    others = [add(each) for each in through_link]
    peer_port = daemon.call("session-get")["peer-port"]
    seeder.add(None, origin, seed=True, info=info, peers=[("127.0.0.1", peer_port)])
    wait_until(lambda: seen(first, "percentDone")["percentDone"] == 1, 60, "the hostile torrent is complete")
    for number in others:
        wait_until(lambda: seen(number, "error")["error"] == 3, 60, "the way through a link is refused")
    for name in ("../x", "/x", "..", "a/b", ""):
        status, answer = daemon.post({"method": "torrent-rename-path", "arguments": {"ids": [first], "path": seen(first, "name")["name"], "name": name}})
        assert status == 200 and json.loads(answer)["result"] != "success", name
    files = seen(first, "files")["files"]
    wait_until(lambda: all((daemon.downloads / f["name"]).is_file() for f in files if f["length"]), 30, "every file is where it is said to be")
    assert (everything_below(outside), os.listdir(work)) == before
    below = everything_below(daemon.downloads)
    assert {path for path in below if os.path.islink(path)} == {str(daemon.downloads / "tree/door"), str(daemon.downloads / "tree/planted")}
    assert sorted(v for v in below.values() if isinstance(v, bytes) and len(v) == PIECE) == sorted(
        data[i:i + PIECE] for i in range(0, len(data), PIECE))
    assert set(os.listdir(daemon.directory)) == {"data", "downloads", "daemon.log", "daemon.out"}


# ---- secrets

TOKEN, PASSWORD, PROXY, STORE = "planted-token", "planted-password", "planted-proxy-password", "planted-store-password"
PASSKEY, COOKIE, QUERY = "planted-passkey", "planted-cookie", "planted-query"


def files_of(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_no_secret_of_a_whole_run_gets_out(make_daemon, work, ports, seed):
    nobody = f"127.0.0.1:{ports.next()}"
    payload = payloads.single(work / "origin", seed, 200_000, trackers=[f"http://{nobody}/{PASSKEY}/announce?key={QUERY}"],
                              web_seeds=[f"http://{nobody}/seed?key={QUERY}"])
    with contextlib.closing(WebServer(work)) as web:
        basic = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        secret = {"Authorization": f"Basic {basic}"}
        token = {"X-TT-Auth": TOKEN}
        daemon = make_daemon(environment={"BITTERN_LOG": "trace", "BITTERN_TOKEN": TOKEN}, rpc_authentication_required=True, rpc_username="me",
                             rpc_password=PASSWORD, proxy_type=3, proxy_url=nobody, proxy_auth_enabled=True, proxy_username="you",
                             proxy_password=PROXY, proxy_peer_connections=True, rpc_key_store_password=STORE,
                             blocklist_enabled=True, blocklist_url=f"{web.url}list?key={QUERY}")
        answers = []

        def exchange(*arguments, **options):
            answers.append(daemon.exchange(*arguments, **options))
            return answers[-1]

        def call(method, headers=token, **arguments):
            named = {name.replace("_", "-"): value for name, value in arguments.items()}
            status, _, body = exchange(body=json.dumps({"method": method, "arguments": named}).encode(), headers=headers)
            return json.loads(body) if status == 200 else status

        # Who comes in, and who does not.
        for headers in ({}, secret, {"Authorization": "Basic " + base64.b64encode(f"me:{PASSWORD}x".encode()).decode()}, {"X-TT-Auth": TOKEN + "x"},
                        {"Authorization": f"Bearer {TOKEN}"}, {**token, "Host": "evil.example"}, {**token, "Origin": "http://evil.example"}):
            call("session-get", headers=headers)
        for path in (f"/ws?token={TOKEN}", f"/ws?token={TOKEN}x", f"/transmission/web/?token={TOKEN}", f"/nowhere?token={TOKEN}", f"/x/../y?{PASSWORD}",
                     "/metrics", "/torrentdata", "/alldata"):
            for headers in ({}, token, {**token, "Upgrade": "websocket", "Connection": "Upgrade"}):
                exchange("GET", path, headers=headers)
        # What it is told, in the right way and in wrong ones.
        assert call("torrent-add", filename=str(payload.torrent_file))["result"] == "success"
        call("torrent-add", filename=f"{web.url}{payload.torrent_file.name}?key={QUERY}", cookies=f"session={COOKIE}")
        call("torrent-add", filename=f"http://{nobody}/x.torrent?key={QUERY}", cookies=f"session={COOKIE}")
        magnet = f"magnet:?xt=urn:btih:{'ab' * 20}&tr=http%3A%2F%2F{nobody}%2F{PASSKEY}%2Fannounce"
        assert call("torrent-add", filename=magnet)["result"] == "success"
        call("torrent-set", ids=[1], trackerAdd=[f"udp://{nobody}/{PASSKEY}", f"{PASSKEY}://nonsense"])
        for arguments in ({"proxy-password": PROXY, "proxy-type": 99}, {"rpc-password": [PASSWORD]}, {"proxy-password": [PROXY]}, {"proxy-url": f"you:{PROXY}@x:1"},
                          {"blocklist-url": f"{web.url}other?key={QUERY}"}):
            call("session-set", **arguments)
        for method in ("session-get", "session-stats", "group-get", "tt-get-capabilities", "fs-browse", "blocklist-update", "port-test", PASSWORD, "tt-" + TOKEN):
            call(method)
        exchange(body=b'{"method":"session-set","arguments":{"proxy-password":"%s" nonsense' % PROXY.encode(), headers=token)
        ticket = json.loads(exchange("POST", f"/stream/{payload.info.info_hash()}-0/ticket", headers=token)[2])["url"].partition("?")[2]
        exchange("GET", f"/stream/{payload.info.info_hash()}-0?{ticket}x")
        call("torrent-get", fields=["id", "trackers", "trackerStats", "errorString", "webseeds", "magnetLink"])
        wait_until(lambda: '"hasAnnounced": true' in json.dumps(call("torrent-get", fields=["trackerStats"], ids=[1])), 60, "the tracker was tried")
        daemon.settings_file.write_text(daemon.settings_file.read_text().replace('"proxy-type"', f'"peer-limit-global": "{PASSWORD}", "proxy-type"', 1))
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "is not allowed" in daemon.log.read_text() or "not allowed" in daemon.log.read_text(), 30, "the wrong setting is complained of")
        assert call("app-shutdown")["result"] == "success"
        assert daemon.process.wait(EXIT_SECONDS * crowding()) == 0

    logs = {path: daemon.directory.joinpath(path).read_text(errors="replace") for path in ("daemon.log", "daemon.out")}
    told = [f"{headers}{body}" for _, headers, body in answers]
    state = files_of(daemon.data)
    kept = {path: state.pop(path) for path in list(state) if path.name.startswith("settings.json")}
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    tickets = {value for value in ticket.split("&")}
    for planted in (TOKEN, PASSWORD, basic, PROXY, STORE, PASSKEY, COOKIE, QUERY, *tickets):
        for name, log in logs.items():
            lines = [line[:300] for line in log.splitlines() if planted in line]
            assert not lines, (name, planted, lines)
    for planted in (TOKEN, PASSWORD, basic, PROXY, STORE, COOKIE):
        assert not [text[:300] for text in told if planted in text], planted
        assert not [path for path, content in state.items() if planted.encode() in content], planted


def test_a_value_that_is_refused_at_the_start_is_not_in_the_log(make_daemon):
    daemon = make_daemon(rpc_password=987654321, peer_limit_global=PASSWORD)
    logs = [daemon.directory.joinpath(path).read_text(errors="replace") for path in ("daemon.log", "daemon.out")]
    told = [line for log in logs for line in log.splitlines() if "settings.json" in line]
    assert all(any(name in line for line in told) for name in ("rpc-password", "peer-limit-global")), told
    assert not [line for log in logs for line in log.splitlines() if PASSWORD in line or "987654321" in line]


@pytest.mark.slow
def test_https_with_a_given_key_store(make_daemon, work):
    store, certificate = work / "keys.p12", work / "certificate.pem"
    keytool = [f"{java_home()}/bin/keytool", "-keystore", str(store), "-storepass", STORE, "-alias", "bittern"]
    for more in (["-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", "-dname", "CN=localhost", "-ext", "SAN=ip:127.0.0.1,dns:localhost"],
                 ["-exportcert", "-rfc", "-file", str(certificate)]):
        subprocess.run([*keytool, *more], check=True, capture_output=True, timeout=120 * crowding())
    daemon = make_daemon(environment={"BITTERN_LOG": "debug"}, rpc_key_store=str(store), rpc_key_store_password=STORE)
    trust = ssl.create_default_context(cafile=str(certificate))
    token = daemon.connection["token"]

    def exchange(body, headers):
        connection = http.client.HTTPSConnection("127.0.0.1", daemon.port, timeout=60 * crowding(), context=trust)
        with contextlib.closing(connection):
            connection.request("POST", "/transmission/rpc", body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    told = f"listening at https://127.0.0.1:{daemon.port}"  # a moment after the file that the fixture waits for
    wait_until(lambda: told in (daemon.directory / "daemon.out").read_text(), 20, "the daemon tells where it listens")
    status, headers, _ = exchange(b"{}", {})
    assert status == 409
    with_id = {"X-Transmission-Session-Id": headers["X-Transmission-Session-Id"]}
    body = b'{"method":"session-get"}'
    status, _, answer = exchange(body, with_id)
    assert status == 200 and json.loads(answer)["result"] == "success"
    own = f"https://127.0.0.1:{daemon.port}"
    assert exchange(body, {**with_id, "Origin": own})[0] == 200
    assert exchange(body, {**with_id, "Origin": own.replace("https", "http")})[0] == 403  # another origin
    with pytest.raises((OSError, http.client.HTTPException)):
        daemon.exchange(body=body)  # not without TLS

    def upgrade(path):
        with socket.create_connection(("127.0.0.1", daemon.port), 60 * crowding()) as plain, trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
            secure.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{daemon.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n").encode())
            return int(secure.makefile("rb").readline().split()[1])

    assert upgrade(f"/ws?token={token}") == 101
    assert upgrade("/ws?token=wrong") == 403 and upgrade("/ws") == 403
    assert daemon.stop() == 0
    seen = daemon.log.read_text() + (daemon.directory / "daemon.out").read_text()
    assert token not in seen and STORE not in seen
    settings = {path for path in daemon.data.iterdir() if path.name.startswith("settings.json")}
    assert not [path for path, content in files_of(daemon.data).items() if token.encode() in content]
    assert not [path for path, content in files_of(daemon.data).items() if STORE.encode() in content and path not in settings]


def java_home():
    """The JDK 25 that ./bittern would find."""
    for candidate in (os.environ.get("BITTERN_JDK"), os.environ.get("JAVA_HOME"), *sorted(glob.glob("/usr/lib/jvm/*25*")),
                      *sorted(glob.glob(os.path.expanduser("~/.sdkman/candidates/java/*25*")))):
        if candidate and os.path.exists(f"{candidate}/bin/keytool"):
            return candidate
    raise AssertionError("no JDK with keytool")


# ---- mistakes

HUGE = [2 ** 31, 2 ** 63 - 1, -2 ** 63, 2 ** 70, 1e308]
BAD = {
    bool: ["x", 7, -1, 1e308, [], [True], {}, None],
    int: ["x", "", [], [1], {}, None, *HUGE],
    float: ["x", [], {}, None, -1e308],
    str: [7, True, 1.5, [], ["x"], {}, None],
    list: ["x", 7, True, {}, None],
}
UNKNOWN = [[99], [-1], [2 ** 70], ["nonsense"], ["0" * 40], 99, -1, "nonsense", {}, 1.5, [[1]], [None], [{}], [1.5], True, "", []]
TORRENT_SET = {
    "bandwidth-priority": int, "download-limit": int, "download-limited": bool, "group": str, "honors-session-limits": bool, "labels": list,
    "files-wanted": list, "files-unwanted": list, "priority-high": list, "priority-low": list, "priority-normal": list, "peer-limit": int,
    "queue-position": float, "seed-idle-limit": int, "seed-idle-mode": int, "seed-ratio-limit": float, "seed-ratio-mode": int,
    "sequential-download": bool, "sequential-download-from-piece": int, "tracker-add": list, "tracker-list": int, "tracker-remove": list,
    "tracker-replace": list, "upload-limit": int, "upload-limited": bool,
}
LISTS = {
    "labels": [[7], [""], ["a,b"], [None]], "files-wanted": [[99], [-1], [2 ** 70]], "files-unwanted": [[99], [2 ** 70]], "priority-high": [[99], [-1]],
    "tracker-add": [["nonsense"], [7], ["file:///x"]], "tracker-remove": [[99], [2 ** 70], ["x"]], "tracker-replace": [[99, "http://x/announce"], [0], [0, 7], ["x", "y"]],
}
MISTAKES = {
    "torrent-add": {"filename": [7, [], {}, None, "", " ", "/no/such/file", "/dev/zero", "/", "magnet:?", "magnet:?xt=urn:btih:zz", "nonsense", "http://127.0.0.1:1/x", "http://"],
                    "metainfo": [7, [], {}, None, "", "AAAA", "!!!", base64.b64encode(b"d4:infod4:name1:aee").decode()]},
    "torrent-rename-path": {"path": [7, [], None, "", "no", "/", "../x", "\0"], "name": [7, [], None, "", "..", "a/b"]},
    "torrent-set-location": {"location": [7, [], {}, None, "", "relative", "../x", "\0"]},
    "free-space": {"path": [7, [], {}, None, "", "relative", "/no/such", "\0"]},
    "group-set": {"name": [7, [], {}, None, "", " "]},
    "port-test": {"ip-protocol": ["ipv5", "\0"]},
    "fs-browse": {"path": [7, [], {}, True, "", "relative", "\0", "/no/such", "/" + "n" * 300, "/" + "n" * 100_000]},
    "fs-space": {"path": [7, [], {}, None, "", "relative", "\0"]},
    "fs-create-dir": {"path": [7, [], {}, None, "", "relative", "\0", "/dev/null", "/dev/null/x"]},
    "system-open": {"path": [7, [], {}, None, "", "relative", "\0", "/no/such", "http://x/"]},
    "system-reveal": {"path": [7, [], {}, None, "", "relative", "\0", "/no/such", "--help"]},
}
OF_TORRENTS = ["torrent-start", "torrent-start-now", "torrent-stop", "torrent-verify", "torrent-reannounce", "torrent-remove", "torrent-set",
               "torrent-set-location", "torrent-rename-path", "queue-move-top", "queue-move-up", "queue-move-down", "queue-move-bottom"]
STATE = ["id", "name", "status", "labels", "downloadDir", "downloadLimit", "downloadLimited", "uploadLimit", "uploadLimited", "group", "trackerList", "wanted",
         "priorities", "queuePosition", "bandwidthPriority", "honorsSessionLimits", "peer-limit", "seedIdleLimit", "seedIdleMode", "seedRatioLimit",
         "seedRatioMode", "sequential_download", "sequential_download_from_piece", "files", "percentDone", "isPrivate", "error"]


def snake(name):
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower().replace("-", "_").replace("cache_size_mb", "cache_size_mib")


@pytest.mark.slow
def test_mistakes_are_refused_and_change_nothing(make_daemon, work, seed):
    payload = payloads.tree(work / "origin", seed, {"a": 100_000, "b": 50_000})
    other = payloads.single(work / "origin", seed + 1, 100_000)
    daemon = make_daemon(dht_enabled=False)
    token = {"X-TT-Auth": daemon.connection["token"]}
    for each in (payload, other):
        daemon.call("torrent-add", filename=str(each.torrent_file), paused=True, labels=["kept"])
    daemon.call("group-set", name="kept", **{"speed-limit-down": 7})
    settings = daemon.call("session-get")

    def state():
        session = daemon.call("session-get")
        for name in ("download-dir-free-space", "session-id"):
            session.pop(name, None)
        return session, daemon.torrents(*STATE), daemon.call("group-get"), sorted(os.listdir(daemon.directory)), sorted(os.listdir(work))

    def wrong(method, arguments):
        """In both dialects; what they answer."""
        status, body = daemon.post({"method": method, "arguments": arguments, "tag": 3}, headers=token)
        legacy = json.loads(body)
        assert status == 200 and legacy["tag"] == 3 and isinstance(legacy["arguments"], dict), (method, arguments, body)
        assert "see the log" not in str(legacy) and legacy["arguments"].get("message") != "failed", (method, arguments, body)
        named = {snake(name): value for name, value in arguments.items()}
        status, body = daemon.post({"jsonrpc": "2.0", "id": 4, "method": method.replace("-", "_"), "params": named}, headers=token)
        modern = json.loads(body)
        assert status == 200 and modern["id"] == 4 and ("result" in modern) != ("error" in modern), (method, arguments, body)
        assert modern.get("error", {}).get("code") != -32603, (method, arguments, body)
        assert ("error" in modern) == (legacy["result"] != "success"), (method, arguments, legacy, modern)
        return legacy["result"]

    def unchanged(method, cases, refused=False):
        before = state()
        for arguments in cases:
            result = wrong(method, arguments)
            assert not refused or result != "success", (method, arguments)
        assert state() == before, (method, cases)

    for name, value in settings.items():
        if type(value) in BAD:
            unchanged("session-set", [{name: bad} for bad in BAD[type(value)]])
    unchanged("session-set", [{name: "nonsense"} for name in ("encryption", "download-dir", "incomplete-dir")], refused=True)
    unchanged("session-set", [{"preferred-transports": bad} for bad in ([], ["x"], [7], ["tcp", "x"])], refused=True)
    # All or nothing: what is right in a call that is wrong does not act.
    unchanged("session-set", [{"speed-limit-down": 5, "peer-port": 70_000}], refused=True)
    unchanged("torrent-set", [{"ids": [1, 2], "downloadLimit": 5, "labels": ["x", 7, ""]}, {"ids": [1, 2], "uploadLimit": 5, "files-wanted": [99]}], refused=True)
    for name, kind in TORRENT_SET.items():
        unchanged("torrent-set", [{"ids": [1], name: bad} for bad in [*BAD[kind], *LISTS.get(name, [])]])
    for method in OF_TORRENTS:
        arguments = {"location": str(work / "moved"), "move": True, "path": "tree", "name": "renamed", "delete-local-data": True, "downloadLimit": 5}
        unchanged(method, [{"ids": ids, **arguments} for ids in UNKNOWN])
    for method, named in MISTAKES.items():
        for name, values in named.items():
            unchanged(method, [{"ids": [1], "path": "tree", "name": "renamed", name: value} if method == "torrent-rename-path"
                               else {"ids": [1], "move": True, name: value} for value in values], refused=True)
        unchanged(method, [{}] if method not in ("port-test", "fs-browse") else [], refused=True)
    for method in ("torrent-get", "session-stats", "group-get", "tt-get-capabilities", "session-get"):
        unchanged(method, [{"ids": ids, "fields": fields, "name": 7} for ids in UNKNOWN for fields in ("x", 7, [7], [[]], {}, ["no-such-field"])])
    for method in ("no-such-method", "", "torrent_", "TORRENT-GET ", "fs-", "\0"):
        unchanged(method, [{}], refused=True)
    for body in (b"7", b"null", b'"x"', b"[7]", b"{}", b'{"method":7}', b'{"method":[]}', b'{"method":"session-get","arguments":7}',
                 b'{"jsonrpc":"2.0","id":[],"method":"session_get"}', b'{"jsonrpc":2,"id":1,"method":"session_get"}', b"{", b"\xff\xfe", b""):
        assert daemon.post(body, headers=token)[0] == 200, body
    assert "Exception" not in daemon.log.read_text()
