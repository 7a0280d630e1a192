#!/usr/bin/python3
"""Kills an engine again and again while it writes state, and looks at what is left.

usage: crash_sweep.py [--kills 300] [--seed N]

Each round starts the engine on the same state directory, checks what the last one left, changes something every few milliseconds (settings,
labels, options, groups, the queue, torrents added and removed, pieces arriving) and is killed with SIGKILL at a random moment. Broken promises
end the sweep: a torrent that was answered for is gone, a piece is claimed whose bytes on disk are others, a setting that was answered for is not the one in force.
"""
import argparse
import contextlib
import hashlib
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "swarm"))

from harness import payloads  # noqa: E402
from harness.engine_rpc import Engine, EngineError  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.ports import Ports  # noqa: E402

KIB = 1024
PIECE = 16 * KIB
TORRENTS = 6
# Those that "init" leaves alone.
SETTINGS = ("alt-speed-up", "peer-limit-global", "download-queue-size", "ratio-limit")


class Promise:
    """A value that was asked for: until it is answered both the old and the new one are right."""

    def __init__(self):
        self.allowed = [None]

    def ask(self, value):
        self.allowed.append(value)

    def answered(self):
        self.allowed = self.allowed[-1:]

    def check(self, seen, what):
        if self.allowed == [None]:
            self.allowed = [seen]
        if seen not in self.allowed:
            raise AssertionError(f"{what} is {seen!r}, promised was one of {self.allowed!r}")
        self.allowed = [seen]


class Sweep:
    def __init__(self, directory, seed):
        self.directory = pathlib.Path(directory)
        self.random = random.Random(seed)
        self.payloads = [
            payloads.single(self.directory / "seed", seed + i, 12 * PIECE + i, PIECE, name=f"file{i}.bin") for i in range(TORRENTS)]
        self.settings = {name: Promise() for name in SETTINGS}
        self.present = {p.name: Promise() for p in self.payloads}
        self.ids = {}
        self.session = Session(Ports().next())
        self.handles = [self.session.add(p.torrent_file, p.root, seed=True) for p in self.payloads]
        for handle in self.handles:
            handle.set_upload_limit(150 * KIB)
        self.claimed = 0

    def round(self, number):
        engine = Engine(self.directory / "engine", name=f"engine{number % 5}")
        try:
            engine.init(enable_utp=False)
            self.check(engine)
            deadline = self.random.uniform(0.0, 0.8)
            killed = threading.Event()
            timer = threading.Timer(deadline, lambda: (killed.set(), engine.plane.process.kill()))
            timer.start()
            try:
                while True:
                    self.change(engine)
            except (EngineError, OSError, AssertionError, ValueError) as e:
                if not killed.is_set():
                    raise
                engine.plane.process.wait(60)
                del e
            finally:
                timer.join()
        finally:
            with contextlib.suppress(BrokenPipeError):  # it was killed with a command half written
                engine.close()

    # ---- what is left

    def check(self, engine):
        seen = engine.call("get_session")["settings"]
        for name, promise in self.settings.items():
            promise.check(seen[name], name)
        listed = {t["torrent_id"]: t for t in engine.stats()["torrents"]}
        by_name = {p.name: p for p in self.payloads}
        for name, promise in self.present.items():
            promise.check(self.ids.get(name) in listed, f"presence of {name}")
        for torrent in listed:
            self.check_pieces(engine, torrent, by_name)
        queue = engine.call("get_session")["queue"]
        assert sorted(queue) == sorted(listed), "the queue holds other torrents than the session"

    def check_pieces(self, engine, torrent, by_name):
        status = engine.status(torrent)
        name = next(n for n, i in self.ids.items() if i == torrent)
        payload = by_name[name]
        good = (payload.root / name).read_bytes()
        path = engine.downloads / name
        data = path.read_bytes() if path.exists() else b""
        for piece, has in enumerate(status["pieces"]):
            if has == "1":
                begin = piece * PIECE
                here = hashlib.sha1(data[begin:begin + PIECE]).digest()
                assert here == hashlib.sha1(good[begin:begin + PIECE]).digest(), f"{name}: piece {piece} is claimed and not there"
                self.claimed += 1

    # ---- changes

    def change(self, engine):
        kind = self.random.randrange(8)
        if kind <= 1:
            name = self.random.choice(SETTINGS)
            value = self.random.randrange(1, 1000)
            self.settings[name].ask(value)
            engine.call("set_settings", settings={name: value})
            self.settings[name].answered()
        elif kind <= 4:
            self.toggle(engine, self.random.randrange(TORRENTS))
        elif kind == 5:
            present = [self.ids[n] for n in self.present if self.ids.get(n)]
            if present:
                self.tolerant(engine, "move_in_queue", torrent_id=self.random.choice(present), where=self.random.choice(["top", "up", "down", "bottom"]))
        elif kind == 6:
            engine.call("set_group", name=f"group{self.random.randrange(3)}", upload_limit=self.random.randrange(1, 10**6))
        else:
            present = [self.ids[n] for n in self.present if self.ids.get(n)]
            if present:
                self.tolerant(engine, "set_options", torrent_id=self.random.choice(present), labels=["a", "b"], options={"upload-slots": 3})
        time.sleep(self.random.uniform(0, 0.03))

    def tolerant(self, engine, command, **params):
        try:
            engine.call(command, **params)
        except EngineError as e:
            if e.code != "TorrentNotFound":
                raise

    def toggle(self, engine, index):
        payload = self.payloads[index]
        promise = self.present[payload.name]
        if promise.allowed[-1]:
            if self.random.random() < 0.7:
                return
            promise.ask(False)
            self.tolerant(engine, "remove_torrent", torrent_id=self.ids[payload.name], delete_data=False)
        else:
            promise.ask(True)
            self.ids[payload.name] = str(self.handles[index].info_hash())
            torrent = engine.add(payload.torrent_file)
            engine.add_peer(torrent, self.session.port)
        promise.answered()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    arguments = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="bittern-crash-")
    print(f"seed {arguments.seed}, {arguments.kills} kills, in {directory}", flush=True)
    sweep = Sweep(directory, arguments.seed)
    begin = time.monotonic()
    try:
        for number in range(arguments.kills):
            sweep.round(number)
            if (number + 1) % 10 == 0:
                print(f"{number + 1} kills, {sweep.claimed} claimed pieces looked at, {time.monotonic() - begin:.0f} s", flush=True)
    finally:
        sweep.session.close()
    shutil.rmtree(directory)
    print(f"{arguments.kills} kills: nothing lost, {sweep.claimed} claimed pieces were there")


if __name__ == "__main__":
    main()
