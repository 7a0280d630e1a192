#!/usr/bin/python3
"""How fast 1 GiB goes over loopback, and what it costs: Bittern and libtorrent on each side.

usage: transfer.py [--mib 1024] [--runs 3] [--mode plain|rc4|utp] [PAIR ...]
PAIR = SEEDER:LEECHER, each bittern or lt; default: all four
Modes: over TCP in plaintext, over TCP with RC4 and nothing else, over uTP and nothing else in plaintext.
Pairs run in turn, so that they share the machine's moods; medians are printed last. CPU is user + system time of each whole
process, the leecher's from its start, the seeder's from the moment when it has checked its data.
"""
import argparse
import multiprocessing
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "swarm"))

from harness import payloads  # noqa: E402
from harness.engine_rpc import Engine  # noqa: E402
from harness.libtorrent_utils import RC4_FORCED, Session  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
LIMIT_SECONDS = 180
LT_ONLY_UTP = {"enable_outgoing_utp": True, "enable_incoming_utp": True, "enable_outgoing_tcp": False, "enable_incoming_tcp": False}
# What each side is told besides what the harness sets, which is TCP in plaintext: the engine, libtorrent.
MODES = {
    "plain": ({}, {}),
    "rc4": ({"encryption": "required"}, RC4_FORCED),
    "utp": ({"enable_utp": True, "enable_tcp": False}, LT_ONLY_UTP),
}


def cpu_seconds(pid):
    """Of the process and its children, ended ones left out."""
    pids = [pid, *map(int, subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split())]
    total = 0
    for each in pids:
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


class Bittern:
    def __init__(self, directory, payload, root, port, peers, mode):
        self.engine = Engine(directory)
        self.engine.init(port, download_dir=str(root), **MODES[mode][0])
        self.torrent = self.engine.add(payload.torrent_file, save_path=str(root))
        for peer in peers:
            self.engine.add_peer(self.torrent, peer)
        self.pid = self.engine.pid

    def complete(self):
        return self.engine.status(self.torrent)["progress"] == 1

    def close(self):
        self.engine.close()


def _libtorrent(payload_file, root, port, seed, peers, mode, done, stop):
    session = Session(port, **MODES[mode][1])
    handle = session.add(payload_file, root, seed=seed, peers=[("127.0.0.1", p) for p in peers])
    while not stop.wait(0.02):
        if handle.status().is_seeding:
            done.set()


class Libtorrent:
    def __init__(self, directory, payload, root, port, peers, mode):
        context = multiprocessing.get_context("spawn")
        self.done, self.stop = context.Event(), context.Event()
        self.process = context.Process(
            target=_libtorrent, args=(str(payload.torrent_file), str(root), port, not peers, list(peers), mode, self.done, self.stop))
        self.process.start()
        self.pid = self.process.pid

    def complete(self):
        return self.done.is_set()

    def close(self):
        self.stop.set()
        self.process.join(10)


KINDS = {"bittern": Bittern, "lt": Libtorrent}


def run(pair, work, payload, port, mode):
    seeder_kind, leecher_kind = pair.split(":")
    target = work / "leech"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    seeder = KINDS[seeder_kind](work / f"seeder-{port}", payload, payload.root, port, [], mode)
    try:
        wait_until(seeder.complete, LIMIT_SECONDS, "the seeder has its data", 0.05)
        before = cpu_seconds(seeder.pid)
        start = time.monotonic()
        leecher = KINDS[leecher_kind](work / f"leecher-{port}", payload, target, port + 1, [port], mode)
        try:
            wait_until(leecher.complete, LIMIT_SECONDS, "complete", 0.05)
            wall = time.monotonic() - start
            gib = payload.size / 2**30
            result = {"MiB/s": payload.size / 2**20 / wall, "seeder s/GiB": (cpu_seconds(seeder.pid) - before) / gib,
                      "leecher s/GiB": cpu_seconds(leecher.pid) / gib}
        finally:
            leecher.close()
    finally:
        seeder.close()
    payload.wait_equal(target)
    return result


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mib", type=int, default=1024)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--mode", choices=MODES, default="plain")
    arguments.add_argument("pairs", nargs="*", default=["lt:lt", "bittern:lt", "lt:bittern", "bittern:bittern"])
    options = arguments.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("WORK")))
    try:
        payload = payloads.single(work / "seed", 1, options.mib << 20, 1 << 20)
        results = {pair: [] for pair in options.pairs}
        port = 50_700
        for _ in range(options.runs):
            for pair in options.pairs:
                results[pair].append(run(pair, work, payload, port, options.mode))
                port += 2
                print(pair, {k: round(v, 2) for k, v in results[pair][-1].items()}, flush=True)
        for pair, rows in results.items():
            print("median", pair, {k: round(statistics.median(r[k] for r in rows), 2) for k in rows[0]})
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
