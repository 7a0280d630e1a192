"""Clients of the engine's control planes, with one exception per error code."""

import json
import os
import pathlib
import queue
import shlex
import subprocess
import threading

from . import evidence, processes
from .waiting import Timeout, crowding, exit_code, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[3]
ANSWER_SECONDS = 40
EXIT_SECONDS = 5
LAST_ANSWER_SECONDS = 2  # of an engine whose test has failed


class EngineError(Exception):
    """The engine refused a command."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class EngineNotRunning(EngineError):
    pass


class EngineAlreadyRunning(EngineError):
    pass


class TorrentNotFound(EngineError):
    pass


class InvalidRequest(EngineError):
    pass


class InternalError(EngineError):
    pass


ERRORS = {c.__name__: c for c in (EngineNotRunning, EngineAlreadyRunning, TorrentNotFound, InvalidRequest, InternalError)}


def error_of(answer):
    code = answer.get("code", "")
    return ERRORS.get(code, EngineError)(code, answer.get("error"))


class StdioProcess:
    """One `./bittern stdio` process: lines in, lines out."""

    def __init__(self, log, heap=None):
        self.log = pathlib.Path(log)
        command = shlex.split(os.environ.get("BITTERN_STDIO", f"{ROOT}/bittern stdio"))
        environment = dict(os.environ)
        if heap:
            environment["BITTERN_JAVA_OPTS"] = environment.get("BITTERN_JAVA_OPTS", "") + f" -Xmx{heap}"
        self._log_file = open(self.log, "ab")
        self.process = processes.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log_file, env=environment)
        self.answer_seconds = ANSWER_SECONDS
        self._lines = queue.Queue()
        self._sequence = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.decode())
        self._lines.put(None)

    def send_line(self, text):
        self.process.stdin.write((text if isinstance(text, bytes) else text.encode()) + b"\n")
        self.process.stdin.flush()

    def read_line(self, seconds=None):
        """The next line of stdout, None at its end."""
        seconds = seconds or self.answer_seconds
        try:
            return self._lines.get(timeout=seconds * crowding())
        except queue.Empty:
            raise Timeout(f"no line from the engine in {seconds} s; log: {self.log}") from None

    def request(self, command, params=None):
        """Sends a command and returns its whole answer."""
        self._sequence += 1
        message = {"id": self._sequence, "cmd": command}
        if params is not None:
            message["params"] = params
        self.send_line(json.dumps(message))
        line = self.read_line()
        assert line is not None, f"the engine has gone; log:\n{self.tail()}"
        answer = json.loads(line)
        assert answer["id"] == self._sequence, f"answers out of order: {answer}"
        return answer

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait(self, seconds=EXIT_SECONDS):
        return exit_code(self.process, seconds)

    def kill(self):
        """kill -9 of the process and all that it started."""
        processes.end(self.process)
        self.process.stdin.close()
        self._log_file.close()


class Engine:
    """An engine behind stdio, one method a command."""

    def __init__(self, directory, name="engine", heap=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.downloads = self.directory / "downloads"
        self.state = self.directory / "state"
        self.plane = StdioProcess(self.directory / f"{name}.log", heap)
        self._begin()

    def _begin(self):
        self.port = None
        self.host = "127.0.0.1"
        self.answers = {}  # the last one to each question
        self.shared = False  # by several tests: what comes too late for one must not be taken for an answer in the next
        evidence.remember(self)

    @property
    def pid(self):
        return self.plane.process.pid

    @property
    def alive(self):
        return self.plane.process.poll() is None

    def call(self, command, **params):
        answer = self.plane.request(command, params)
        self.answers[f"{command} {params.get('torrent_id', '')}".strip()] = answer
        if not answer["ok"]:
            raise error_of(answer)
        return answer

    def speak(self):
        """Its status now, and that of its torrents."""
        if self.shared:
            return
        self.plane.answer_seconds = LAST_ANSWER_SECONDS
        for torrent in self.stats()["torrents"]:
            self.status(torrent)

    def testify(self, directory):
        """Beside its log, after what an engine there before it has answered."""
        with open(self.plane.log.with_suffix(".answers"), "a", encoding="utf-8") as file:
            for question, answer in self.answers.items():
                file.write(f"{question}: {json.dumps(answer)}\n")

    def init(self, port=0, **options):
        options.setdefault("download_dir", str(self.downloads))
        options.setdefault("state_dir", str(self.state))
        for feature in ("enable_dht", "enable_lsd", "enable_pex", "enable_upnp", "enable_utp"):
            options.setdefault(feature, False)
        options.setdefault("encryption", "disabled")
        self.host = options.get("listen_host", self.host)
        self.port = self.call("init", listen_port=port, **options)["listen_port"]
        return self

    def add(self, torrent_file, **options):
        return self.call("add_torrent_file", path=str(torrent_file), **options)["torrent_id"]

    def add_magnet(self, uri, **options):
        return self.call("add_magnet_uri", uri=uri, **options)["torrent_id"]

    def seed(self, torrent_file, save_path):
        return self.call("add_torrent_and_seed", path=str(torrent_file), save_path=str(save_path))["torrent_id"]

    def status(self, torrent):
        return self.call("get_torrent_status", torrent_id=torrent)["status"]

    def stats(self):
        return self.call("get_engine_stats")["status"]

    def remove(self, torrent, delete_data=False):
        self.call("remove_torrent", torrent_id=torrent, delete_data=delete_data)

    def pause(self, torrent):
        self.call("pause_torrent", torrent_id=torrent)

    def resume(self, torrent):
        self.call("resume_torrent", torrent_id=torrent)

    def recheck(self, torrent):
        self.call("recheck_torrent", torrent_id=torrent)

    def reannounce(self, torrent):
        self.call("force_reannounce", torrent_id=torrent)

    def add_peer(self, torrent, port, host="127.0.0.1"):
        self.call("add_peer", torrent_id=torrent, host=host, port=port)

    def disconnect_peer(self, torrent, port, host="127.0.0.1"):
        self.call("disconnect_peer", torrent_id=torrent, host=host, port=port)

    def availability(self, torrent):
        return self.call("get_availability", torrent_id=torrent)["availability"]

    def stop_torrent(self, torrent):
        self.call("stop_torrent", torrent_id=torrent)

    def set_options(self, torrent, **options):
        self.call("set_options", torrent_id=torrent, **options)

    def move_in_queue(self, torrent, where):
        self.call("move_in_queue", torrent_id=torrent, where=where)

    def session(self):
        return self.call("get_session")

    def group(self, **group):
        self.call("set_group", **group)

    def logs(self, **which):
        return self.call("get_logs", **which)["logs"]

    def process(self):
        return self.call("get_process")["process"]

    def settings(self, **values):
        """Settings by the names of settings.json, with _ for -."""
        self.call("set_settings", settings={name.replace("_", "-"): value for name, value in values.items()})

    def move(self, torrent, path, move_data=True):
        self.call("move_torrent", torrent_id=torrent, path=str(path), move_data=move_data)

    def rename(self, torrent, path, name):
        self.call("rename_path", torrent_id=torrent, path=path, name=name)

    def options(self, torrent, **options):
        self.call("set_torrent_options", torrent_id=torrent, **options)

    def wait_for(self, torrent, condition, what, seconds=30):
        last = {}

        def check():
            last.update(self.status(torrent))
            if last["state"] == "error" and "error" not in what:
                raise AssertionError(f"waiting for {what}: the torrent failed: {last['error']}")
            return last if condition(last) else None

        try:
            return wait_until(check, seconds, what)
        except Timeout as timeout:
            brief = {k: v for k, v in last.items() if k not in ("pieces", "files")}
            raise Timeout(f"{timeout}; last status {brief}\n{self.plane.tail(15)}") from None

    def wait_state(self, torrent, *states, seconds=30):
        return self.wait_for(torrent, lambda s: s["state"] in states, f"state {' or '.join(states)}", seconds)

    def wait_complete(self, torrent, seconds=60):
        return self.wait_for(
            torrent, lambda s: s["progress"] == 1 and s["state"] in ("seeding", "finished"), "complete", seconds)

    def shutdown(self):
        """Orderly end; returns the exit code."""
        processes.look(self.plane.process)
        self.call("shutdown")
        code = self.plane.wait()
        self.plane.kill()
        return code

    def close(self):
        """Ends it somehow; for fixtures."""
        self.plane.kill()
