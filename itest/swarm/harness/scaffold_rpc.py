"""A client of the HTTP control plane with the methods of the stdio one, so that scenarios run over both."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import shlex
import subprocess
import threading
import urllib.parse

from . import processes
from .engine_rpc import ANSWER_SECONDS, EXIT_SECONDS, ROOT, Engine, error_of
from .waiting import Timeout, crowding, exit_code, wait_until

START_SECONDS = 60

# The words of the minimal status, and its detail, for each state of the details; where the progress decides, both.
WORDS = {
    "checking": [(state, detail) for state in ("downloading", "seeding") for detail in ("check-wait", "checking")],
    "queued": [("downloading", "queued"), ("seeding", "queued")],
    "downloading_metadata": [("downloading", "metadata")],
    "finished": [("seeding", "partial")],
    **{state: [(state, None)] for state in ("downloading", "seeding", "paused", "stopped", "error")},
}
NAMES = {"id": "info_hash", "name": "name", "error": "error"}
NUMBERS = {"progress": "progress", "size": "total_size", "peers": "num_peers", "downloadRate": "download_rate", "uploadRate": "upload_rate",
           "totalDownloaded": "downloaded", "totalUploaded": "uploaded"}


class ScaffoldProcess:
    """One `./bittern scaffold` process, or another that says RPC_PORT: calls out, answers back."""

    def __init__(self, log, heap=None, arguments=("--port", "0"), environment=(), runtime="scaffold"):
        self.log = pathlib.Path(log)
        command = shlex.split(os.environ.get(f"BITTERN_{runtime.upper()}", f"{ROOT}/bittern {runtime}"))
        variables = {**os.environ, **dict(environment)}
        if heap:
            variables["BITTERN_JAVA_OPTS"] = variables.get("BITTERN_JAVA_OPTS", "") + f" -Xmx{heap}"
        self._log_file = open(self.log, "ab")
        self.process = processes.start(
            [*command, "--data", str(self.log.with_suffix(".data")), *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self._log_file, env=variables)
        self.answer_seconds = ANSWER_SECONDS
        self.lines = []
        self._first = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.decode())
            self._first.set()
        self._first.set()

    @property
    def rpc_port(self):
        """The port it says it listens on."""
        if not self._first.wait(START_SECONDS * crowding()):
            raise Timeout(f"no RPC_PORT in {START_SECONDS} s; log:\n{self.tail()}")
        assert self.lines, f"the scaffold has gone; log:\n{self.tail()}"
        name, _, port = self.lines[0].strip().partition("=")
        assert name == "RPC_PORT", self.lines
        return int(port)

    def exchange(self, method, path, body=None, headers=(), host="127.0.0.1", seconds=None):
        """One call; status, headers and body of the answer, as they came."""
        seconds = seconds or self.answer_seconds
        connection = http.client.HTTPConnection(host, self.rpc_port, timeout=seconds * crowding())
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def request(self, method, path, body=None):
        """One call; status and JSON of the answer."""
        status, headers, answer = self.exchange(method, path, None if body is None else json.dumps(body).encode())
        assert headers["Content-Type"] == "application/json", headers
        return status, json.loads(answer)

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait(self, seconds=EXIT_SECONDS):
        code = exit_code(self.process, seconds)
        self._reader.join(60)
        return code

    def kill(self):
        """kill -9 of the process and all that it started."""
        processes.end(self.process)
        self._reader.join(60)
        self.process.stdout.close()
        self._log_file.close()


class ScaffoldEngine(Engine):
    """An engine behind HTTP."""

    def __init__(self, directory, name="scaffold", heap=None, **options):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.downloads = self.directory / "downloads"
        self.state = self.directory / "state"
        self.plane = ScaffoldProcess(self.directory / f"{name}.log", heap, **options)
        self._begin()
        self.plane.rpc_port  # so that little time goes by between the choice of a free port and its use

    def get(self, path, /):
        return self._answer("GET", path)

    def post(self, path, /, **body):
        return self._answer("POST", path, body)

    def _answer(self, method, path, body=None):
        _, answer = self.plane.request(method, path, body)
        self.answers[f"{method} {path}"] = answer
        if not answer["ok"]:
            raise error_of(answer)
        return answer

    def call(self, command, **params):
        """Only what every scenario needs: the name of stdio for starting an engine."""
        assert command == "init", command
        answer = self.post("/engine/start", config=params)
        return {**answer, "listen_port": self.get("/engine/status")["port"]}

    def stop(self):
        self.post("/engine/stop")

    def add(self, torrent_file, **options):
        if set(options) - {"save_path"}:
            return self.post("/torrent/add-with-options", path=str(torrent_file), **options)["id"]
        data = base64.b64encode(pathlib.Path(torrent_file).read_bytes()).decode()
        return self._add("file", data, options)

    def add_magnet(self, uri, **options):
        if set(options) - {"save_path"}:
            return self.post("/torrent/add-with-options", uri=uri, **options)["id"]
        return self._add("magnet", uri, options)

    def _add(self, kind, data, options):
        place = {"storagePath": str(options["save_path"])} if "save_path" in options else {}
        return self.post("/torrent/add", type=kind, data=data, **place)["id"]

    def seed(self, torrent_file, save_path):
        return self.add(torrent_file, save_path=save_path)

    def status(self, torrent):
        return self.get(f"/torrent/{torrent}/details")["status"]

    def brief(self, torrent):
        """The status of the minimal plane."""
        return self.get(f"/torrent/{torrent}/status")

    def wait_for(self, torrent, condition, what, seconds=30):
        """The same; and both statuses tell the same of what was waited for."""
        status = super().wait_for(torrent, condition, what, seconds)
        wait_until(lambda: self._agrees(torrent), seconds, f"the status agrees with the details: {self.brief(torrent)}, {status}")
        return status

    def _agrees(self, torrent):
        """What changes all the time may lie between what the details say before and after."""
        before, brief, after = self.status(torrent), self.brief(torrent), self.status(torrent)
        return ((brief["state"], brief.get("detail")) in WORDS[before["state"]] + WORDS[after["state"]]
                and all(brief.get(name) in (before[same], after[same]) for name, same in NAMES.items())
                and all(min(before[same], after[same]) <= brief[name] <= max(before[same], after[same]) for name, same in NUMBERS.items()))

    def stats(self):
        return self.get("/stats")["engine"]

    def remove(self, torrent, delete_data=False):
        self.post(f"/torrent/{torrent}/remove", deleteData=delete_data)

    def pause(self, torrent):
        self.post(f"/torrent/{torrent}/pause")

    def resume(self, torrent):
        self.post(f"/torrent/{torrent}/resume")

    def recheck(self, torrent):
        self.post(f"/torrent/{torrent}/recheck")

    def reannounce(self, torrent):
        self.post(f"/torrent/{torrent}/force-announce")

    def add_peer(self, torrent, port, host="127.0.0.1"):
        self.post(f"/torrent/{torrent}/add-peer", ip=host, port=port)

    def disconnect_peer(self, torrent, port, host="127.0.0.1"):
        self.post(f"/torrent/{torrent}/disconnect-peer", ip=host, port=port)

    def availability(self, torrent):
        return self.get(f"/torrent/{torrent}/availability")["availability"]

    def stop_torrent(self, torrent):
        self.post(f"/torrent/{torrent}/stop")

    def set_options(self, torrent, **options):
        self.post(f"/torrent/{torrent}/options", **options)

    def move_in_queue(self, torrent, where):
        self.post(f"/torrent/{torrent}/queue", where=where)

    def settings(self, **values):
        self.post("/session/settings", settings={name.replace("_", "-"): value for name, value in values.items()})

    def move(self, torrent, path, move_data=True):
        self.post(f"/torrent/{torrent}/move", path=str(path), moveData=move_data)

    def rename(self, torrent, path, name):
        self.post(f"/torrent/{torrent}/rename", path=path, name=name)

    def session(self):
        return self.get("/session")

    def group(self, **group):
        self.post("/session/group", **group)

    def logs(self, **which):
        return self.get(f"/logs?{urllib.parse.urlencode(which)}")["logs"]

    def process(self):
        return self.get("/stats")["process"]

    def options(self, torrent, **options):
        self.post(f"/torrent/{torrent}/settings", **options)

    def shutdown(self):
        """Orderly end; returns the exit code."""
        processes.look(self.plane.process)
        self.post("/shutdown")
        code = self.plane.wait()
        self.plane.kill()
        return code
