"""The two ways in which the endpoint gets its brain: in its own process, and over the control WebSocket."""

import contextlib
import http.client
import json
import pathlib
import socket
import threading
import urllib.parse

from harness import payloads
from harness.scaffold_rpc import ScaffoldProcess
from harness.waiting import wait_until

from .websocket import WebSocket

TOKEN = "t" * 43


class Answer:
    """A response whose body is read bit by bit."""

    def __init__(self, connection, response):
        self.connection = connection
        self.response = response
        self.status = response.status
        self.headers = response.headers

    def read(self, count=None):
        return self.response.read(count) if count else self.response.read()

    def close(self):
        self.connection.close()


class Endpoint:
    """Requests to one file."""

    def __init__(self, port, path, headers=()):
        self.port = port
        self.path = path
        self.headers = dict(headers)

    def open(self, method="GET", path=None, seconds=60, room=None, **headers):
        """An answer that is read bit by bit; room: bytes that the system takes in ahead of the reader."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        if room:
            connection.sock = socket.socket()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            connection.sock.settimeout(seconds)
            connection.sock.connect(("127.0.0.1", self.port))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path or self.path, headers={**self.headers, **names})
        return Answer(connection, connection.getresponse())

    def get(self, method="GET", path=None, **headers):
        """Status, headers, body."""
        answer = self.open(method, path, **headers)
        with contextlib.closing(answer):
            return answer.status, answer.headers, answer.read()

    def later(self, **headers):
        """A request that runs on while the test does something else."""
        return Later(self, headers)


class Later:
    def __init__(self, endpoint, headers):
        self.result = None
        self.connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=120)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", endpoint.path, headers={**endpoint.headers, **names})
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            response = self.connection.getresponse()
            self.result = response.status, response.headers, response.read()
        except Exception as e:  # noqa: BLE001 - the test looks at what it was
            self.result = e

    def wait(self, seconds=100):
        self._thread.join(seconds)
        assert self.result is not None, "no answer"
        return self.result

    def leave(self):
        """Closes the connection as a player does that seeks."""
        self.connection.sock.shutdown(2)
        self.connection.close()


class LocalStage:
    """`./bittern stream` with a torrent of which nothing is there until a seed comes."""

    def __init__(self, work, ports, payload, make_session, arguments=(), environment=()):
        self.payload = payload
        self._make_session = make_session
        for _ in range(5):
            self.peer_port = ports.next()
            self.plane = ScaffoldProcess(
                work / "stream.log", runtime="stream",
                arguments=(str(payload.torrent_file), "--dir", str(work / "target"), "--no-dht",
                           "--peer-port", str(self.peer_port), "--peer-bind", "127.0.0.1", "--token", TOKEN, *arguments),
                environment=environment)
            self.url = self._url()
            if self.url or "in use" not in self.plane.tail():
                break
            self.plane.kill()
        assert self.url, f"it does not stream; log:\n{self.plane.tail()}"
        url = urllib.parse.urlsplit(self.url)
        self.file_id = url.path.rpartition("/")[2]
        self.endpoint = Endpoint(url.port, url.path, {"X-TT-Auth": TOKEN})

    def _url(self):
        def told():
            return [line.strip() for line in self.plane.lines if line.startswith("http")]

        wait_until(lambda: told() or self.plane.process.poll() is not None, 60, "it says where it streams")
        return next(iter(told()), None)

    def release(self):
        self.seed = self._make_session()
        self.seed.add(self.payload.torrent_file, self.payload.root, seed=True, peers=[("127.0.0.1", self.peer_port)])

    def missing(self):
        """Parts that are not there yet, as pairs of begin and end."""
        _, _, body = self.endpoint.get(path=self.endpoint.path + "/status")
        status = json.loads(body)
        begin = 0
        for start, end in [*status["available"], [status["length"], None]]:
            if start > begin:
                yield begin, start - 1
            begin = None if end is None else end + 1

    def lacks(self, begin, end):
        """Whether nothing of this part is there."""
        return any(first <= begin and end <= last for first, last in self.missing())

    def needed(self):
        """Windows that somebody waits for."""
        _, _, body = self.endpoint.get(path=self.endpoint.path + "/status")
        return json.loads(body)["needed"]

    def close(self):
        self.plane.kill()


class Brain:
    """A brain that knows one file; nothing of it is there until it is released."""

    def __init__(self, port, file_id, path, length, **more):
        self.file_id = file_id
        self.waiting = {}
        self.cancelled = []
        self.requests = []
        self.released = False
        self.passive = False
        self._lock = threading.Lock()
        self.socket = WebSocket(port, f"/control?token={TOKEN}")
        self.send("file_register", fileId=file_id, path=str(path), length=length, **more)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, op, **fields):
        self.socket.send(json.dumps({"op": op, **fields}))

    def _run(self):
        while (text := self.socket.messages.get()) is not None:
            message = json.loads(text)
            with self._lock:
                if message["op"] == "range_cancel":
                    self.cancelled.append(message["requestId"])
                    self.waiting.pop(message["requestId"], None)
                elif message["op"] == "range_request":
                    self.requests.append(message)
                    if self.passive:
                        pass
                    elif self.released:
                        self.send("range_available", requestId=message["requestId"])
                    else:
                        self.waiting[message["requestId"]] = message
                        self.send("range_block", requestId=message["requestId"])

    def release(self):
        with self._lock:
            self.released = True
            for request in self.waiting:
                self.send("range_ready", requestId=request)
            self.waiting.clear()

    def needed(self):
        with self._lock:
            return [[m["start"], m["end"]] for m in self.waiting.values()]

    def close(self):
        self.socket.close()
        self._thread.join(10)


class RemoteStage:
    """`./bittern streamer`: no engine; the brain is this test."""

    def __init__(self, work, payload, *arguments):
        self.payload = payload
        self.plane = ScaffoldProcess(
            work / "streamer.log", runtime="streamer", arguments=("--port", "0", "--token", TOKEN, *arguments))
        self.file = pathlib.Path(payload.root) / payload.name
        self.file_id = "some.file_1"
        self.port = self.plane.rpc_port
        self.brain = self.connect()
        self.endpoint = Endpoint(self.port, f"/stream/{self.file_id}", {"X-TT-Auth": TOKEN})
        wait_until(lambda: self.endpoint.get("HEAD")[0] == 200, 20, "the file is registered")
        _, _, ticket = self.endpoint.get("POST", path=f"{self.endpoint.path}/ticket")
        self.url = json.loads(ticket)["url"]

    def connect(self):
        return Brain(self.port, self.file_id, self.file, self.file.stat().st_size, modified="2026-01-02T03:04:05Z")

    def release(self):
        self.brain.release()

    def needed(self):
        return self.brain.needed()

    def close(self):
        self.brain.close()
        self.plane.kill()


def payload_for(work, seed, length=3 * 1024 * 1024 + 17, name="film.mkv"):
    return payloads.single(work / "source", seed, length, 64 * 1024, name=name)
