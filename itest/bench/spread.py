#!/usr/bin/python3
"""How long eight downloaders take to copy what one seed has, all limited to the same rate: Bittern and libtorrent, one after the other.

usage: spread.py [--mib 96] [--rate 1000000] [--leechers 8] [KIND ...]      KIND = bittern or lt; default: both

All are processes of their own on loopback that know each other from the start; the rate, in bytes per second, holds for each direction of each.
The least is what no swarm can beat: everything leaves the seed once, and the last piece goes on once more. libtorrent has its own defaults for slots
and rounds of choking here, not those of the tests.
"""
import argparse
import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "swarm"))

from harness import payloads  # noqa: E402
from harness.engine_rpc import Engine  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

PIECE = 256 << 10
PATIENCE = 4  # times the least
LT_DEFAULTS = {"unchoke_slots_limit": 8, "unchoke_interval": 15, "optimistic_unchoke_interval": 30, "close_redundant_connections": True}


class Bittern:
    def __init__(self, directory, payload, root, port, peers, rate):
        self.engine = Engine(directory)
        self.engine.init(port, download_dir=str(root))
        self.torrent = self.engine.add(payload.torrent_file, save_path=str(root), download_limit=rate, upload_limit=rate)
        for peer in peers:
            self.engine.add_peer(self.torrent, peer)

    def complete(self):
        return self.engine.status(self.torrent)["progress"] == 1

    def sent(self):
        return self.engine.status(self.torrent)["uploaded"]

    def close(self):
        self.engine.close()


def _libtorrent(payload_file, root, port, seed, peers, rate, shared):
    done, stop, sent = shared
    session = Session(port, **LT_DEFAULTS)
    handle = session.add(payload_file, root, seed=seed, peers=[("127.0.0.1", p) for p in peers])
    handle.set_upload_limit(rate)
    handle.set_download_limit(rate)
    while not stop.wait(0.1):
        status = handle.status()
        sent.value = status.all_time_upload
        if status.is_seeding:
            done.set()


class Libtorrent:
    def __init__(self, directory, payload, root, port, peers, rate):
        context = multiprocessing.get_context("spawn")
        self.done, self.stop, self._sent = context.Event(), context.Event(), context.Value("q", 0)
        seed = str(root) == str(payload.root)
        self.process = context.Process(target=_libtorrent, args=(
            str(payload.torrent_file), str(root), port, seed, list(peers), rate, (self.done, self.stop, self._sent)))
        self.process.start()

    def complete(self):
        return self.done.is_set()

    def sent(self):
        return self._sent.value

    def close(self):
        self.stop.set()
        self.process.join(10)


KINDS = {"bittern": Bittern, "lt": Libtorrent}


def run(kind, work, payload, options):
    ports = Ports()
    least = (payload.size + PIECE) / options.rate
    numbers = [ports.next() for _ in range(options.leechers + 1)]
    swarm = []
    try:
        seed = KINDS[kind](work / f"{kind}-seed", payload, payload.root, numbers[0], [], options.rate)
        swarm.append(seed)
        wait_until(seed.complete, 60, "the seed has its data")
        start = time.monotonic()
        for number in range(1, len(numbers)):
            target = work / f"{kind}-leech{number}"
            target.mkdir()
            swarm.append(KINDS[kind](work / f"{kind}-{number}", payload, target, numbers[number], numbers[:number], options.rate))
        wait_until(lambda: all(each.complete() for each in swarm), PATIENCE * least, "all complete", 0.2)
        wall = time.monotonic() - start
        sent = seed.sent()
    finally:
        for each in swarm:
            each.close()
    for number in range(1, len(numbers)):
        payload.wait_equal(work / f"{kind}-leech{number}")
        shutil.rmtree(work / f"{kind}-leech{number}")
    return {"s": wall, "times the least": wall / least, "copies sent by the seed": sent / payload.size}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mib", type=int, default=96)
    arguments.add_argument("--rate", type=int, default=1_000_000)
    arguments.add_argument("--leechers", type=int, default=8)
    arguments.add_argument("kinds", nargs="*", default=["bittern", "lt"])
    options = arguments.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("WORK")))
    try:
        payload = payloads.single(work / "seed", 1, options.mib << 20, PIECE)
        for kind in options.kinds:
            print(kind, {name: round(value, 2) for name, value in run(kind, work, payload, options).items()}, flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
