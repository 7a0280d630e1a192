"""The daemon's bundles in Apache Felix as it comes from Maven Central: our launcher is a convenience, not a condition."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tarfile

import pytest

from harness import payloads, processes
from harness.daemon_rpc import QUIET
from harness.engine_rpc import EXIT_SECONDS, ROOT
from harness.payloads import KIB
from harness.waiting import crowding, wait_until
from test_new_bundle import jdk

START_SECONDS = 90


class Felix:
    """java -jar bin/felix.jar, in its folder, by somebody at a terminal: a shell that is there waits for its input."""

    def __init__(self, folder, data, peer_port):
        self.peer_port = peer_port
        self.folder = folder
        self.settings_file = data / "settings.json"
        self._connection = data / "connection.json"
        self.log = folder / "out"
        self.start()

    def start(self):
        self._out = open(self.log, "ab")
        self.process = processes.start([f"{jdk()}/bin/java", "-Xmx256m", "-XX:+UseSerialGC", "-jar", "bin/felix.jar"], cwd=self.folder,
                                       stdin=subprocess.PIPE, stdout=self._out, stderr=subprocess.STDOUT)

    def connection(self):
        assert self.process.poll() is None, self.log.read_text()
        return json.loads(self._connection.read_text()) if self._connection.exists() else None

    def rpc(self):
        """Of the process that runs, once it answers."""
        connection = wait_until(self.connection, START_SECONDS, "connection.json of the daemon in Felix")
        return Rpc(connection["port"])

    def stop(self):
        """As a service is; nothing may have gone wrong."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(EXIT_SECONDS * 4 * crowding())
        text = self.log.read_text()
        assert "ERROR" not in text and "Exception" not in text, text
        self.close()

    def close(self):
        processes.end(self.process)
        self.process.stdin.close()
        self._out.close()


def in_distribution(laid_out, work, data):
    """Felix's own distribution with our bundles in its folder and our lines in its configuration, as docs/felix.md says.

    The last one at Maven Central has a framework before Core R8, so its launcher is the one of the folder; the rest is as it comes.
    """
    archive, = (ROOT / "runtime/dist/target/felix-distribution").glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(work / "distribution", filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(work / "distribution")
    folder, = (work / "distribution").iterdir()
    shutil.copy(laid_out / "bin/felix.jar", folder / "bin/felix.jar")
    for jar in (laid_out / "bundle").iterdir():
        shutil.copy(jar, folder / "bundle")
    with open(folder / "conf/config.properties", "a", encoding="ascii") as file:
        file.write(f"\nbittern.data={data}\nbittern.args=--port\\u001f0\norg.apache.felix.http.require.config=true\n"
                   "felix.cm.pm=memory\norg.ops4j.pax.logging.DefaultServiceLog.level=WARN\n")
    return folder


@pytest.fixture(params=["laid out", "distribution"])
def felix(request, work, ports):
    data = work / "data"
    data.mkdir()
    port = ports.next()
    (data / "settings.json").write_text(json.dumps({**QUIET, "peer-port": port, "download-dir": str(work / "downloads")}))
    folder = work / "felix"
    done = subprocess.run([f"{ROOT}/bittern", "felix", str(folder), "--port", "0", "--data", str(data)], capture_output=True, text=True,
                          timeout=START_SECONDS * crowding())
    assert done.returncode == 0, done.stderr
    if request.param == "distribution":
        folder = in_distribution(folder, work, data)
    felix = Felix(folder, data, port)
    yield felix
    felix.close()


class Rpc:
    """What is needed of a client of Transmission's RPC."""

    def __init__(self, port):
        self._port = port
        self._id = "none"

    def __call__(self, method, **arguments):
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=40 * crowding())
            connection.request("POST", "/transmission/rpc", json.dumps({"method": method, "arguments": arguments}),
                               {"X-Transmission-Session-Id": self._id})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status != 409:
                break
            self._id = answer.headers["X-Transmission-Session-Id"]
        assert answer.status == 200, body
        reply = json.loads(body)
        assert reply["result"] == "success", reply
        return reply["arguments"]


def test_downloads_in_plain_felix_and_reads_its_settings_at_each_start(felix, seeder, work, seed):
    payload = payloads.single(work / "origin", seed, 700 * KIB)
    rpc = felix.rpc()

    added = rpc("torrent-add", filename=str(payload.torrent_file))["torrent-added"]
    seeder.add(payload.torrent_file, payload.root, seed=True, peers=[("127.0.0.1", felix.peer_port)])
    wait_until(lambda: rpc("torrent-get", ids=[added["id"]], fields=["percentDone"])["torrents"][0]["percentDone"] == 1, 60, "the download")
    payload.assert_equal(work / "downloads")
    kept = [str(file) for file in felix.folder.rglob("*.config")]
    assert kept == [], "configurations hold secrets, and nobody but the daemon's user may read those"

    felix.stop()
    settings = json.loads(felix.settings_file.read_text())
    felix.settings_file.write_text(json.dumps({**settings, "alt-speed-up": 77}))
    felix.start()
    assert felix.rpc()("session-get")["alt-speed-up"] == 77, "what somebody wrote while it was stopped"
    felix.stop()
    assert json.loads(felix.settings_file.read_text())["alt-speed-up"] == 77
