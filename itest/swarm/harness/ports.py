"""Ports from 50000 to 51000: disjoint for parallel workers, and held, so that nobody takes one between its choice and its use."""

import contextlib
import os
import random
import socket

from . import own_network

FIRST, LAST = 50_000, 51_000
WORKERS = 8
NESTED = {"SWARM_SHARE": str(WORKERS)}  # environment of programs that choose ports for themselves: a share that no worker has
LOOPBACK = "127.0.0.1"

_held = {}  # port → its lock and its socket, for all of the process


class Ports:
    """Deals out the ports of this worker's share, in turn, until the process ends.

    Each is held by a bound socket that does not listen: the system gives no such port to outgoing connections, while a server that sets
    SO_REUSEADDR, as all do, can listen there. Another run of the suite on this machine keeps off it because of the lock.
    In a network of the test's own nobody else takes ports, and nothing is held.
    """

    _turn = random.SystemRandom().randrange(LAST)  # where to go on, whoever asks in this process

    def __init__(self):
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
        number = int(os.environ.get("SWARM_SHARE", worker))
        share = (LAST - FIRST) // (WORKERS + 1)
        self._all = [FIRST + number * share + i for i in range(share)]

    def next(self):
        for _ in self._all:
            Ports._turn += 1
            port = self._all[Ports._turn % len(self._all)]
            if (own_network.is_inside() or _hold(port)) and _is_free(port):
                return port
        raise AssertionError(f"no free port from {self._all[0]} to {self._all[-1]}")


def _hold(port):
    if port in _held:
        return True
    with contextlib.ExitStack() as stack:
        try:
            lock = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            lock.bind(f"\0bittern-swarm-{port}")  # of no file system: goes with the process
            place = stack.enter_context(_bound(port, socket.SOCK_STREAM))
        except OSError:
            return False
        stack.pop_all()
    _held[port] = (lock, place)
    return True


def _bound(port, kind):
    """A socket at the port; fails when somebody listens there."""
    sock = socket.socket(socket.AF_INET, kind)
    try:
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((LOOPBACK, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _is_free(port):
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            _bound(port, kind).close()
    except OSError:
        return False
    return True


def has_ipv6():
    """Whether this machine has ::1."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
