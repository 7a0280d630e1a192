"""A front-end behind TinyTorrent's WebSocket: believes what it is told, and notices when the protocol is broken."""

import base64
import contextlib
import copy
import json
import os
import socket
import struct
import threading

import websocket

from .engine_rpc import ANSWER_SECONDS
from .waiting import crowding, wait_until

# Change with time alone: a client is told of them only with something else.
TICKING = {"secondsDownloading", "secondsSeeding", "etaIdle", "time-until-pause", "cumulative-stats", "current-stats"}
OWN_OF_A_CALL = {"session-id", "download-dir-free-space"}
LISTS = ["removed", "added", "updated"]


def ask(daemon, method, arguments=None, **headers):
    """A call with the token; the whole reply."""
    found = {"X-TT-Auth": daemon.connection["token"], **headers}
    status, _, answer = daemon.exchange(body=json.dumps({"method": method, "arguments": arguments or {}}).encode(), headers=found)
    assert status == 200, (status, answer)
    return json.loads(answer)


def upgrade(daemon, path, **headers):
    """Status of a request for a WebSocket."""
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
    return daemon.exchange("GET", path, headers={**asked, **{name.replace("_", "-"): value for name, value in headers.items()}})[0]


class FrontEnd:
    """Reads on a thread of its own until the socket is closed."""

    def __init__(self, daemon, query="", read=True, receive_buffer=None, **options):
        self._daemon = daemon
        self._lock = threading.Lock()
        self._broken = []
        self._unseen = set()
        self.session = None
        self.torrents = {}
        self.sequence = None
        self.events = []
        self.received = []  # whole texts
        self.patches = 0
        self.pongs = []
        self.closed = None  # code, once it is closed
        options.setdefault("sockopt", [(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)] if receive_buffer else [])
        options.setdefault("suppress_origin", True)
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{daemon.port}/ws?token={daemon.connection['token']}{query}", timeout=ANSWER_SECONDS * crowding(), **options)
        self.socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        if read:
            self.read()

    def read(self):
        self._thread.start()

    def wait(self, condition, seconds, what):
        return wait_until(lambda: self._broken or condition(), seconds, what) and self.check()

    def check(self):
        with self._lock:
            assert not self._broken, self._broken
        return True

    def wait_snapshot(self):
        self.wait(lambda: self.sequence is not None, 20, "a snapshot")
        return self

    def named(self, event):
        with self._lock:
            return [e["data"] for e in self.events if e["event"] == event]

    def belief(self):
        with self._lock:
            return copy.deepcopy(self.torrents), copy.deepcopy(self.session)

    def differences(self):
        """Where the belief differs from what the RPC says now."""
        torrents, session = self.belief()
        fields = sorted({name for t in torrents.values() for name in t} - TICKING) or ["id"]
        truth = {t["id"]: t for t in self._daemon.torrents(*fields)}
        found = {f"torrent {n}": (n in torrents, n in truth) for n in set(torrents) ^ set(truth)}
        for number in set(torrents) & set(truth):
            found |= {f"{number} {f}": (torrents[number][f], truth[number][f]) for f in fields if torrents[number][f] != truth[number][f]}
        said = {**self._daemon.call("session-get"), **self._daemon.call("session-stats")}
        for name in set(said) - TICKING - OWN_OF_A_CALL | set(session) - TICKING:
            if said.get(name) != session.get(name):
                found[name] = (session.get(name), said.get(name))
        return found

    def wait_truth(self, seconds=20):
        """Until it believes what the RPC says."""
        last = []

        def agrees():
            last[:] = [self.differences()]
            return not last[0]

        try:
            self.wait(agrees, seconds, "snapshot and patches are what the RPC says")
        except AssertionError as e:
            raise AssertionError(f"{e}: {last}") from e

    def close(self):
        if self.socket.sock is not None:
            with contextlib.suppress(OSError):
                self.socket.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
        if self._thread.is_alive():
            self._thread.join(10)
        self.socket.shutdown()

    def _read(self):
        try:
            while True:
                opcode, data = self.socket.recv_data(control_frame=True)
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    self.closed = struct.unpack(">H", data[:2])[0] if data else 1005
                    return
                if opcode == websocket.ABNF.OPCODE_PONG:
                    self.pongs.append(data)
                if opcode == websocket.ABNF.OPCODE_TEXT:
                    with self._lock:
                        self._message(data.decode())
        except (OSError, websocket.WebSocketException):
            self.closed = self.closed or 1006

    def _expect(self, condition, what):
        if not condition:
            self._broken.append(str(what)[:2000])

    def _message(self, text):
        self.received.append(text)
        message = json.loads(text)
        if message["type"] == "sync-snapshot":
            self._expect(self.sequence is None and len(self.received) == 1, "the snapshot is the first message, and the only one")
            self.sequence = message["sequence"]
            self.session = message["data"]["session"]
            self.torrents = {t["id"]: t for t in message["data"]["torrents"]}
        elif message["type"] == "sync-patch":
            self._patch(message)
        else:
            self._expect(message["type"] == "event" and set(message) == {"type", "event", "data"}, text)
            if message["event"] in ("torrent-added", "torrent-finished") and message["data"]["id"] not in self.torrents:
                self._unseen.add(message["data"]["id"])  # right only when it came and went between two patches
            self.events.append(message)

    def _patch(self, message):
        self.patches += 1
        self._expect(message["sequence"] == self.sequence + 1, f"{message['sequence']} after {self.sequence}")
        self.sequence = message["sequence"]
        lists = message["data"]["torrents"]
        self._expect(list(lists) == LISTS, list(lists))
        numbers = [*lists["removed"], *(t["id"] for t in lists["added"]), *(t["id"] for t in lists["updated"])]
        self._expect(len(numbers) == len(set(numbers)), f"in two lists: {numbers}")
        self._expect(numbers or message["data"].get("session"), "an empty patch")
        for number in lists["removed"]:
            self._expect(self.torrents.pop(number, None), f"removes {number}, which is unknown")
        for torrent in lists["added"]:
            self._expect(torrent["id"] not in self.torrents, f"adds {torrent['id']}, which is known")
            self._expect(torrent["id"] not in self._unseen, f"an event of {torrent['id']} came before its patch")
            self.torrents[torrent["id"]] = torrent
        for torrent in lists["updated"]:
            self._expect(torrent["id"] in self.torrents and len(torrent) > 1, f"updates {torrent}")
            self.torrents.setdefault(torrent["id"], {}).update(torrent)
        self.session.update(message["data"].get("session", {}))
