"""Two libtorrent peers of one file, one over TCP and one over uTP, for tests that run inside of a framework.

usage: peers.py seed|leech DIRECTORY BYTES BYTES_PER_SECOND SEED

Makes DIRECTORY/content and DIRECTORY/content.torrent, then prints the port of each peer, one a line. A seed has the content, a leech
downloads it into DIRECTORY/0 or DIRECTORY/1. Reads commands, one a line: `lift` takes the limit away, `sent` prints how much payload was
sent, `missing` how much payload is still to come. Ends with its input.
"""

import pathlib
import random
import sys
import time

import libtorrent as lt

PIECE = 256 << 10
WAIT_SECONDS = 60


def make(directory, size, seed):
    content = directory / "content"
    chance = random.Random(seed)
    with content.open("wb") as out:
        for left in range(size, 0, -(1 << 20)):
            out.write(chance.randbytes(min(left, 1 << 20)))
    files = lt.file_storage()
    lt.add_files(files, str(content))
    torrent = lt.create_torrent(files, PIECE, flags=lt.create_torrent.v1_only)
    lt.set_piece_hashes(torrent, str(directory))
    (directory / "content.torrent").write_bytes(lt.bencode(torrent.generate()))


def session(tcp):
    return lt.session({
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_incoming_tcp": tcp, "enable_outgoing_tcp": tcp, "enable_incoming_utp": not tcp, "enable_outgoing_utp": not tcp,
        "allow_multiple_connections_per_ip": True, "unchoke_slots_limit": -1, "min_reconnect_time": 1,
        "unchoke_interval": 1, "optimistic_unchoke_interval": 2, "close_redundant_connections": False, "tick_interval": 50,
    })


def add(owner, torrent, place, rate, seeds):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(str(torrent))
    parameters.save_path = str(place)
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if seeds:
        parameters.flags |= lt.torrent_flags.seed_mode
    handle = owner.add_torrent(parameters)
    limit(handle, rate)
    return handle


def limit(handle, rate):
    handle.set_upload_limit(rate)
    handle.set_download_limit(rate)


def port(owner):
    deadline = time.monotonic() + WAIT_SECONDS
    while owner.listen_port() == 0:
        if time.monotonic() > deadline:
            raise SystemExit("no peer listens")
        time.sleep(0.01)
    return owner.listen_port()


def main():
    seeds, directory = {"seed": True, "leech": False}[sys.argv[1]], pathlib.Path(sys.argv[2])
    size, rate, seed = map(int, sys.argv[3:])
    make(directory, size, seed)
    sessions = [session(tcp=True), session(tcp=False)]
    handles = [add(owner, directory / "content.torrent", directory if seeds else directory / str(number), rate // len(sessions), seeds)
               for number, owner in enumerate(sessions)]
    for owner in sessions:
        print(port(owner), flush=True)
    for line in sys.stdin:
        if line.strip() == "lift":
            for handle in handles:
                limit(handle, 0)
        elif line.strip() == "sent":
            print(sum(handle.status().total_payload_upload for handle in handles), flush=True)
        elif line.strip() == "missing":
            print(sum(size - handle.status().total_done for handle in handles), flush=True)


main()
