"""Payloads from a seed, and torrents made of them by libtorrent."""

import contextlib
import hashlib
import pathlib
import random

import libtorrent as lt

from .waiting import wait_until

KIB = 1024
MIB = 1024 * KIB
MOST_AT_ONCE = 64 * MIB  # Python makes less than 256 MiB of chance in one go

V1 = lt.create_torrent.v1_only
V2 = lt.create_torrent.v2_only
HYBRID = 0


class Payload:
    """Files below a directory, and the torrent of them."""

    def __init__(self, root, name, torrent, torrent_file):
        self.root = pathlib.Path(root)
        self.name = name
        self.info = torrent
        self.torrent_file = torrent_file

    @property
    def piece_count(self):
        return self.info.num_pieces()

    @property
    def size(self):
        files = self.info.files()
        pad = lt.file_storage.flag_pad_file
        return sum(files.file_size(i) for i in range(files.num_files()) if not files.file_flags(i) & pad)

    def digests(self, root=None):
        """Path below the root → SHA-256 of every file there, but for one that is renamed at that moment, as a client does when it is complete."""
        base = pathlib.Path(root or self.root) / self.name
        if base.is_file():
            return {self.name: hashlib.sha256(base.read_bytes()).hexdigest()}
        found = {}
        for path in sorted(base.rglob("*")):
            if path.is_file():
                with contextlib.suppress(FileNotFoundError):
                    found[str(path.relative_to(base.parent))] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def wait_equal(self, root, seconds=10):
        """libtorrent says complete before the last bytes can be read in its files."""
        wait_until(lambda: self.digests(root) == self.digests(), seconds, f"the files in {root} equal {self.root}")

    def assert_equal(self, root):
        assert self.digests(root) == self.digests(), f"the files in {root} differ from {self.root}"


def random_bytes(seed, length):
    source = random.Random(seed)
    return b"".join(source.randbytes(min(MOST_AT_ONCE, length - at)) for at in range(0, length, MOST_AT_ONCE))


def single(root, seed, length, piece=16 * KIB, name="payload.bin", **options):
    """One file."""
    root = pathlib.Path(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(random_bytes(seed, length))
    return torrent_of(root, name, piece, **options)


def tree(root, seed, files, piece=16 * KIB, name="tree", **options):
    """A directory; files: path → length."""
    root = pathlib.Path(root)
    for index, (path, length) in enumerate(files.items()):
        target = root / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(random_bytes(seed * 1000 + index, length))
    return torrent_of(root, name, piece, **options)


def torrent_of(root, name, piece, version=V1, trackers=(), private=False, web_seeds=(), pads=False, comment=""):
    storage = lt.file_storage()
    lt.add_files(storage, str(root / name))
    flags = version
    if pads:
        flags |= lt.create_torrent.canonical_files
    creator = lt.create_torrent(storage, piece, flags)
    for tier, url in enumerate(trackers):
        creator.add_tracker(url, tier)
    if comment:
        creator.set_comment(comment)
    for url in web_seeds:
        creator.add_url_seed(url)
    creator.set_priv(private)
    lt.set_piece_hashes(creator, str(root))
    data = lt.bencode(creator.generate())
    torrent_file = root.parent / f"{root.name}-{name}.torrent"
    torrent_file.write_bytes(data)
    return Payload(root, name, lt.torrent_info(str(torrent_file)), torrent_file)
