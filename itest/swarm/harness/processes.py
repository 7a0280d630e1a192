"""Processes that tests start: each leads a group of its own, is ended together with that group, and is watched until then."""

import contextlib
import os
import signal
import subprocess

from . import guard
from .loopback import WATCH


def start(command, watched=True, **options):
    """watched=False: a program that is not ours, and may listen where it likes."""
    if "env" in options:
        options["env"] = guard.marking(options["env"])
    process = subprocess.Popen(command, start_new_session=True, **options)
    if watched:
        WATCH.follow(process)
    return process


def look(process):
    """While its sockets are still open."""
    WATCH.look(process)


def end(process):
    """kill -9 of the process and all that it started."""
    WATCH.look(process)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)


def run(command, seconds, **options):
    """A command to its end: what it printed and its exit code."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        out, err = process.communicate(timeout=seconds)
    finally:
        end(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)
