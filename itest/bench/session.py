#!/usr/bin/python3
"""What many idle torrents cost: adding, loading, heap, CPU, a look at all of them; libtorrent beside it.

usage: session.py [--torrents 10000] [--idle 30]

Each torrent is a seed of one file of 20 kB. Loading is timed from the start of the process until all of them seed; heap is what is in use after a
full collection, less that of an engine without torrents; the look is a round trip of get_status over stdio, JSON included. libtorrent stores
nothing, is told that all pieces are there, and its memory is what the process grew by.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "swarm"))

from harness import payloads  # noqa: E402
from harness.engine_rpc import Engine  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def java(pid):
    """The JVM among a process and its children."""
    pids = [pid, *map(int, subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split())]
    return next(p for p in pids if "java" in pathlib.Path(f"/proc/{p}/comm").read_text())


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def heap_bytes(pid):
    jcmd = shutil.which("jcmd") or next(str(p) for p in sorted(pathlib.Path("/usr/lib/jvm").glob("*/bin/jcmd")))
    for _ in range(2):
        subprocess.run([jcmd, str(pid), "GC.run"], check=True, capture_output=True)
    text = subprocess.run([jcmd, str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    used = [int(k) for k in re.findall(r"(?:total|heap)[^\n]*?used (\d+)K", text)]
    return sum(used) * 1024


def at_rest(pid):
    """Waits until what a start leaves to do is done: compiling, first announces."""
    last = [cpu_seconds(pid)]

    def quiet():
        time.sleep(0.5)
        used, last[0] = cpu_seconds(pid) - last[0], cpu_seconds(pid)
        return used <= 0.02

    wait_until(quiet, 60, "the process is at rest")


def idle_share(pid, seconds):
    """The part of a core that a process uses while nothing happens."""
    before, at = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / (time.monotonic() - at)


LIBTORRENT = """
import libtorrent as lt, sys, threading, time
directory = sys.argv[1]
session = lt.session({"listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
                      "active_seeds": -1, "active_limit": -1})
resident = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1])
infos = [lt.torrent_info(line.strip()) for line in sys.stdin]
before, began = resident(), time.monotonic()
for info in infos:
    session.add_torrent({"ti": info, "save_path": directory, "flags": lt.torrent_flags.seed_mode})
while not all(status.state == lt.torrent_status.seeding for status in session.get_torrent_status(lambda status: True)):
    time.sleep(0.01)
print(time.monotonic() - began, (resident() - before) / len(infos), flush=True)
threading.Event().wait()
"""


def libtorrent(files, directory, idle):
    process = subprocess.Popen([sys.executable, "-c", LIBTORRENT, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process.stdin.write("".join(f"{file}\n" for file in files))
        process.stdin.close()
        added, kibibytes = map(float, process.stdout.readline().split())
        at_rest(process.pid)
        share = idle_share(process.pid, idle)
        print(f"libtorrent: added {added:.1f} s, {kibibytes:.1f} KiB each, idle {share * 100:.1f} % of a core", flush=True)
    finally:
        process.kill()
        process.wait()


def look(engine):
    begin = time.monotonic()
    torrents = engine.stats()["torrents"]
    return torrents, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torrents", type=int, default=10_000)
    parser.add_argument("--idle", type=int, default=30)
    arguments = parser.parse_args()
    count = arguments.torrents
    directory = pathlib.Path(tempfile.mkdtemp(prefix="bittern-many-"))
    files = [payloads.single(directory / "data", i, 20_000, 16 * 1024, name=f"file{i}.bin").torrent_file for i in range(count)]
    print(f"{count} torrents in {directory}", flush=True)

    engine = Engine(directory / "engine")
    engine.init(download_dir=str(directory / "data"))
    empty = heap_bytes(java(engine.pid))
    begin = time.monotonic()
    for file in files:
        engine.seed(file, directory / "data")
    added = time.monotonic() - begin
    wait_until(lambda: all(t["state"] == "seeding" for t in look(engine)[0]), 600, "all seed")
    print(f"added one by one, checked and stored: {added:.1f} s, all seeding after {time.monotonic() - begin:.1f} s", flush=True)
    begin = time.monotonic()
    engine.shutdown()
    print(f"ended in {time.monotonic() - begin:.1f} s", flush=True)

    begin = time.monotonic()
    engine = Engine(directory / "engine", name="again")
    engine.init(download_dir=str(directory / "data"))
    ready = time.monotonic() - begin
    wait_until(lambda: len(look(engine)[0]) == count and all(t["state"] == "seeding" for t in look(engine)[0]), 300, "all seed again")
    loaded = time.monotonic() - begin
    pid = java(engine.pid)
    cpu = cpu_seconds(pid)
    at_rest(pid)
    share = idle_share(pid, arguments.idle)
    looks = sorted(look(engine)[1] for _ in range(20))
    heap = heap_bytes(pid) - empty
    print(f"engine there {ready:.1f} s, all seeding {loaded:.1f} s after the start of the process, {cpu:.1f} s of CPU")
    print(f"heap {heap / count / 1024:.1f} KiB each, idle {share * 100:.1f} % of a core")
    print(f"get_status of all: median {looks[10] * 1000:.0f} ms, best {looks[0] * 1000:.0f} ms")
    engine.close()
    libtorrent(files, directory / "data", arguments.idle)
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
