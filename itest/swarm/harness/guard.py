"""Ends what a run of pytest has started, whatever ends pytest itself: a failure, os._exit of a timeout, Ctrl-C or kill -9.

Everything that a test starts has a mark in its environment, also what it starts itself, from whichever thread. A small process waits until
pytest is gone, as the end of a pipe tells, and then kills what has the mark.
"""

import os
import pathlib
import secrets
import signal
import subprocess
import sys
import time

MARK = "SWARM_RUN"
SECONDS = 30  # a process may take as long to go when its disk is slow

_pipe = None  # held open until this process ends


def stand():
    """Marks what this process starts from now on, and has it ended with this process."""
    global _pipe
    if _pipe is not None:
        return
    outside = {name: value for name, value in os.environ.items() if name != MARK}  # it must not find itself
    os.environ[MARK] = secrets.token_hex(8)
    _pipe = subprocess.Popen([sys.executable, "-S", "-E", __file__, os.environ[MARK]], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True, cwd="/", env=outside).stdin


def marking(environment):
    """An environment with the mark, however little is in it."""
    return {**environment, MARK: os.environ[MARK]} if MARK in os.environ else environment


def marked(mark):
    """Living processes with the mark, and all in a session that one of them leads: some write over their environment."""
    wanted = f"{MARK}={mark}".encode()
    sessions, found = {}, set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended, or is somebody else's
        if state != "Z":
            sessions[int(process.name)] = int(session)
            if wanted in environment:
                found.add(int(process.name))
    return found | {pid for pid, session in sessions.items() if session in found}


def _end(mark):
    deadline = time.monotonic() + SECONDS
    while (left := marked(mark)) and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    _end(sys.argv[1])
