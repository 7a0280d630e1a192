#!/usr/bin/python3
"""What a poll of a client costs: torrent-get of 14 common fields, and recently-active when nothing moves.

usage: rpc.py [--torrents 10000] [--runs 20] [--transmission 10000]
The same calls go to Debian's transmission-daemon (--transmission 0: not at all). Medians over one connection that stays open; the answer is read and
not parsed. CPU is that of the daemon, all threads: on a busy machine it can be believed where the wall time cannot.
"""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "swarm"))

from harness.daemon_rpc import Daemon  # noqa: E402
from harness.other_clients import transmission_alone  # noqa: E402
from harness.ports import Ports  # noqa: E402

FIELDS = ["id", "name", "status", "error", "errorString", "eta", "isFinished", "leftUntilDone", "percentDone", "rateDownload", "rateUpload",
          "sizeWhenDone", "uploadRatio", "queuePosition"]
BATCH = 500
WARM_UP_RUNS = 30
QUIET_SECONDS = 65  # what was added counts as recent for a minute
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Client:
    """One connection that stays open."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._session = "none"

    def call(self, message):
        """Milliseconds, and the answer."""
        body = json.dumps(message).encode()
        while True:
            begin = time.perf_counter()
            self._connection.request("POST", "/transmission/rpc", body, {"X-Transmission-Session-Id": self._session})
            response = self._connection.getresponse()
            answer = response.read()
            took = time.perf_counter() - begin
            if response.status != 409:
                return took * 1000, answer
            self._session = response.headers["X-Transmission-Session-Id"]


def magnet(number):
    return f"magnet:?xt=urn:btih:{number + 1:040x}&dn=torrent%20number%20{number}"


def cpu_millis(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS_PER_SECOND


def measure(name, client, pid, runs):
    everything = {"method": "torrent-get", "arguments": {"fields": FIELDS}}
    recent = {"method": "torrent-get", "arguments": {"fields": FIELDS, "ids": "recently-active"}}
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        client.call(recent)  # what is recent is counted from the first question on, and silence ends the connection
        time.sleep(5)
    for label, message in (("torrent-get, 14 fields", everything), ("recently-active", recent)):
        first = client.call(message)[0]
        for _ in range(WARM_UP_RUNS):
            client.call(message)
        cpu = cpu_millis(pid)
        answers = [client.call(message) for _ in range(runs)]
        cpu = (cpu_millis(pid) - cpu) / runs
        times = [took for took, _ in answers]
        print(f"{name}: {label}: first {first:.1f} ms, median {statistics.median(times):.2f} ms, best {min(times):.2f} ms, CPU {cpu:.1f} ms,"
              f" {len(answers[-1][1])} bytes", flush=True)


def add(name, torrents, add_some):
    begin = time.perf_counter()
    for number in range(0, torrents, BATCH):
        add_some(range(number, min(number + BATCH, torrents)))
    print(f"{name}: {torrents} torrents added in {time.perf_counter() - begin:.0f} s", flush=True)


def bittern(work, ports, torrents, runs):
    daemon = Daemon(work / "bittern", ports.next(), start_added_torrents=False)
    try:
        client = Client(daemon.port)

        def add_some(numbers):
            batch = [{"jsonrpc": "2.0", "id": n, "method": "torrent_add", "params": {"filename": magnet(n), "paused": True}} for n in numbers]
            assert b'"error"' not in client.call(batch)[1]

        add("bittern", torrents, add_some)
        measure("bittern", client, daemon.process.pid, runs)
    finally:
        daemon.close()


def transmission(work, ports, torrents, runs):
    port = ports.next()
    other = transmission_alone(work, work / "theirs", ports.next(), port)
    try:
        client = Client(port)

        def add_some(numbers):
            for n in numbers:
                client.call({"method": "torrent-add", "arguments": {"filename": magnet(n), "paused": True}})

        add("transmission 3.00", torrents, add_some)
        measure("transmission 3.00", client, other.process.pid, runs)
    finally:
        other.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torrents", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--transmission", type=int, default=10_000)
    arguments = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-rpc-"))
    ports = Ports()
    try:
        bittern(work, ports, arguments.torrents, arguments.runs)
        if arguments.transmission:
            transmission(work, ports, arguments.transmission, arguments.runs)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
