#!/usr/bin/python3
"""What it costs to push the state over the WebSocket, and whether clients that do not read disturb anybody.

    itest/bench/push.py [TORRENTS [CLIENTS [DEAF [SECONDS]]]]      1000 torrents, 50 clients of which 5 never read, 20 s

Torrents are changed all the time, one after the other. Prints, first without clients and then with all of them: how long `torrent-get` of 14 fields
takes, the processor time of the daemon, its memory, and after how long a client sees a change (that is 250 ms without any work, as patches
come twice a second). Needs a build, Debian's Python and python3-websocket; it is no part of `./bittern test`.
"""

import base64
import os
import pathlib
import socket
import statistics
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "itest" / "swarm"))

from harness.daemon_rpc import Daemon  # noqa: E402
from harness.tinytorrent import FrontEnd  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

FIELDS = ["id", "name", "status", "percentDone", "rateDownload", "rateUpload", "eta", "sizeWhenDone", "leftUntilDone", "uploadRatio", "error", "errorString",
          "queuePosition", "labels"]
CHANGES_PER_SECOND = 200


def torrent(index):
    name = b"torrent number %d" % index
    info = b"d6:lengthi1048576e4:name%d:%s12:piece lengthi65536e6:pieces320:%se" % (len(name), name, (b"%020d" % index) * 16)
    return base64.b64encode(b"d4:info%se" % info).decode()


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


class Silent(FrontEnd):
    """Reads, and looks at nothing: 50 clients in Python would measure Python."""

    def _message(self, text):
        self.patches += 1
        self.sequence = self.patches - 1


def measure(daemon, torrents, seconds, watcher=None):
    gets, delays = [], []
    cpu, begin, changes = processor_seconds(daemon.process.pid), time.monotonic(), 0
    while (now := time.monotonic()) < begin + seconds:
        if len(gets) <= now - begin:
            before = time.monotonic()
            daemon.torrents(*FIELDS)
            gets.append(time.monotonic() - before)
        elif watcher and len(delays) < (now - begin) / 2:
            before, label = time.monotonic(), f"seen {len(delays)}"
            daemon.call("torrent-set", ids=[torrents], labels=[label])
            wait_until(lambda: watcher.torrents[torrents]["labels"] == [label], 60, "the change is seen", poll=0.005)
            delays.append(time.monotonic() - before)
        elif changes < (now - begin) * CHANGES_PER_SECOND:
            daemon.call("torrent-set", ids=[1 + changes % (torrents - 1)], labels=[f"{changes}"])
            changes += 1
        else:
            time.sleep(0.002)
    used = (processor_seconds(daemon.process.pid) - cpu) / (time.monotonic() - begin)
    print(f"  {changes} changes, {100 * used:.0f} % of a processor, {resident_mib(daemon.process.pid)} MiB resident, torrent-get "
          f"{1000 * statistics.median(gets):.0f} ms (most {1000 * max(gets):.0f})"
          + (f", seen after {1000 * statistics.median(delays):.0f} ms (most {1000 * max(delays):.0f})" if delays else ""))


def main(torrents=1000, clients=50, deaf=5, seconds=20):
    with tempfile.TemporaryDirectory() as directory:
        daemon = Daemon(directory, 0)
        fronts = []
        try:
            for index in range(torrents):
                daemon.call("torrent-add", metainfo=torrent(index), paused=True)
            print(f"{torrents} torrents, nobody connected")
            measure(daemon, torrents, seconds)
            begin = time.monotonic()
            fronts += [FrontEnd(daemon, read=False, receive_buffer=4096) for _ in range(deaf)]
            fronts += [Silent(daemon) for _ in range(clients - deaf - 1)]
            fronts.append(FrontEnd(daemon).wait_snapshot())
            wait_until(lambda: all(f.patches for f in fronts[deaf:-1]), 120, "all have a snapshot")
            print(f"{clients} clients, {deaf} of them never read; all the others had a snapshot after {time.monotonic() - begin:.1f} s")
            measure(daemon, torrents, seconds, fronts[-1])
            fronts[-1].wait_truth(60)
            gone = sum(f.closed is not None for f in fronts[deaf:])
            print(f"  of those that read {gone} were closed; they got {statistics.median(f.patches for f in fronts[deaf:]):.0f} messages each")
        finally:
            for front in fronts[:deaf]:
                front.socket.sock.shutdown(socket.SHUT_RDWR)
            for front in fronts[deaf:]:
                front.close()
            daemon.close()


if __name__ == "__main__":
    threading.stack_size(1 << 20)
    main(*map(int, sys.argv[1:]))
