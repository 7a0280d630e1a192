"""What a failure leaves beside the logs: what each engine answered last, and all alerts of each session.

All of it stays in memory, and is written only when a test has failed.
"""

import contextlib

_witnesses = []
_wanted = False


def gather():
    """From now on; a benchmark has no use for it, and its sessions are to end with it."""
    global _wanted
    _wanted = True


def remember(witness):
    """A witness has `alive`, `speak()`, which asks it how it is, and `testify(directory)`, which writes what it knows."""
    if _wanted:
        _witnesses.append(witness)


def ask():
    """While those that are asked still run."""
    for witness in _witnesses:
        if witness.alive:
            with contextlib.suppress(Exception):  # it may be ill, which is why it is asked; what it said before is kept
                witness.speak()


def write(directory):
    for witness in _witnesses:
        with contextlib.suppress(OSError):  # its directory may be gone, on purpose
            witness.testify(directory)


def forget():
    """A test is over; what outlives it may be asked about the next one too."""
    _witnesses[:] = [witness for witness in _witnesses if witness.alive]
