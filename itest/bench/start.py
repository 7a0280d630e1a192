#!/usr/bin/env python3
"""How long a runtime takes from the command line to its first sign of life.

    ./start.py [N]      N starts (7) of `./bittern scaffold`, up to RPC_PORT=, and of `./bittern stdio`, up to the answer to an unknown command

Prints the median of the wall time, and of the processor time of all threads, which says more on a machine that others use.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNTIMES = {"scaffold": (["--port", "0"], b""), "stdio": ([], b'{"cmd":"hello"}\n')}


def start(runtime, arguments, line, data):
    """Seconds by the clock and of processors until the first line of output."""
    begin = time.monotonic()
    process = subprocess.Popen([ROOT / "bittern", runtime, *arguments, "--data", data], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline(), f"{runtime} said nothing"
        wall = time.monotonic() - begin
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return wall, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    finally:
        process.terminate()
        process.wait()


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    subprocess.run([ROOT / "bittern", "build"], check=True)
    for runtime, (arguments, line) in RUNTIMES.items():
        with tempfile.TemporaryDirectory() as data:
            walls, processors = zip(*(start(runtime, arguments, line, data) for _ in range(times)))
        print(f"{runtime}: {statistics.median(walls):.2f} s, best {min(walls):.2f} s; processors {statistics.median(processors):.2f} s;"
              f" load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
