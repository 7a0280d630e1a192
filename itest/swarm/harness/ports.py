"""Ports from 50000 to 51000, disjoint per parallel worker."""

import itertools
import os
import random
import socket

FIRST, LAST = 50_000, 51_000
WORKERS = 8


class Ports:
    """Deals out free ports of this worker's share, in turn."""

    def __init__(self):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        number = int(worker.removeprefix("gw") or 0) % WORKERS
        share = (LAST - FIRST) // WORKERS
        first = FIRST + number * share
        begin = random.SystemRandom().randrange(share)  # another run on this machine deals out the same ports
        self._candidates = itertools.cycle(first + (begin + i) % share for i in range(share))
        self._share = share

    def next(self, host="127.0.0.1"):
        for _ in range(self._share):
            port = next(self._candidates)
            if _is_free(port, host):
                return port
        raise AssertionError("no free port from 50000 to 51000")


def _is_free(port, host):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
