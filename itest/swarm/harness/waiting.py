"""Waiting with a limit. Every wait of the suite goes through here.

Limits hold for a machine that has a processor for everybody. Where it has not, all take longer by as much: a test says what an engine does,
not how fast a machine is.
"""

import os
import pathlib
import time

POLL_SECONDS = 0.05


class Timeout(AssertionError):
    """Something did not happen in time; says what was seen last."""


def crowding():
    """1 on a machine with a processor for everybody; more when others make everything take longer, now or during the last minute."""
    fields = pathlib.Path("/proc/loadavg").read_text().split()
    waiting = int(fields[3].partition("/")[0])  # for a processor, or on one
    return max(1.0, float(fields[0]) / os.cpu_count(), waiting / os.cpu_count())


class Deadline:
    """So many seconds from now, longer where the machine is crowded; not for waits in which nothing must happen."""

    def __init__(self, seconds, by_the_clock=False):
        self._begin = time.monotonic()
        self._seconds = seconds
        self._by_the_clock = by_the_clock

    @property
    def passed(self):
        return self.left <= 0

    @property
    def left(self):
        """Seconds, below 0 when it has passed."""
        return self._begin + self._seconds * (1 if self._by_the_clock else crowding()) - time.monotonic()


def exit_code(process, seconds):
    """What a process ended with, which it does within so many seconds."""
    wait_until(lambda: process.poll() is not None, seconds, f"the end of {process.args[0]}")
    return process.returncode


def wait_until(condition, seconds, what, poll=POLL_SECONDS):
    """Returns the first true value of condition(), or fails after so many seconds."""
    deadline = Deadline(seconds)
    while True:
        late = deadline.passed  # looked at before the condition: a pause in between must not fail the test
        value = condition()
        if value:
            return value
        if late:
            raise Timeout(f"not within {seconds} s: {what}")
        time.sleep(poll)
