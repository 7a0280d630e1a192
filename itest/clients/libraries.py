"""Clients that were written for Transmission, each behind the same few methods. Nothing of theirs is changed or worked around."""

import base64
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ANSWER_SECONDS = 120


class Refused(Exception):
    """The client says that it did not work."""


class OfNpm:
    """A library of npm, in a process of its own."""

    def __init__(self, kind, port):
        self._process = subprocess.Popen(["node", str(HERE / "client.mjs"), kind, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True)

    def _call(self, name, *words):
        self._process.stdin.write(json.dumps({"do": name, "with": words}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the client ended at {name}"
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def add_base64(self, torrent_file, directory):
        return self._call("addBase64", base64.b64encode(torrent_file.read_bytes()).decode(), {"download-dir": str(directory), "paused": True})["id"]

    def add_link(self, link, directory):
        return self._call("addLink", link, {"download-dir": str(directory)})["id"]

    def get(self, torrent):
        """The fields that the tests look at."""
        found = self._call("get", torrent)
        return found and {name: found[name] for name in ("id", "name", "status", "percentDone", "leftUntilDone", "downloadDir", "fileStats")}

    def select(self, torrent, wanted, unwanted):
        self._call("set", torrent, {"files-wanted": wanted, **({"files-unwanted": unwanted} if unwanted else {})})

    def limit(self, torrent, down, up):
        self._call("set", torrent, {"downloadLimit": down, "downloadLimited": True, "uploadLimit": up, "uploadLimited": True})

    def start(self, torrent):
        self._call("start", torrent)

    def stop(self, torrent):
        self._call("stop", torrent)

    def verify(self, torrent):
        self._call("verify", torrent)

    def move(self, torrent, directory):
        self._call("move", torrent, str(directory))

    def remove(self, torrent, data):
        self._call("remove", torrent, data)

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class OfPython:
    """transmissionrpc of Debian."""

    def __init__(self, port):
        import transmissionrpc  # pylint: disable=import-outside-toplevel

        self._error = transmissionrpc.TransmissionError
        self._client = transmissionrpc.Client("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def add_base64(self, torrent_file, directory):
        return self._client.add_torrent(base64.b64encode(torrent_file.read_bytes()).decode(), download_dir=str(directory), paused=True).id

    def add_link(self, link, directory):
        return self._client.add_torrent(link, download_dir=str(directory)).id

    def get(self, torrent):
        try:
            found = self._client.get_torrent(torrent)
        except KeyError:
            return None
        fields = found._fields  # pylint: disable=protected-access
        return {name: fields[name].value for name in ("id", "name", "status", "percentDone", "leftUntilDone", "downloadDir", "fileStats")}

    def select(self, torrent, wanted, unwanted):
        files = self._client.get_files(torrent)[torrent]
        for index in [*wanted, *unwanted]:
            files[index]["selected"] = index in wanted
        self._client.set_files({torrent: files})

    def limit(self, torrent, down, up):
        found = self._client.get_torrent(torrent)
        found.download_limit = down
        found.upload_limit = up

    def start(self, torrent):
        self._client.start_torrent(torrent)

    def stop(self, torrent):
        self._client.stop_torrent(torrent)

    def verify(self, torrent):
        self._client.verify_torrent(torrent)

    def move(self, torrent, directory):
        self._client.move_torrent_data(torrent, str(directory))

    def remove(self, torrent, data):
        self._client.remove_torrent(torrent, delete_data=data)

    def close(self):
        """It holds no connection."""


def client(kind, port):
    return OfPython(port) if kind == "transmissionrpc" else OfNpm(kind, port)
