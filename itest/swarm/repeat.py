#!/usr/bin/env python3
"""Runs the suite again and again, each time in another order, and stops at the first failure: what fails once in twenty is a fault.

    ./repeat.py [N] [--workers W] [PYTEST-ARGUMENT…]    N times (20) in a row, W tests at a time (two more than there are processors)
    ./repeat.py [N] --alone [PYTEST-ARGUMENT…]          each test in a process of its own, one after the other
    ./repeat.py [N] --suite DIRECTORY …                 another suite than this one

Each run prints its order as `--random SEED`, with which pytest repeats it. The fast part only: -m "not slow".
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import time

PYTEST = ["/usr/bin/python3", "-m", "pytest"]


def run(suite, *arguments):
    """Runs pytest in the directory of a suite; what it says is shown only when it fails. Returns the line that sums up, or ends the program."""
    begin = time.monotonic()
    process = subprocess.run([*PYTEST, *arguments], cwd=suite, capture_output=True, text=True)
    if process.returncode:
        sys.exit(f"{process.stdout}{process.stderr}\nfailed: {' '.join(map(str, arguments))}")
    return f"{process.stdout.strip().splitlines()[-1]} · {time.monotonic() - begin:.0f} s"


def names(suite, arguments):
    """The tests that pytest would run."""
    listed = subprocess.run([*PYTEST, "--collect-only", "--verbosity=-1", *arguments], cwd=suite, capture_output=True, text=True)
    found = [line for line in listed.stdout.splitlines() if "::" in line]
    if not found:
        sys.exit(f"no test: {listed.stdout}{listed.stderr}")
    return found


def together(suite, workers, arguments):
    seed = random.SystemRandom().randrange(1 << 30)
    return f"--random {seed}: {run(suite, '-n', str(workers), '--random', str(seed), *arguments)}"


def alone(suite, arguments):
    tests = names(suite, arguments)
    random.shuffle(tests)
    begin = time.monotonic()
    for test in tests:
        run(suite, test)
    return f"{len(tests)} tests alone: passed · {time.monotonic() - begin:.0f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times", nargs="?", type=int, default=20)
    parser.add_argument("--workers", type=int, default=os.cpu_count() + 2)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--suite", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    options, arguments = parser.parse_known_args()
    for turn in range(1, options.times + 1):
        result = alone(options.suite, arguments) if options.alone else together(options.suite, options.workers, arguments)
        print(f"{turn} of {options.times} · {result}", flush=True)


if __name__ == "__main__":
    main()
