#!/usr/bin/env python3
"""How long a runtime takes from the command line to its first sign of life, and how much memory an idle one has.

    ./start.py [N]      N starts (7) of each runtime, with its AOT cache (if the build has made one) and without, in turn

The sign is RPC_PORT= of `scaffold`, "listening at" of those with HTTP, the URL of `stream`, the answer of `stdio` to an unknown command, the first line of
`show`. Prints the median of the wall time, and of the processor time of all threads, which says more on a machine that others use; then what `stdio` and
`daemon` have in memory some seconds after their engines have started: all of it, and what they have written to. Ends with 1 when a median is above 3 s, above
1.5 s for `show` and `stdio`, or memory above 150 MB.
"""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUIET = {"bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "dht-enabled": False, "lpd-enabled": False, "port-forwarding-enabled": False, "peer-port": 0}
LOOPBACK = ["--port", "0", "--peer-port", "0", "--peer-bind", "127.0.0.1", "--no-dht"]
TORRENT = b"d4:infod6:lengthi1e4:name4:tiny12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee"
RUNTIMES = {"cli": (["show", "TORRENT"], b""), "stdio": ([], b'{"cmd":"hello"}\n'), "scaffold": (["--port", "0"], b""),
            "daemon": (["--port", "0"], b""), "gotorrent": (LOOPBACK, b""), "streamer": (["--port", "0"], b""),
            "stream": (["TORRENT", "--dir", "DIR", *LOOPBACK], b"")}
MOST_SECONDS = {"cli": 1.5, "stdio": 1.5}
MOST_SECONDS_OF_OTHERS = 3
IDLE = ["stdio", "daemon"]
IDLE_SECONDS = 5
MOST_IDLE_MB = 150
# Leaves the classes of the JDK in its own archive, as a build without a cache does; AOTMode=off would take it away too.
WITHOUT_CACHE = "-XX:AOTMode=auto"


@contextlib.contextmanager
def running(runtime, arguments, line, data, options=""):
    """A process that has said its first line, and after how many seconds it did."""
    command = [ROOT / "bittern", *([] if runtime == "cli" else [runtime]), *arguments, "--data", data]
    environment = {**os.environ, "BITTERN_JAVA_OPTS": f"{os.environ.get('BITTERN_JAVA_OPTS', '')} {options}"}
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=data, env=environment)
    try:
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline(), f"{runtime} said nothing"
        yield process, time.monotonic() - begin
    finally:
        process.terminate()
        process.wait()


def start(runtime, arguments, line, data, options):
    """Seconds by the clock and of processors until the first line of output."""
    with running(runtime, arguments, line, data, options) as (process, wall):
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return wall, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(runtime):
    """Prints the memory of one with an engine that has nothing to do; returns all of it in MB."""
    arguments, line = RUNTIMES[runtime]
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "settings.json").write_text(json.dumps(QUIET))
        if runtime == "stdio":
            line = json.dumps({"id": 1, "cmd": "init", "params": {"listen_port": 0, "listen_host": "127.0.0.1", "download_dir": directory,
                                                                  "enable_dht": False, "enable_lsd": False, "enable_upnp": False}}).encode() + b"\n"
        with running(runtime, arguments, line, directory) as (process, _):
            time.sleep(IDLE_SECONDS)
            lines = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
    mb = [k * 1024 / 1e6 for k in (kib["Rss"], kib["Private_Dirty"])]
    print(f"{runtime}, idle: {mb[0]:.0f} MB in memory, {mb[1]:.0f} MB of that written to", flush=True)
    return mb[0]


def measure(runtime, times):
    """Prints both medians; returns the higher one."""
    arguments, line = RUNTIMES[runtime]
    figures = {"": [], WITHOUT_CACHE: []}
    with tempfile.TemporaryDirectory() as directory:
        data = pathlib.Path(directory)
        (data / "settings.json").write_text(json.dumps(QUIET))
        (data / "tiny.torrent").write_bytes(TORRENT)
        words = [{"TORRENT": str(data / "tiny.torrent"), "DIR": directory}.get(word, word) for word in arguments]
        for _ in range(times):
            for options, found in figures.items():
                found.append(start(runtime, words, line, directory, options))
    # Who has none of its own takes the daemon's.
    cached = any((ROOT / "target" / "bittern" / f"{name}.aot").exists() for name in (runtime, "daemon"))
    for options, found in figures.items():
        walls, processors = zip(*found)
        how = "without AOT cache" if options or not cached else "with AOT cache"
        print(f"{runtime}, {how}: {statistics.median(walls):.2f} s, best {min(walls):.2f} s; processors {statistics.median(processors):.2f} s;"
              f" load {os.getloadavg()[0]:.1f}", flush=True)
    return max(statistics.median(walls for walls, _ in found) for found in figures.values())


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    subprocess.run([ROOT / "bittern", "build"], check=True)
    failed = [f"{runtime} starts slowly" for runtime in RUNTIMES if measure(runtime, times) > MOST_SECONDS.get(runtime, MOST_SECONDS_OF_OTHERS)]
    failed += [f"{runtime} has more than {MOST_IDLE_MB} MB" for runtime in IDLE if idle(runtime) > MOST_IDLE_MB]
    if failed:
        sys.exit("; ".join(failed))


if __name__ == "__main__":
    main()
