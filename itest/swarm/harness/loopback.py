"""Proof that processes talk to nobody but this machine.

A socket that is bound to a loopback address can reach nobody else, whatever it is asked to send. So it is not enough that nobody was seen at the
other end: each socket of an engine must be bound that way, or the test names the address (marker `binds`).
"""

import collections
import ipaddress
import pathlib
import threading
import time

LOOK_SECONDS = 1.0
SAMPLE_SECONDS = 0.01

Socket = collections.namedtuple("Socket", "protocol local local_port remote remote_port")


def sockets(pid):
    """What the process has open over TCP and UDP now."""
    return set(_bound(pid, _inodes(pid)).values())


def remote_ports(pid):
    """Ports that the process's TCP sockets are connected with."""
    return {s.remote_port for s in sockets(pid) if s.protocol.startswith("tcp") and s.remote_port}


class Sampling:
    """Looks at a process as often as it can, until the end of `with`, and keeps every socket over TCP and UDP that it saw."""

    def __init__(self, pid):
        self.seen = set()
        self._pid = pid
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self._end.is_set():
            self.seen |= sockets(self._pid)
            self._end.wait(SAMPLE_SECONDS)

    def remote_ports(self):
        """Of connections over TCP, and of sockets over UDP that have one other side only."""
        return {s.remote_port for s in self.seen if s.remote_port}

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *arguments):
        self._end.set()
        self._thread.join(20)


class Watch:
    """Looks at processes now and then, and at each once more before it ends; keeps what it saw of other addresses."""

    def __init__(self):
        self._lock = threading.Lock()
        self._followed = {}  # process → inodes of sockets that are bound as they should be, and stay so
        self._seen = set()
        self._woken = threading.Event()
        self._thread = None

    def follow(self, process):
        with self._lock:
            self._followed[process] = set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._woken.set()

    def look(self, process):
        """At once: it is about to end, or to close its sockets."""
        with self._lock:
            harmless = self._followed.get(process)
        if harmless is None or process.returncode is not None:
            return
        unknown = _inodes(process.pid) - harmless
        local = unknown & _unix(process.pid) if unknown else set()
        found = _bound(process.pid, unknown - local)
        if process.returncode is None:  # its number is its own until somebody has waited for it
            with self._lock:
                harmless |= local | {inode for inode, s in found.items() if not is_stray(s)}
                self._seen |= {(s, str(process.args[-1])) for s in found.values() if is_stray(s)}

    def strays(self, allowed=()):
        """Takes what was seen until now, without sockets that are bound to the allowed addresses."""
        self._look_at_all()
        with self._lock:
            seen, self._seen = self._seen, set()
        return [f"{s} of {whose}" for s, whose in sorted(seen) if reaches_out(s) or not any(covers(a, s) for a in allowed)]

    def _look_at_all(self):
        with self._lock:
            self._followed = {p: inodes for p, inodes in self._followed.items() if p.returncode is None}
            followed = list(self._followed)
            if not followed:
                self._woken.clear()
        for process in followed:
            self.look(process)

    def _run(self):
        while True:
            self._woken.wait()
            self._look_at_all()
            time.sleep(LOOK_SECONDS)


def is_stray(found):
    return not ipaddress.ip_address(found.local).is_loopback or reaches_out(found)


def reaches_out(found):
    remote = ipaddress.ip_address(found.remote)
    return not (remote.is_loopback or remote.is_unspecified)


def covers(place, found):
    """place: address:port or address; all addresses of IPv4 are 0.0.0.0, all of IPv6 are ::"""
    every = "::" if ":" in found.local else "0.0.0.0"
    return place in {f"{host}{port}" for host in (found.local, every) for port in ("", f":{found.local_port}")}


WATCH = Watch()


def _inodes(pid):
    found = set()
    try:
        for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(descriptor.readlink())
            except OSError:
                continue  # closed meanwhile
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        pass  # the process ends at this moment
    return found


def _bound(pid, inodes):
    """TCP and UDP sockets of these inodes that are bound or connected; the kernel takes some milliseconds to go through its tables."""
    found = {}
    for protocol in ("tcp", "tcp6", "udp", "udp6") if inodes else ():
        for fields in _table(pid, protocol):
            if fields[9] in inodes:
                found[fields[9]] = Socket(protocol, *_address(fields[1]), *_address(fields[2]))
    return found


def _unix(pid):
    return {fields[6] for fields in _table(pid, "unix")}


def _table(pid, name):
    try:
        return [line.split() for line in pathlib.Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]]
    except OSError:
        return []  # the process ends at this moment, or this machine has no IPv6


def _address(text):
    host, port = text.split(":")
    words = [bytes.fromhex(host[i:i + 8])[::-1] for i in range(0, len(host), 8)]
    address = ipaddress.ip_address(b"".join(words))
    return str(getattr(address, "ipv4_mapped", None) or address), int(port, 16)
