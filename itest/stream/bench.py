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
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm"), str(HERE.parent / "bench")]

import libtorrent as lt  # noqa: E402
from harness import payloads  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.waiting import wait_until  # noqa: E402
from harness_stream import media  # noqa: E402
from harness_stream.stages import LocalStage  # noqa: E402
from session import heap_bytes, java  # noqa: E402

LUA = HERE / "harness_stream" / "mpv.lua"
PIECE = 256 * 1024
SECONDS = 90
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

    def pieces(self):
        """Those that are there."""
        return [piece for piece, there in enumerate(self.handle.status().pieces) if there]

    def close(self):
        self.server.shutdown()
        self.session.close()


class Ours(LocalStage):
    def __init__(self, payload, directory):
        super().__init__(pathlib.Path(directory), PORTS, payload, None)

    def connect(self, seeds):
        for seed in seeds:
            seed.handles[0].connect_peer(("127.0.0.1", self.peer_port))

    def pieces(self):
        """Those that are there."""
        missing = {piece for begin, end in self.missing() for piece in range(begin // PIECE, end // PIECE + 1)}
        return [piece for piece in range(-(-self.payload.size // PIECE)) if piece not in missing]


class Played:
    """What mpv said, with the time since it was started."""

    def __init__(self, url, script):
        began = time.monotonic()
        process = subprocess.Popen(
            ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", "--cache-pause-initial=no", f"--script={LUA}",
             f"--script-opts={script}", url], stdout=subprocess.PIPE, text=True)
        self.events = [(line.split()[1], time.monotonic() - began) for line in process.stdout if len(line.split()) == 3]
        process.wait()

    def at(self, name):
        return next((moment for event, moment in self.events if event == name), None)

    def seek(self):
        """From the last seek to the first picture behind it."""
        begin = self.at("seek")
        return next((moment - begin for event, moment in self.events if event == "sought" and moment > begin), None) if begin else None

    def pauses(self):
        """Pauses for want of data behind the first picture: how many, and their length together."""
        first, since, lengths = self.at("first"), None, []
        for event, moment in self.events:
            if event == "pause" and first and moment > first:
                since = moment
            elif event in ("goes-on", "quit") and since:
                lengths.append(moment - since)
                since = None
        return len(lengths), sum(lengths)


class Scene:
    """A film, its seeds, and one side that streams it."""

    def __init__(self, films, film, rates, kind):
        self.payload = payloads.torrent_of(films, film, PIECE)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="stream-bench-"))
        self.seeds = []
        for rate in rates:
            seed = Session(PORTS.next(), upload_rate_limit=rate)
            seed.add(self.payload.torrent_file, films, seed=True)
            self.seeds.append(seed)
        self.side = kind(self.payload, self.work)

    def __enter__(self):
        self.side.connect(self.seeds)
        return self

    def __exit__(self, *failure):
        self.side.close()
        for seed in self.seeds:
            seed.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def play(self, script):
        return Played(self.side.url, script)


def long_play(films, rate, kind):
    """G7, G8: a minute of play."""
    with Scene(films, "film.mkv", (rate,), kind) as stage:
        played = stage.play("seconds=60")
        count, length = played.pauses()
        return {"side": kind.__name__, "first": played.at("first"), "pauses": count, "paused_s": length}


def dragged(films, kind):
    """G9: five seeks in five seconds; how long until the last one plays, how much was sent until then, and which share of it lies where nobody looked."""
    places = (70, 20, 55, 35, 80)
    with Scene(films, "film.mkv", (600_000,), kind) as stage:
        played = stage.play(f"drag={'/'.join(map(str, places))}")
        pieces = stage.side.pieces()
        sent = sum(seed.handles[0].status().total_payload_upload for seed in stage.seeds)
        begin, end = 3 / SECONDS * stage.payload.size, 1 << 20  # from the key frame before a place to the least that is read ahead of it
        places = [at / SECONDS * stage.payload.size for at in (0, SECONDS, *places)]
        idle = [piece for piece in pieces if not any(at - begin < (piece + 1) * PIECE and piece * PIECE < at + end for at in places)]
        return {"side": kind.__name__, "seek": played.seek(), "MB_sent": sent / 1e6, "share_elsewhere": len(idle) / len(pieces)}


def two_viewers(films, kind):
    """G11: two positions of one film, beside one viewer alone."""
    found = {}
    for name, targets in (("alone", (60,)), ("together", (60, 30))):
        with Scene(films, "last.mp4", (600_000,), kind) as stage:
            played = []
            threads = [threading.Thread(target=lambda at=at: played.append(stage.play(f"target={at}"))) for at in targets]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            found[name] = {"first": max(p.at("first") for p in played), "seek": max(p.seek() for p in played)}
    return {"side": kind.__name__, **found}


def whole(films):
    """G12: the time of a whole download with a player that plays, and without."""
    found = {}
    for name in ("plain", "streaming"):
        with Scene(films, "film.mkv", (3_000_000,), Ours) as stage:
            began = time.monotonic()
            player = threading.Thread(target=lambda: stage.play("seconds=8"))
            if name == "streaming":
                player.start()
            wait_until(lambda: not any(stage.side.missing()), 120, "complete")
            found[name] = time.monotonic() - began
            if name == "streaming":
                player.join()
    return {**found, "ratio": found["streaming"] / found["plain"]}


def blocked(films, count):
    """G13, G14: what requests cost that wait."""
    with Scene(films, "film.mkv", (), Ours) as stage:
        pid = java(stage.side.plane.process.pid)
        threads = pathlib.Path(f"/proc/{pid}/task")
        wait_until(lambda: stage.side.needed() == [], 30, "it answers")
        before, threads_before = heap_bytes(pid), len(list(threads.iterdir()))
        step = stage.payload.size // count
        waiting = [stage.side.endpoint.later(Range=f"bytes={i * step}-{i * step + 9}") for i in range(count)]
        wait_until(lambda: len(stage.side.needed()) == count, 120, f"{count} wait")
        found = {"blocked": count, "KiB_heap_each": (heap_bytes(pid) - before) / count / 1024,
                 "threads_before": threads_before, "threads": len(list(threads.iterdir()))}
        began = time.monotonic()
        stage.side.endpoint.get("HEAD")
        found["HEAD_ms"] = (time.monotonic() - began) * 1000
        for later in waiting:
            later.leave()
        return found


def corrupt(films):
    """G15: one of two seeds has every twentieth piece wrong; what ffmpeg copies is the film all the same."""
    spoilt = pathlib.Path(tempfile.mkdtemp(prefix="spoilt-"))
    data = bytearray((films / "film.mkv").read_bytes())
    with Scene(films, "film.mkv", (0,), Ours) as stage:
        (spoilt / "film.mkv").write_bytes(data)
        bad = Session(PORTS.next())
        bad.add(stage.payload.torrent_file, spoilt, seed=True)
        first = Session(PORTS.next())  # libtorrent hashes a piece of a seed when it is first read: the damage comes after that
        handle = first.add(stage.payload.torrent_file, spoilt / "first", peers=[("127.0.0.1", bad.port)])
        first.wait_complete(handle)
        first.close()
        for at in range(PIECE // 2, len(data), 20 * PIECE):
            data[at] ^= 0xFF
        with open(spoilt / "film.mkv", "r+b") as file:
            file.write(data)
        bad.handles[0].connect_peer(("127.0.0.1", stage.side.peer_port))
        copied = media.ffmpeg("-i", stage.side.url, "-map", "0", "-c", "copy", "-f", "md5", "-").stdout
        good = media.ffmpeg("-i", films / "film.mkv", "-map", "0", "-c", "copy", "-f", "md5", "-").stdout
        bad.close()
    shutil.rmtree(spoilt)
    return {"copied_is_the_film": copied == good}


def scene(name, film, films, rates, target, kind):
    with Scene(films, film, rates, kind) as stage:
        played = stage.play(f"target={target}")
        return {"scene": name, "side": kind.__name__, "first": played.at("first"), "seek": played.seek(), "pauses": played.pauses()[0]}


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
            connection.request("GET", side.endpoint.path, headers=side.endpoint.headers)
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
    arguments.add_argument("--only", default="", help="names of measurements with commas, such as G7,G12; all without it")
    arguments.add_argument("--big", type=int, default=512, help="MiB of the complete file")
    options = arguments.parse_args()
    films = options.films or pathlib.Path(tempfile.mkdtemp(prefix="films-"))
    if not (films / "last.mp4").exists():
        media.make(films, SECONDS, 2500)
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
    media_rate = (films / "film.mkv").stat().st_size / SECONDS
    measurements = [(name, lambda kind=kind, row=(name, film, films, rates, target): scene(*row, kind))
                    for name, film, rates, target in scenes for kind in (Ours, Oracle)]
    for kind in (Ours, Oracle):
        measurements += [
            ("G7 a minute at 1.5 times the rate of the film", lambda kind=kind: long_play(films, int(1.5 * media_rate), kind)),
            ("G8 a minute at 1.1 times the rate of the film", lambda kind=kind: long_play(films, int(1.1 * media_rate), kind)),
            ("G9 five seeks in five seconds", lambda kind=kind: dragged(films, kind)),
            ("G11 two viewers", lambda kind=kind: two_viewers(films, kind)),
        ]
    measurements += [
        ("G12 a whole download", lambda: whole(films)), ("G13 G14 blocked requests", lambda: blocked(films, 2000)),
        ("G15 corrupt pieces", lambda: corrupt(films)), ("G1 G2 G10 a complete file", lambda: complete_file(films, "big.bin")),
    ]
    wanted = set(options.only.split(",")) - {""}
    results = []
    for name, measure in measurements:
        if not wanted or wanted & set(name.split()):
            results.append({"scene": name, **measure()})
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
