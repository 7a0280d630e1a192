"""Proof that a process talked to nobody but this machine."""

import ipaddress
import pathlib


def foreign_peers(pid):
    """Remote addresses outside of loopback of the process's TCP sockets."""
    return [str(host) for host, _ in _remotes(pid) if not (host.is_loopback or host.is_unspecified)]


def remote_ports(pid):
    """Ports that the process's TCP sockets are connected with."""
    return {port for _, port in _remotes(pid) if port}


def _remotes(pid):
    inodes = set()
    remotes = []
    try:
        descriptors = list(pathlib.Path(f"/proc/{pid}/fd").iterdir())
        tables = [pathlib.Path(f"/proc/{pid}/net/{table}").read_text() for table in ("tcp", "tcp6")]
    except OSError:
        return remotes  # the process ends at this moment
    for fd in descriptors:
        try:
            target = str(fd.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for table in tables:
        for line in table.splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                host, port = fields[2].split(":")
                remotes.append((_address(host), int(port, 16)))
    return remotes


def _address(text):
    words = [bytes.fromhex(text[i:i + 8])[::-1] for i in range(0, len(text), 8)]
    address = ipaddress.ip_address(b"".join(words))
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
