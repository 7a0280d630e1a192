"""Waiting with a limit. Every wait of the suite goes through here."""

import time

POLL_SECONDS = 0.1


class Timeout(AssertionError):
    """Something did not happen in time; says what was seen last."""


def wait_until(condition, seconds, what, poll=POLL_SECONDS):
    """Returns the first true value of condition(), or fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Timeout(f"not within {seconds} s: {what}")
        time.sleep(poll)
