"""`./bittern daemon` as a process, and Transmission's RPC as a client without any kindness speaks it."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import subprocess

from . import evidence, processes
from .engine_rpc import ANSWER_SECONDS, EXIT_SECONDS, LAST_ANSWER_SECONDS, ROOT
from .waiting import crowding, exit_code, wait_until

START_SECONDS = 60
QUIET = {
    "bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False,
    "utp-enabled": False, "port-forwarding-enabled": False, "encryption": 1,
}


class RpcCaller:
    """Whoever answers Transmission's RPC at a port."""

    def __init__(self, port):
        self.port = port
        self.session_id = "none"
        self.answer_seconds = ANSWER_SECONDS
        self.answers = {}  # the last one to each method
        self.rights = {}  # headers of every call, where a password is asked for

    def exchange(self, method="POST", path="/transmission/rpc", body=None, headers=(), seconds=None):
        """One request as it is; status, headers and body of the answer."""
        seconds = seconds or self.answer_seconds
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds * crowding())
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def post(self, message, headers=()):
        """One request with the session id, which is learnt from a 409."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        for _ in range(2):
            status, found, answer = self.exchange(body=body, headers={"X-Transmission-Session-Id": self.session_id, **self.rights, **dict(headers)})
            if status != 409:
                return status, answer
            self.session_id = found["X-Transmission-Session-Id"]
        raise AssertionError("409 with the id of the last 409")

    def call(self, method, **arguments):
        """A call of the legacy dialect that must succeed; underscores of names become hyphens."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        status, answer = self.post({"method": method, "arguments": named, "tag": 7})
        reply = json.loads(answer)
        assert status == 200 and reply["result"] == "success" and reply["tag"] == 7, (status, answer)
        self.answers[method] = reply["arguments"]
        return reply["arguments"]

    def torrents(self, *fields, **arguments):
        return self.call("torrent-get", fields=list(fields), **arguments)["torrents"]


class Daemon(RpcCaller):
    """One daemon with a directory of its own. Its settings.json is written before it starts, as somebody who comes from Transmission does.

    A command is one that starts a daemon on the data directory by itself, with no environment but the one that is named.
    """

    def __init__(self, directory, peer_port, environment=(), arguments=("--port", "0"), data=None, command=None, **settings):
        self.directory = pathlib.Path(directory)
        self.data = data or self.directory / "data"
        self.downloads = self.directory / "downloads"
        self.data.mkdir(parents=True, exist_ok=True)
        self.settings_file = self.data / "settings.json"
        if not self.settings_file.exists():
            named = {name.replace("_", "-"): value for name, value in settings.items()}
            self.settings_file.write_text(json.dumps({**QUIET, "peer-port": peer_port, "download-dir": str(self.downloads), **named}))
        self.log = self.directory / "daemon.log"
        self.directory.mkdir(parents=True, exist_ok=True)
        self._out = open(self.directory / "daemon.out", "ab")
        self._err = open(self.log, "ab")
        self.process = processes.start(
            command or [f"{ROOT}/bittern", "daemon", "--data", str(self.data), *arguments], stdin=subprocess.DEVNULL, stdout=self._out,
            stderr=self._err, env={**({} if command else os.environ), **dict(environment)})
        super().__init__(0)
        evidence.remember(self)
        try:
            self.connection = wait_until(self.connected, START_SECONDS, "connection.json of the daemon")
        except BaseException:
            self.close()
            raise
        self.port = self.connection["port"]

    def connected(self):
        """What connection.json says now; nothing before the daemon has written it."""
        assert self.process.poll() is None, self.tail()
        file = self.data / "connection.json"
        if not file.exists():
            return None
        found = json.loads(file.read_text())
        return found if found["pid"] == self.process.pid else None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, sign=signal.SIGTERM):
        """Ends it in good order; its exit code."""
        processes.look(self.process)
        self.process.send_signal(sign)
        return exit_code(self.process, EXIT_SECONDS)

    @property
    def alive(self):
        return self.process.poll() is None

    def speak(self):
        self.answer_seconds = LAST_ANSWER_SECONDS
        self.call("torrent-get", fields=["id", "name", "status", "percentDone", "error", "errorString", "peers"])

    def testify(self, directory):
        """Beside its log, after what an engine there before it has answered."""
        with open(self.log.with_suffix(".answers"), "a", encoding="utf-8") as file:
            for method, answer in self.answers.items():
                file.write(f"{method}: {json.dumps(answer)}\n")

    def close(self):
        processes.end(self.process)
        self._out.close()
        self._err.close()
