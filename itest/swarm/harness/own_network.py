"""A network of one's own: what is started in it sees interfaces that nobody else sees, and reaches nobody else. Needs root, and `ip` of iproute2."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import subprocess

CLONE_NEWNET = 0x40000000
OUTGOING = "32768 49999"  # ports of outgoing connections: none that tests choose from

_libc = ctypes.CDLL(None, use_errno=True)
_inside = False


class Unavailable(Exception):
    """This machine does not let us have one; says why."""


def is_inside():
    """Whether the test that runs is in such a network."""
    return _inside


@contextlib.contextmanager
def own_network():
    """Puts this thread, and all that it starts or opens meanwhile, into a new network with a loopback interface only.

    Raises Unavailable before anything has changed.
    """
    global _inside
    if not shutil.which("ip"):
        raise Unavailable("interfaces of our own need `ip` of iproute2")
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if _libc.unshare(CLONE_NEWNET):
            raise Unavailable(f"a network of our own needs root: {os.strerror(ctypes.get_errno())}")
        try:
            _inside = True
            ip("link", "set", "lo", "up")
            pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(OUTGOING)
            yield
        finally:
            if _libc.setns(before, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "cannot go back to the network of the machine")
            _inside = False
    finally:
        os.close(before)


def ip(*command):
    subprocess.run(["ip", *command], check=True, capture_output=True, timeout=60)


class Interface:
    """An Ethernet interface with one address of IPv4; its cable ends in the same network."""

    def __init__(self, name, address):
        self.name = name
        self.address = address
        self.plug_in()

    def plug_in(self):
        ip("link", "add", self.name, "type", "veth", "peer", "name", f"{self.name}-end")
        ip("link", "set", f"{self.name}-end", "up")
        self.up()
        self.give_address()

    def unplug(self):
        ip("link", "del", self.name)

    def up(self):
        ip("link", "set", self.name, "up")

    def down(self):
        ip("link", "set", self.name, "down")

    def give_address(self):
        ip("addr", "add", f"{self.address}/32", "dev", self.name)

    def take_address(self):
        ip("addr", "del", f"{self.address}/32", "dev", self.name)
