"""One torrent of one daemon as Transmission's RPC, GoTorrent's REST and streaming show it: each counts from the same snapshot, in units of its own."""

import base64
import json

from harness import payloads
from harness.payloads import KIB
from harness.waiting import wait_until

PIECE = 32 * KIB
DOWNLOADING = 4  # Transmission's number


class Views:
    """What the interfaces say of a torrent, one after the other."""

    def __init__(self, daemon, infohash):
        self._daemon = daemon
        self._infohash = infohash

    def _get(self, path):
        status, _, body = self._daemon.exchange("GET", path, headers={"X-TT-Auth": self._daemon.connection["token"]})
        assert status == 200, body
        return json.loads(body)

    def transmission(self):
        torrent, = self._daemon.torrents(
            "name", "hashString", "totalSize", "pieceCount", "pieces", "haveValid", "percentDone", "rateDownload", "rateUpload", "downloadedEver",
            "uploadedEver", "peersConnected", "peers", "status", "downloadDir", ids=[self._infohash])
        return torrent

    def gotorrent(self):
        return self._get(f"/torrentdata?infohash={self._infohash}")

    def listed(self):
        file, = self._get(f"/stream?group={self._infohash}")["files"]
        return file

    def streaming(self):
        return self._get(f"/stream/{self._infohash}-0/status")

    def all(self):
        return self.transmission(), self.gotorrent(), self.streaming()

    def down_rates(self):
        return self.transmission()["rateDownload"], self.gotorrent()["downrate"], self.streaming()["downloadRate"]

    def up_rates(self):
        return self.transmission()["rateUpload"], self.gotorrent()["uprate"]


def without_rates(value):
    """An answer but for what it says of rates, at any depth: they fall for half a minute when nothing moves any more."""
    if isinstance(value, dict):
        return {key: without_rates(part) for key, part in value.items() if "rate" not in key.lower()}
    return [without_rates(part) for part in value] if isinstance(value, (list, tuple)) else value


def there(pieces):
    """Numbers of the pieces in a bitfield."""
    return [piece for piece in range(8 * len(pieces)) if pieces[piece // 8] >> 7 - piece % 8 & 1]


def ranges(pieces, size):
    """First and last byte of what is there."""
    runs = []
    for piece in there(pieces):
        if runs and runs[-1][1] == piece * PIECE - 1:
            runs[-1][1] = min(size, (piece + 1) * PIECE) - 1
        else:
            runs.append([piece * PIECE, min(size, (piece + 1) * PIECE) - 1])
    return runs


def test_all_interfaces_tell_the_same_of_a_torrent_that_stands_half_way(make_daemon, make_session, work, seed):
    payload = payloads.single(work / "seed", seed, 2048 * KIB + 5, PIECE)
    daemon = make_daemon()
    infohash = payload.info.info_hash().to_bytes().hex()
    daemon.call("torrent-add", filename=str(payload.torrent_file))
    views = Views(daemon, infohash)
    place = "127.0.0.1", daemon.call("session-get")["peer-port"]
    wait_until(lambda: views.transmission()["status"] == DOWNLOADING, 30, "its files are open")
    assert {*views.down_rates(), *views.up_rates()} == {0}
    seeder = make_session(upload_rate_limit=300 * KIB)
    seeder.add(payload.torrent_file, payload.root, seed=True, peers=[place])
    wait_until(lambda: all(rate > 0 for rate in views.down_rates()), 30, "something comes, by all of them")
    wait_until(lambda: 0.2 < views.transmission()["percentDone"], 30, "a fifth")
    assert set(views.up_rates()) == {0}, "there is nobody who could get anything"
    seeder.session.pause()
    wait_until(lambda: views.transmission()["peers"] == [], 30, "it is alone")
    leecher = make_session()
    copy = leecher.add(payload.torrent_file, work / "leech", peers=[place])

    def stands():
        """The other peer has what there is, that has been counted, and nobody saw anything change meanwhile."""
        before, after = views.all(), views.all()
        served = copy.status().num_pieces == len(there(base64.b64decode(before[0]["pieces"])))
        counted = before[0]["uploadedEver"] >= before[0]["haveValid"]
        return after if served and counted and without_rates(before) == without_rates(after) else None

    rpc, rest, stream = wait_until(stands, 30, "it stands still")
    assert all(rate > 0 for rate in views.up_rates())
    listed = views.listed()
    assert 0.2 < rpc["percentDone"] < 1, "half-way"
    assert rpc["name"] == rest["name"] == stream["name"] == listed["name"] == payload.name
    assert rpc["hashString"] == rest["infohash"] == listed["group"] == infohash
    assert rpc["totalSize"] == rest["size"] == stream["length"] == listed["length"] == payload.size
    assert rpc["status"] == DOWNLOADING and rest["state"] == stream["state"] == "downloading"
    assert rpc["downloadDir"] == rest["savepath"]

    assert rpc["pieceCount"] == rest["bitfield_length"] == payload.piece_count
    assert rpc["pieces"] == rest["bitfield_base64"]
    assert stream["available"] == ranges(base64.b64decode(rpc["pieces"]), payload.size)
    assert rpc["haveValid"] == sum(end - begin + 1 for begin, end in stream["available"])
    assert rpc["percentDone"] == rest["progress"] == rpc["haveValid"] / payload.size

    assert rpc["downloadedEver"] == rest["downloaded"] * KIB >= rpc["haveValid"]
    assert rpc["uploadedEver"] == rest["uploaded"] * KIB
    peer, = rpc["peers"]
    same, = rest["Peers"]
    assert rpc["peersConnected"] == 1
    assert same["host"] == f"{peer['address']}:{peer['port']}" and same["client"] == peer["clientName"]
    assert same["bitfield_base64"] == rest["bitfield_base64"], "it has got all"
    assert same["uploaded"] * KIB == peer["bytes_to_peer"] == rpc["uploadedEver"] and same["downloaded"] == peer["bytes_to_client"] == 0
