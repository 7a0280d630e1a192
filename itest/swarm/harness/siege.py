"""An engine under attack: what must hold whatever strangers send (requirements: limits of hostile input)."""

import pathlib
import re
import time

import libtorrent as lt

from . import hostile
from .engine_rpc import Engine
from .libtorrent_utils import Session
from .payloads import KIB, MIB, single
from .waiting import Deadline, Timeout, crowding, wait_until

ANSWER_SECONDS = 1.0
LATE_ANSWERS = 2  # of a siege: the machine itself may stand still for a moment
LATEST_ANSWER_SECONDS = 5.0
GROWTH_BYTES = 300 * MIB
HEAP = "256m"
SLOW = 150 * KIB
TRACE = re.compile(r"^\s+at [\w.$/]+\(|Exception\b|Error: |OutOfMemory", re.MULTILINE)


def resident_bytes(pid):
    """VmRSS of a process and all below it."""
    children = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        children.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    total, left = 0, [pid]
    while left:
        process = left.pop()
        left += children.get(process, [])
        try:
            status = pathlib.Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        total += int(found.group(1)) * 1024 if found else 0
    return total


def open_files(pid):
    return sum(1 for _ in pathlib.Path(f"/proc/{pid}/fd").iterdir())


class Fortress:
    """One engine for many attacks: starting one takes longer than most of them."""

    def __init__(self, directory, port, engine_class=Engine):
        self.engine = engine_class(directory, "fortress", HEAP)
        self.engine.shared = True
        self.engine.init(port, encryption="enabled", enable_pex=True)
        self.resident = resident_bytes(self.engine.pid)
        self.slowest = 0.0
        self.failed = False

    @property
    def alive(self):
        return self.engine.plane.process.poll() is None

    def close(self):
        self.engine.close()


class Siege:
    """One torrent of a fortress, and a good seed that is slow until the attack is over.

    known_to: a tracker that names the seed, instead of us.
    """

    def __init__(self, fortress, work, seed, ports, length=2 * MIB, piece=64 * KIB, trackers=(), rate=SLOW, good=True, known_to=None):
        self.fortress = fortress
        self.engine = fortress.engine
        self.ports = ports
        self.payload = single(work / "seed", seed, length, piece, name=f"{work.parent.name}-{work.name}.bin", trackers=trackers)
        self.good = Session(ports.next())
        # It says nothing to trackers, so that what they hear is from the engine.
        quiet = {key: value for key, value in lt.bdecode(self.payload.torrent_file.read_bytes()).items() if not key.startswith(b"announce")}
        self._good_torrent = self.good.add(self.payload.torrent_file, self.payload.root, seed=True, info=lt.torrent_info(quiet))
        # The limit of the torrent: libtorrent's limits of the session do not hold for loopback.
        self._good_torrent.set_upload_limit(rate)
        if known_to:
            known_to.swarms[self.payload.info.info_hash().to_bytes()] = {self.good.port: 0}
        self._log_from = self.engine.plane.log.stat().st_size
        self._late = 0
        self.torrent = self.engine.add(self.payload.torrent_file)
        self.until(lambda s: s["state"] in ("downloading", "seeding"), "its files are open, so peers are let in")
        if good:
            self.call_good()

    def call_good(self):
        self.engine.add_peer(self.torrent, self.good.port)

    def dial(self, reserved=hostile.PLAIN, **options):
        """A hostile peer that has shaken hands."""
        return hostile.Peer.dial(self.engine.port, hostile.info_hash_of(self.payload), reserved=reserved, **options)

    def unchoked(self, reserved=hostile.FAST):
        """A hostile peer that may ask for blocks."""
        peer = self.dial(reserved)
        peer.send(hostile.frame(hostile.INTERESTED))
        peer.read_until(hostile.UNCHOKE, 30)
        return peer

    def serves_an_honest_leecher(self, work):
        leecher = Session(self.ports.next())
        try:
            handle = leecher.add(self.payload.torrent_file, work / "leech", peers=[("127.0.0.1", self.engine.port)])
            wait_until(lambda: self.status() and handle.status().is_seeding, 30, "an honest leecher completes")
            self.payload.assert_equal(work / "leech")
            self.no_trace()
        finally:
            leecher.close()

    def status(self):
        """The torrent's status; it must come at once and the engine must not have grown."""
        begin = time.monotonic()
        status = self.engine.status(self.torrent)
        took = time.monotonic() - begin
        self.fortress.slowest = max(self.fortress.slowest, took)
        self._late += took > ANSWER_SECONDS * crowding()
        assert self._late <= LATE_ANSWERS and took < LATEST_ANSWER_SECONDS * crowding(), f"status took {took:.2f} s"
        growth = resident_bytes(self.engine.pid) - self.fortress.resident
        assert growth < GROWTH_BYTES, f"the engine has grown by {growth >> 20} MiB"
        assert status["state"] != "error", status["error"]
        return status

    def until(self, condition, what, seconds=20):
        deadline = Deadline(seconds)
        while True:
            late = deadline.passed
            status = self.status()
            if condition(status):
                return status
            if late:
                brief = {k: v for k, v in status.items() if k not in ("pieces", "files")}
                raise Timeout(f"not within {seconds} s: {what}; last {brief}")
            time.sleep(0.05)

    def begun(self):
        """Waits until some pieces are there, so that attacks hit a transfer under way."""
        return self.until(lambda s: "1" in s["pieces"], "the good seed serves", 30)

    def good_is_connected(self):
        return self._has_good(self.status())

    def _has_good(self, status):
        return any(p["port"] == self.good.port for p in status["peers"])

    def survives(self, seconds=30):
        """The attack is over: the good peer completes the transfer, byte for byte."""
        self.until(lambda s: s["complete"] or self._has_good(s), "the good peer is connected still")
        self.completes(seconds)

    def completes(self, seconds=30):
        self._good_torrent.set_upload_limit(0)
        status = self.until(lambda s: s["complete"] and s["state"] == "seeding", "complete", seconds)
        self.payload.assert_equal(self.engine.downloads)
        self.no_trace()
        return status

    def no_trace(self):
        with open(self.engine.plane.log, errors="replace") as log:
            log.seek(self._log_from)
            text = log.read()
        found = TRACE.search(text)
        assert not found, f"the engine's log has a stack trace:\n{text[max(0, found.start() - 500):found.end() + 2500]}"

    def close(self):
        if self.fortress.alive:
            self.engine.remove(self.torrent)
        self.good.close()
