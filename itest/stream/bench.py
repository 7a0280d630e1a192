"""Measures the goals of streaming with mpv and curl-like clients; beside it libtorrent with deadlines on the same seeds.

    /usr/bin/python3 bench.py [--films DIR] [--json FILE]

Prints one line per measurement. Timings mean something on a quiet machine only.
"""

import argparse
import http.client
import http.server
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm")]

import libtorrent as lt  # noqa: E402
from harness import payloads  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.waiting import wait_until  # noqa: E402
from harness_stream import media  # noqa: E402
from harness_stream.stages import LocalStage  # noqa: E402

LUA = HERE / "harness_stream" / "mpv.lua"
PIECE = 256 * 1024
PORTS = Ports()


class Oracle:
    """libtorrent behind a blocking range endpoint: set_piece_deadline for a window of 8 pieces, as streaming clients do."""

    WINDOW = 8

    def __init__(self, payload, directory):
        self.session = Session(PORTS.next())
        self.handle = self.session.add(payload.torrent_file, directory)
        self.path = pathlib.Path(directory) / payload.name
        self.size = payload.size
        oracle = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                match = re.match(r"bytes=(\d+)-", self.headers.get("Range", "bytes=0-"))
                oracle.serve(self, int(match.group(1)))

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/film"

    def serve(self, request, start):
        if start >= self.size:
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{self.size}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {start}-{self.size - 1}/{self.size}")
        request.send_header("Content-Length", str(self.size - start))
        request.send_header("ETag", '"x"')
        request.send_header("Accept-Ranges", "bytes")
        request.close_connection = True
        position, begun = start, False
        try:
            while position < self.size:
                piece = position // PIECE
                for ahead in range(self.WINDOW):
                    if piece + ahead <= (self.size - 1) // PIECE and not self.handle.have_piece(piece + ahead):
                        self.handle.set_piece_deadline(piece + ahead, 200 * ahead)
                while not self.handle.have_piece(piece):
                    time.sleep(0.01)
                if not begun:
                    request.end_headers()
                    begun = True
                end = min(self.size, (piece + 1) * PIECE)
                with open(self.path, "rb") as file:
                    file.seek(position)
                    request.wfile.write(file.read(end - position))
                position = end
        except (OSError, RuntimeError):  # the player or the torrent has gone
            pass

    def connect(self, seeds):
        for seed in seeds:
            self.handle.connect_peer(("127.0.0.1", seed.port))

    def close(self):
        self.server.shutdown()
        self.session.close()


class Ours(LocalStage):
    def __init__(self, payload, directory):
        super().__init__(pathlib.Path(directory), PORTS, payload, None)

    def connect(self, seeds):
        for seed in seeds:
            seed.handles[0].connect_peer(("127.0.0.1", self.peer_port))


def mpv(url, target):
    began = time.monotonic()
    process = subprocess.Popen(
        ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", "--cache-pause-initial=no", f"--script={LUA}",
         f"--script-opts=target={target}", url], stdout=subprocess.PIPE, text=True)
    events = {}
    pauses = 0
    for line in process.stdout:
        words = line.split()
        if len(words) == 3:
            events.setdefault(words[1], time.monotonic() - began)
            pauses += words[1] == "pause"
    process.wait()
    return events, pauses


def scene(name, film, films, rates, target, kind):
    payload = payloads.torrent_of(films, film, PIECE)
    work = pathlib.Path(tempfile.mkdtemp(prefix="stream-bench-"))
    seeds = []
    for rate in rates:
        seed = Session(PORTS.next(), upload_rate_limit=rate)
        seed.add(payload.torrent_file, films, seed=True)
        seeds.append(seed)
    side = kind(payload, work)
    try:
        side.connect(seeds)
        events, pauses = mpv(side.url, target)
        first = events.get("first")
        sought = events["sought"] - events["seek"] if "sought" in events else None
        return {"scene": name, "side": kind.__name__, "first": first, "seek": sought, "pauses": pauses}
    finally:
        side.close()
        for seed in seeds:
            seed.close()
        shutil.rmtree(work, ignore_errors=True)


def complete_file(films, film):
    """G1, G2, G10, G14 on a stage of our own."""
    payload = payloads.torrent_of(films, film, PIECE)
    work = pathlib.Path(tempfile.mkdtemp(prefix="stream-bench-"))
    side = Ours(payload, work)
    found = {}
    try:
        waiting = [side.endpoint.later(Range=f"bytes={i * 10_000}-{i * 10_000 + 9}") for i in range(500)]
        wait_until(lambda: len(side.needed()) == 500, 60, "500 wait")
        found["threads_500_blocked"] = len(list(pathlib.Path(f"/proc/{side.plane.process.pid}/task").iterdir()))
        for later in waiting[1:]:
            later.leave()
        wait_until(lambda: len(side.needed()) == 1, 30, "one waits")
        gone = side.endpoint.later(Range="bytes=5000000-")
        wait_until(lambda: len(side.needed()) == 2, 30, "two wait")
        began = time.monotonic()
        gone.leave()
        while len(side.needed()) == 2:
            pass
        found["G10_forgotten_s"] = time.monotonic() - began
        seed = Session(PORTS.next())
        seed.add(payload.torrent_file, films, seed=True)
        side.connect([seed])
        waiting[0].wait()
        wait_until(lambda: len(json.loads(side.endpoint.get(path=side.endpoint.path + "/status")[2])["available"]) == 1
                   and side.endpoint.get(Range=f"bytes=-1")[0] == 206, 120, "complete")
        size = payload.size
        firsts = []
        for i in range(200):
            at = i * (size // 200)
            began = time.monotonic()
            answer = side.endpoint.open(Range=f"bytes={at}-")
            answer.read(1)
            firsts.append(time.monotonic() - began)
            answer.close()
        found["G1_first_byte_ms_p50"] = statistics.median(firsts) * 1000
        found["G1_first_byte_ms_p95"] = sorted(firsts)[189] * 1000
        rates = []
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", side.endpoint.port)
            began = time.monotonic()
            connection.request("GET", side.endpoint.path)
            response = connection.getresponse()
            sink = bytearray(1 << 20)
            while response.readinto(sink):
                pass
            rates.append(size / (time.monotonic() - began) / 1e6)
            connection.close()
        found["G2_MB_per_s_best_of_5"] = max(rates)
        seed.close()
        return found
    finally:
        side.close()
        shutil.rmtree(work, ignore_errors=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--films", type=pathlib.Path)
    arguments.add_argument("--json", type=pathlib.Path)
    arguments.add_argument("--big", type=int, default=512, help="MiB of the complete file")
    options = arguments.parse_args()
    films = options.films or pathlib.Path(tempfile.mkdtemp(prefix="films-"))
    if not (films / "last.mp4").exists():
        media.make(films, 90, 2500)
    big = films / "big.bin"
    if not big.exists() or big.stat().st_size != options.big << 20:
        with open(big, "wb") as file:
            for i in range(options.big):
                file.write(payloads.random_bytes(i, 1 << 20))
    scenes = (
        ("G3 mp4, index last, 600 kB/s", "last.mp4", (600_000,), 60),
        ("G3 the same, 3 x 200 kB/s", "last.mp4", (200_000,) * 3, 60),
        ("G4 mp4, index first, 600 kB/s", "first.mp4", (600_000,), 60),
        ("G6 mkv, 2 x 225 kB/s", "film.mkv", (225_000,) * 2, 60),
    )
    results = []
    for name, film, rates, target in scenes:
        for kind in (Ours, Oracle):
            result = scene(name, film, films, rates, target, kind)
            results.append(result)
            print(json.dumps(result), flush=True)
    results.append(complete_file(films, "big.bin"))
    print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
