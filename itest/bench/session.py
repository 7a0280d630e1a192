#!/usr/bin/python3
"""What many idle torrents cost: adding, loading, heap, CPU, a look at all of them.

usage: session.py [--torrents 10000] [--idle 30]

Each torrent is a seed of one file of 20 kB. Loading is timed from the start of the process until all of them seed; heap is what is in use after a
full collection, less that of an engine without torrents; the look is a round trip of get_status over stdio, JSON included.
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
        time.sleep(1)
    text = subprocess.run([jcmd, str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    used = [int(k) for k in re.findall(r"(?:total|heap)[^\n]*?used (\d+)K", text)]
    return sum(used) * 1024


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
    time.sleep(3)
    before, at = cpu_seconds(pid), time.monotonic()
    time.sleep(arguments.idle)
    share = (cpu_seconds(pid) - before) / (time.monotonic() - at)
    looks = sorted(look(engine)[1] for _ in range(20))
    heap = heap_bytes(pid) - empty
    print(f"engine there {ready:.1f} s, all seeding {loaded:.1f} s after the start of the process")
    print(f"heap {heap / count / 1024:.1f} KiB each, idle {share * 100:.1f} % of a core")
    print(f"get_status of all: median {looks[10] * 1000:.0f} ms, best {looks[0] * 1000:.0f} ms")
    engine.close()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
