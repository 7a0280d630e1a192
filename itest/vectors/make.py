#!/usr/bin/env python3
"""Makes the vectors that unit tests read: what ours must say of bencode, torrents, links, answers of trackers and MSE handshakes.

Hashes, trees and ciphers are computed here, by Python's own means, so that no mistake of ours can be on both sides. Run it when a case is added: it
replaces the files below `bundles/*/src/test/resources` and always makes the same ones.
"""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 16 * 1024


def write(bundle, name, cases):
    package = bundle.replace(".", "/") + ("" if bundle in ("org.bittern.bencode", "org.bittern.metainfo") else "/internal")
    folder = ROOT / "bundles" / bundle / "src/test/resources" / package
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(cases, indent=1, sort_keys=True) + "\n")


def encoded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, dict):
        raw = {key if isinstance(key, bytes) else key.encode(): one for key, one in value.items()}
        return b"d" + b"".join(encoded(key) + encoded(raw[key]) for key in sorted(raw)) + b"e"
    return b"l" + b"".join(map(encoded, value)) + b"e"


def sha1(data):
    return hashlib.sha1(data).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


# ---- bencode

VALUES = [0, 7, -7, 2**63 - 1, -(2**63), "", "spam", "ü€", [], ["a", 1, ["b"]], {}, {"cow": "moo", "spam": ["a", "b"]}, {"": 0, "a": {"b": {"c": -1}}},
          {"a": 1, "aa": 2, "b": 3}, ["x" * 300], [[[[]]]]]
NO_BENCODE = ["", "i", "ie", "i-e", "i-0e", "i03e", "i-07e", "i1", "i+1e", "i 1e", "i1.5e", "1", "1:", "4:abc", "04:spam", "-1:a", "1a", "l", "li1e", "e",
              "d", "d1:a", "d1:ae", "di1ei2ee", "d1:bi1e1:ai2ee", "d1:ai1e1:ai2ee", "i1ei2e", "lee", "x", "i9223372036854775808e", "i-9223372036854775809e",
              "99999999999999999999:a", "l" * 200 + "e" * 200]


def messages():
    """Of the kinds that travel or lie on disks."""
    node = bytes(range(20)) + bytes([203, 0, 113, 9, 0x1A, 0xE1])
    mine = hashlib.sha1(b"node").digest()
    return {
        "find_node": {"a": {"id": mine, "target": sha1(b"target")}, "q": "find_node", "t": b"\x00\xff", "v": "BN01", "y": "q"},
        "nodes": {"ip": bytes([192, 0, 2, 1, 0, 80]), "r": {"id": mine, "nodes": node * 16}, "t": b"\x00\xff", "v": "BN01", "y": "r"},
        "get_peers": {"a": {"id": mine, "info_hash": sha1(b"torrent")}, "q": "get_peers", "t": "aa", "y": "q"},
        "resume": {"info-hash": sha1(b"torrent"), "name": "ünï.bin", "peers": node[20:] * 30, "pieces": bytes(100), "time": 1_700_000_000},
    }


def bencode():
    cases = [{"outcome": "valid", "input_hex": encoded(value).hex(), "value": value} for value in VALUES]
    cases += [{"outcome": "invalid", "input_hex": text.encode().hex(), "value": None} for text in NO_BENCODE]
    write("org.bittern.bencode", "cases.json", cases)
    write("org.bittern.bencode", "messages.json", {name: encoded(message).hex() for name, message in messages().items()})


# ---- torrents

def content(length, seed=0):
    return bytes((seed + i) % 251 for i in range(length))


def merkle(row, width, pad=bytes(32)):
    row = row + [pad] * (width - len(row))
    while len(row) > 1:
        row = [sha256(row[i] + row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def width_of(count):
    return 1 << (count - 1).bit_length()


def tree(data, piece_length):
    """Root of a file, and its piece layer where it has one (BEP 52)."""
    leaves = [sha256(data[i:i + BLOCK]) for i in range(0, len(data), BLOCK)]
    per_piece = piece_length // BLOCK
    if len(data) <= piece_length:
        return merkle(leaves, width_of(len(leaves))), []
    layer = [merkle(leaves[i:i + per_piece], per_piece) for i in range(0, len(leaves), per_piece)]
    return merkle(layer, width_of(len(layer)), merkle([], per_piece)), layer


def pieces_of(data, piece_length):
    return b"".join(sha1(data[i:i + piece_length]) for i in range(0, len(data), piece_length))


class Made:
    """A torrent, and what must be found in it."""

    def __init__(self, name, piece_length, files, versions, single=False, pads=False):
        self.name, self.piece_length, self.files = name, piece_length, dict(sorted(files.items()))
        self.info = {"name": name, "piece length": piece_length}
        self.outer = {}
        self.v1, self.v2, self.single = 1 in versions, 2 in versions, single
        self.pads = []
        if self.v1:
            self.add_v1(pads or self.v2)
        if self.v2:
            self.add_v2()

    def add_v1(self, padded):
        entries, stream = [], b""
        for index, (path, data) in enumerate(self.files.items()):
            entries.append({"length": len(data), "path": path.split("/")})
            stream += data
            gap = -len(stream) % self.piece_length
            if padded and gap and index + 1 < len(self.files):
                entries.append({"attr": "p", "length": gap, "path": [".pad", str(gap)]})
                self.pads.append(gap)
                stream += bytes(gap)
        if self.single:
            self.info["length"] = entries[0]["length"]
        else:
            self.info["files"] = entries
        self.info["pieces"] = pieces_of(stream, self.piece_length)

    def add_v2(self):
        self.info["meta version"] = 2
        layers, root = {}, {}
        for path, data in self.files.items():
            at = root
            for element in path.split("/"):
                at = at.setdefault(element, {})
            at[""] = {"length": len(data)}
            if data:
                top, layer = tree(data, self.piece_length)
                at[""]["pieces root"] = top
                if layer:
                    layers[top] = b"".join(layer)
        self.info["file tree"] = root
        self.outer["piece layers"] = layers

    def facts(self):
        lengths = [len(data) for data in self.files.values()]
        whole = sum(lengths) + sum(self.pads)
        aligned = sum(-(-length // self.piece_length) for length in lengths)
        raw = encoded(self.info)
        return {
            "name": self.name, "total_size": sum(lengths), "total_with_pads": whole, "files": len(lengths), "pad_files": len(self.pads),
            "piece_length": self.piece_length, "pieces": -(-whole // self.piece_length) if self.v1 else aligned,
            "v1_infohash": sha1(raw).hex() if self.v1 else "", "v2_infohash": sha256(raw).hex() if self.v2 else "",
            "version": {(True, False): "v1", (False, True): "v2", (True, True): "hybrid"}[self.v1, self.v2],
        }

    def case(self, title):
        return row(title, encoded({**self.outer, "info": self.info}), "valid", self.facts())

    def wrong(self, title, **changes):
        """The same with entries of the info dictionary replaced, or taken out by None."""
        info = {**self.info, **{key.replace("_", " "): value for key, value in changes.items()}}
        return row(title, encoded({**self.outer, "info": {key: value for key, value in info.items() if value is not None}}), "invalid")


def row(title, data, outcome, facts=None, kind="torrent"):
    return {"file": title, "kind": kind, "outcome": outcome, "input_hex": data.hex(), **{key: str(value) for key, value in (facts or {}).items()}}


def torrents():
    one = Made("one.bin", BLOCK, {"one.bin": content(40_000)}, [1], single=True)
    some = Made("some", BLOCK, {"a/b/c.txt": content(20_000, 3), "a/empty": b"", "d.bin": content(50_000, 4)}, [1])
    padded = Made("padded", 2 * BLOCK, {"a": content(10), "b": content(70_000, 1), "c": content(5, 2)}, [1], pads=True)
    small = Made("small", BLOCK, {"small": content(100)}, [2])
    large = Made("large", 2 * BLOCK, {"a": content(100_000), "b/c": b"", "b/d": content(65_537, 9), "e": content(32_768, 7)}, [2])
    both = Made("both", BLOCK, {"a": content(20_000), "b": b"", "c/d": content(16_384, 5), "e": content(60_000, 6)}, [1, 2])
    single = Made("single.bin", 4 * BLOCK, {"single.bin": content(200_000)}, [1, 2], single=True)
    cases = [made.case(title) for title, made in {
        "one file": one, "folders": some, "padding": padded, "v2, one piece": small, "v2, layers": large, "hybrid": both, "hybrid, one file": single}.items()]
    one.outer = {"announce": "http://tracker.example/a", "creation date": 1_700_000_000, "url-list": "http://seed.example/"}
    one.info["private"] = 1
    cases.append(one.case("private"))
    cases.append(row("bare info dictionary", encoded(some.info), "valid", some.facts(), "info-dict"))
    cases += [
        one.wrong("no name", name=None), one.wrong("no piece length", piece_length=None), one.wrong("negative piece length", piece_length=-1),
        one.wrong("negative length", length=-1), one.wrong("length is text", length="40000"), one.wrong("no pieces", pieces=None),
        one.wrong("half a hash", pieces=bytes(50)), one.wrong("a hash too many", pieces=bytes(80)), one.wrong("a hash too few", pieces=bytes(40)),
        some.wrong("path of a number", files=[{"length": 70_000, "path": [1]}]),
        some.wrong("nothing to download", files=[{"length": 0, "path": ["a"]}], pieces=b""),
        large.wrong("v2: odd piece length", piece_length=3 * BLOCK), large.wrong("v2: small piece length", piece_length=BLOCK // 2),
        large.wrong("version 3", meta_version=3), large.wrong("no file tree", file_tree=None),
        large.wrong("root of zeros", file_tree={"a": {"": {"length": 9, "pieces root": bytes(32)}}}),
        large.wrong("empty name", file_tree={"": {"": {"length": 9, "pieces root": bytes(range(32))}}}),
        both.wrong("hybrid of two contents", files=[{"length": 112_768, "path": ["other"]}]),
    ]
    layers = dict(large.outer["piece layers"])
    first = next(iter(layers))
    for title, wrong in (("layer with a wrong hash", {**layers, first: bytes(len(layers[first]))}), ("layer cut off", {**layers, first: layers[first][:-1]}),
                         ("layer of nobody", {**layers, bytes(range(32)): bytes(64)})):
        cases.append(row(title, encoded({"info": large.info, "piece layers": wrong}), "invalid"))
    cases += [row("info is text", encoded({"info": "text"}), "invalid"), row("no info", encoded({"announce": "http://tracker.example/"}), "invalid"),
              row("no dictionary", encoded([1]), "invalid"), row("cut off", encoded({"info": some.info})[:-2], "invalid"),
              row("info dictionary with a rest", encoded(some.info) + b"\n", "invalid", kind="info-dict")]
    write("org.bittern.metainfo", "torrents.json", cases)


def paths():
    def torrent(*files):
        info = {"name": "folder", "piece length": BLOCK, "pieces": bytes(20), "files": [{"length": 4, "path": list(path)} for path in files]}
        return encoded({"info": info}).hex()

    strange = {
        "up": ["..", "a"], "up in the middle": ["a", "..", "..", "b"], "from the root": ["/etc", "passwd"], "with a slash": ["a/../../b"],
        "with a backslash": ["a\\b"], "a dot": [".", "a"], "a zero byte": [b"a\x00b"], "no UTF-8": [b"\xff\xfe"], "long": ["x" * 400], "a drive": ["C:", "a"],
        "control characters": ["a\nb\x1b"], "empty elements": ["", "a", ""],
    }
    cases = [{"note": note, "outcome": "valid", "input_hex": torrent(path, ["plain.txt"])} for note, path in strange.items()]
    cases.append({"note": "two of one name", "outcome": "valid", "input_hex": torrent(["a"], ["a"], ["A"])})
    write("org.bittern.metainfo", "paths.json", cases)


def links():
    v1, v2 = sha1(b"v1").hex(), sha256(b"v2").hex()
    of_v1, of_v2 = f"magnet:?xt=urn:btih:{v1}", f"magnet:?xt=urn:btmh:1220{v2}"
    valid = {
        of_v1: {"v1": v1, "v2": ""},
        of_v1.upper().replace("MAGNET:?XT=URN:BTIH:", "magnet:?xt=urn:btih:"): {"v1": v1},
        "magnet:?xt=urn:btih:AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT": {"v1": bytes(range(20)).hex()},
        of_v2: {"v1": "", "v2": v2},
        f"{of_v1}&xt=urn:btmh:1220{v2}": {"v1": v1, "v2": v2},
        f"{of_v1}&dn=a%20name%C3%BC&tr=http%3A%2F%2Ftracker.example%2Fa&tr=udp://tracker.example:80": {
            "name": "a nameü", "trackers": ["http://tracker.example/a", "udp://tracker.example:80"]},
        f"{of_v1}&ws=http://seed.example/a&x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:1": {
            "web_seeds": ["http://seed.example/a"], "peers": ["192.0.2.1:6881", "[2001:db8::1]:1"]},
        f"{of_v1}&so=0,2,4-6": {"select_only": [0, 2, 4, 5, 6]},
    }
    invalid = ["", "magnet:", "magnet:?dn=name", "http://tracker.example/", "magnet:?xt=urn:btih:", of_v1[:-1], of_v1 + "0", of_v2[:-2],
               f"magnet:?xt=urn:btmh:1220{v1}", "magnet:?xt=urn:btih:" + "z" * 40]
    write("org.bittern.metainfo", "links.json",
          [{"uri": uri, "outcome": "valid", "expect": expect} for uri, expect in valid.items()]
          + [{"uri": uri, "outcome": "invalid", "expect": {}} for uri in invalid])


def trees():
    cases = []
    for length, piece_length in ((2, 16), (16_384, 32), (16_385, 32), (40_000, 16), (65_536, 16), (100_000, 32), (100_001, 64), (300_000, 64)):
        root, layer = tree(content(length), piece_length * 1024)
        cases.append({"length": length, "piece_length": piece_length * 1024, "root": root.hex(), "layer_hashes": len(layer),
                      "layer_sha256": sha256(b"".join(layer)).hex()})
    write("org.bittern.metainfo", "trees.json", cases)


# ---- answers of trackers

def answers():
    def compact(*peers):
        return b"".join(bytes(map(int, host.split("."))) + port.to_bytes(2, "big") for host, port in peers)

    v6 = bytes.fromhex("20010db8000000000000000000000001") + (51_413).to_bytes(2, "big")
    hash_of = sha1(b"swarm")
    cases = [
        ("http-announce", {"interval": 1800, "min interval": 60, "complete": 4, "incomplete": 2, "peers": compact(("192.0.2.1", 6881), ("198.51.100.7", 80))},
         {"interval": 1800, "min_interval": 60, "complete": 4, "peers": ["192.0.2.1:6881", "198.51.100.7:80"]}),
        ("http-announce", {"interval": 9, "peers": b"", "peers6": v6}, {"interval": 9, "peers": ["2001:db8:0:0:0:0:0:1:51413"]}),
        ("http-announce", {"interval": 9, "peers": [{"ip": "192.0.2.3", "port": 1}, {"ip": "peer.example", "port": 2, "peer id": bytes(20)}, {"ip": "192.0.2.4"}]},
         {"peers": ["192.0.2.3:1", "peer.example:2"]}),
        ("http-announce", {"peers": compact(("192.0.2.5", 5))[:-1]}, {"peers": []}),
        ("http-announce", {"warning message": "slow down", "external ip": bytes([192, 0, 2, 9])}, {"warning": "slow down", "external_ip": "192.0.2.9"}),
        ("http-scrape", {"files": {hash_of: {"complete": 5, "incomplete": 6, "downloaded": 7}}}, {"rows": {hash_of.hex(): [5, 6, 7]}}),
    ]
    write("org.bittern.tracker", "answers.json",
          [{"kind": kind, "outcome": "valid", "body_hex": encoded(body).hex(), "expect": expect} for kind, body, expect in cases])


# ---- MSE

PRIME = int("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
            "E485B576625E7EC6F44C42E9A63A36210000000000090563", 16)


class Rc4:
    def __init__(self, key):
        self.state, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.state[i] + key[i % len(key)]) % 256
            self.state[i], self.state[j] = self.state[j], self.state[i]
        self.apply(bytes(1024))

    def apply(self, data):
        out = bytearray()
        for byte in data:
            self.i = (self.i + 1) % 256
            self.j = (self.j + self.state[self.i]) % 256
            self.state[self.i], self.state[self.j] = self.state[self.j], self.state[self.i]
            out.append(byte ^ self.state[(self.state[self.i] + self.state[self.j]) % 256])
        return bytes(out)


def mse():
    """What somebody sends who dials us, allows RC4 only and pads a little."""
    ours, theirs = sha1(b"our key"), sha1(b"their key")
    keys = [pow(2, int.from_bytes(key, "big"), PRIME).to_bytes(96, "big") for key in (ours, theirs)]
    secret = pow(int.from_bytes(keys[1], "big"), int.from_bytes(ours, "big"), PRIME).to_bytes(96, "big")
    torrent = sha1(b"torrent")
    hello = b"\x13BitTorrent protocol" + bytes(5) + b"\x10\x00\x05" + torrent + b"-XX0001-abcdefghijkl"
    mask = sha1(b"req3" + secret)
    named = bytes(a ^ b for a, b in zip(sha1(b"req2" + torrent), mask, strict=True))
    plain = bytes(8) + (2).to_bytes(4, "big") + (3).to_bytes(2, "big") + b"pad" + len(hello).to_bytes(2, "big") + hello
    rest = b"padding A" + sha1(b"req1" + secret) + named + Rc4(sha1(b"keyA" + secret + torrent)).apply(plain)
    write("org.bittern.peer", "mse.json", {
        "info_hash": torrent.hex(), "our_private_key_hex": ours.hex(), "our_public_key_hex": keys[0].hex(), "peer_Ya_hex": keys[1].hex(), "S_hex": secret.hex(),
        "peer_rest_hex": rest.hex(), "ia_hex": hello.hex()})


if __name__ == "__main__":
    for make in (bencode, torrents, paths, links, trees, answers, mse):
        make()
