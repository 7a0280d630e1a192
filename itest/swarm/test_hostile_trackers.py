"""Trackers that answer garbage, too much, for ever or never. Each stands in a tier before an honest one, which must be reached.

All attack one engine (harness/siege.py); the honest tracker names the good seed, so that the transfer depends on it.
"""

import contextlib
import socket
import struct
import time

import pytest

from harness.hostile_trackers import HostileHttp, HostileUdp, addresses, answer_of, gzip_of_zeros, noise
from harness.payloads import MIB
from harness.tracker import PROTOCOL, Tracker
from harness.waiting import wait_until

pytestmark = pytest.mark.bep_12

MOST_BODY_BYTES = 64 * MIB  # far above any limit that makes sense, far below what these trackers would send
ANNOUNCES, ANNOUNCE_SECONDS = 6, 7
STANDSTILL_SECONDS = 1  # a tracker that is late for the first announce sees the others sooner after it


@pytest.fixture
def honest(ports):
    tracker = Tracker(ports.next())
    yield tracker
    tracker.close()


def besieged(besiege, honest, *hostile_urls):
    """A torrent with the hostile trackers in its first tiers; only the honest tracker knows the good seed."""
    return besiege(trackers=[*hostile_urls, honest.http_url], good=False, known_to=honest, rate=0)


def loop_of(client):
    client.redirect(f"/announce{len(client.tracker.requests)}")


def endless_chunks(client):
    client.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.pour(b"100000\r\n" + bytes(MIB) + b"\r\n", 2000 * MIB)


def endless_body(client):
    client.send(b"HTTP/1.1 200 OK\r\n\r\nd8:intervali1800e5:peers")
    client.pour(b"9" * MIB, 2000 * MIB)


def endless_header(client):
    client.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    client.pour(b"x" * MIB, 2000 * MIB)


def endless_fields(client):
    client.send(b"HTTP/1.1 200 OK\r\n")
    client.pour(b"X-Another: field\r\n" * 10_000, 2000 * MIB)


def endless_interim_answers(client):
    client.pour(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, 2000 * MIB)


def drip(client):
    client.send(b"HTTP/1.1 200 OK\r\n\r\n")
    with contextlib.suppress(OSError):
        while not client.tracker.stopped:
            client.send(b"l")
            time.sleep(0.2)


# Made before the tests: in a thread it would hold up the clock of all others.
ZEROS = gzip_of_zeros(1024 * MIB)
MANY_PEERS = answer_of(peers=addresses(150_000))
TOO_MANY_PEERS = answer_of(peers=addresses(1000) * 1700)

BEHAVIOURS = {
    "garbage": lambda c: c.answer(noise(5000)),
    "no HTTP": lambda c: c.send(noise(5000)),
    "nothing": lambda c: None,
    "an empty body": lambda c: c.answer(b""),
    "a web page": lambda c: c.answer(b"<html>moved</html>", "Content-Type: text/html"),
    "a list": lambda c: c.answer(b"le"),
    "a dictionary cut short": lambda c: c.answer(answer_of(peers=addresses(50))[:-20]),
    "100 000 nested lists": lambda c: c.answer(b"d5:peers" + b"l" * 100_000 + b"e" * 100_001),
    "a string of 2 GiB": lambda c: c.answer(b"d5:peers2147483647:xe"),
    "a number of 100 000 digits": lambda c: c.answer(b"d8:intervali" + b"9" * 100_000 + b"ee"),
    "peers of five bytes": lambda c: c.answer(answer_of(peers=b"12345")),
    "peers that make no sense": lambda c: c.answer(answer_of(peers=[
        {"ip": "x" * 100_000, "port": 1}, {"ip": "127.0.0.1", "port": 99_999}, {"ip": "127.0.0.1", "port": -1}, {"port": 7}, 5, b"x",
        {"ip": "300.1.2.3", "port": 80}, {"ip": "file:///etc/passwd", "port": 80}])),
    "10 MB of peers": lambda c: c.answer(TOO_MANY_PEERS),
    "150 000 peers": lambda c: c.answer(MANY_PEERS),
    "a reason of 900 KB": lambda c: c.answer(answer_of(failure_reason="no" * 450_000)),
    "a tracker id of 900 KB": lambda c: c.answer(answer_of(tracker_id=b"t" * 900_000)),
    "negative numbers": lambda c: c.answer(answer_of(interval=-5, min_interval=-9, complete=-1, incomplete=-(1 << 62))),
    "huge numbers": lambda c: c.answer(answer_of(interval=(1 << 63) - 1, min_interval=(1 << 63) - 1, complete=1 << 62)),
    "a gzip bomb": lambda c: c.answer(ZEROS, "Content-Encoding: gzip"),
    "a gzip bomb in disguise": lambda c: c.answer(b"d8:intervali1800e5:peers" + ZEROS, "Content-Encoding: gzip"),
    "gzip that is none": lambda c: c.answer(noise(1000), "Content-Encoding: gzip"),
    "a redirect loop": loop_of,
    "a redirect to itself": lambda c: c.redirect(c.tracker.url),
    "a redirect to a file": lambda c: c.redirect("file:///etc/passwd"),
    "a redirect to gopher": lambda c: c.redirect("gopher://127.0.0.1/"),
    "a redirect to nowhere": lambda c: c.answer(b"", status="302 Found"),
    "a redirect of 100 KB": lambda c: c.redirect("http://127.0.0.1/" + "x" * 100_000),
    "a redirect with a new line": lambda c: c.redirect("http://127.0.0.1:1/a%0d%0aX: y"),
    "a negative length": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + answer_of()),
    "a length of 10 digits": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"),
    "a length of 30 digits": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\nde"),
    "a body shorter than told": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nd"),
    "chunks of a negative size": lambda c: c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
    "chunks of 4 GiB": lambda c: c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nhello"),
    "status 999": lambda c: c.answer(b"de", status="999 Odd"),
    "endless chunks": endless_chunks,
    "an endless body": endless_body,
    "an endless header": endless_header,
    "endless header fields": endless_fields,
    "endless interim answers": endless_interim_answers,
    "a byte now and then": drip,
    "silence": lambda c: c.hold(),
}


def batches(names, size=7):
    names = list(names)
    return [names[i:i + size] for i in range(0, len(names), size)]


@pytest.mark.parametrize("names", batches(BEHAVIOURS), ids=lambda names: names[0].replace(" ", "_"))
def test_an_honest_tracker_is_reached_past_hostile_ones(besiege, honest, ports, names):
    """Several hostile trackers at once, a tier each: none may keep the honest one waiting, none may cost memory."""
    with contextlib.ExitStack() as stack:
        trackers = [stack.enter_context(HostileHttp(ports.next(), BEHAVIOURS[name])) for name in names]
        siege = besieged(besiege, honest, *(t.url for t in trackers))
        siege.completes(25)
        wait_until(lambda: siege.status() and all(t.requests for t in trackers), 30, "each hostile tracker was asked")
        wait_until(lambda: "completed" in honest.events(siege.payload.info.info_hash().to_bytes().hex()), 20, "the honest one hears more")
        siege.status()
        siege.no_trace()
        for name, tracker in zip(names, trackers):
            assert tracker.poured < MOST_BODY_BYTES, f"{name}: {tracker.poured >> 20} MiB were read"
            assert len(tracker.requests) < 60, f"{name}: {len(tracker.requests)} requests"


@pytest.mark.slow
def test_no_interval_makes_the_engine_hammer(besiege, ports):
    """At most 6 announces in 7 s to a tracker, whatever it says (control contract)."""
    def insisting(interval):
        body = answer_of(interval=interval, min_interval=interval)
        return HostileHttp(ports.next(), lambda client: client.answer(body))

    with contextlib.ExitStack() as stack:
        trackers = [stack.enter_context(insisting(interval)) for interval in (-5, 0, 1)]
        siege = besiege(trackers=[t.url for t in trackers], rate=0)
        siege.completes()
        for _ in range(10):
            siege.engine.reannounce(siege.torrent)
        begin = time.monotonic()
        wait_until(lambda: siege.status() and time.monotonic() - begin > ANNOUNCE_SECONDS, 10, "a window of announces", poll=0.3)
        for tracker in trackers:
            times = [at for _, at in tracker.requests]
            window = ANNOUNCE_SECONDS - STANDSTILL_SECONDS
            worst = max(sum(first <= at < first + window for at in times) for first in times)
            assert worst <= ANNOUNCES, f"{worst} announces in {ANNOUNCE_SECONDS} s"


def test_a_redirect_is_followed_only_so_far_and_never_to_a_file(besiege, honest, ports):
    with HostileHttp(ports.next(), loop_of) as tracker:
        siege = besieged(besiege, honest, tracker.url)
        siege.completes()
        wait_until(lambda: any(path.startswith("/announce1") for path, _ in list(tracker.requests)), 20, "a redirect was followed")
        first = tracker.requests[0][1]
        burst = [path for path, at in tracker.requests if at < first + 1]
        assert len(burst) <= 24, f"{len(burst)} redirects in a second"


def test_a_tracker_that_names_the_engine_itself_does_no_harm(besiege, honest, fortress, ports):
    own = socket.inet_aton("127.0.0.1") + struct.pack(">H", fortress.engine.port)
    with HostileHttp(ports.next(), lambda client: client.answer(answer_of(peers=own * 500))) as tracker:
        siege = besieged(besiege, honest, tracker.url)
        siege.completes()


def connect_answer(packet, transaction=None):
    return struct.pack(">IIQ", 0, struct.unpack(">I", packet[12:16])[0] if transaction is None else transaction, 42)


def is_connect(packet):
    return len(packet) >= 16 and struct.unpack(">Q", packet[:8])[0] == PROTOCOL


def after_connect(make):
    """Answers the connect as it should be, then the announce with make(transaction id)."""
    def answer(packet):
        if is_connect(packet):
            return [connect_answer(packet)]
        return make(struct.unpack(">I", packet[12:16])[0])
    return answer


def announce(transaction, peers=b"", interval=1800):
    return struct.pack(">IIiII", 1, transaction, interval, 1, 1) + peers


UDP_BEHAVIOURS = {
    "wrong transaction id": lambda p: [connect_answer(p, 0xDEADBEEF)],
    "wrong transaction id of the announce": after_connect(lambda t: [announce(t ^ 1, addresses(10))]),
    "no answer": lambda p: [],
    "empty datagrams": lambda p: [b""] * 10,
    "short datagrams": lambda p: [connect_answer(p)[:n] for n in range(1, 16)],
    "an announce cut short": after_connect(lambda t: [announce(t)[:n] for n in range(1, 20)]),
    "half a peer": after_connect(lambda t: [announce(t, b"\x7f\0\0\1\0")]),
    "another action": after_connect(lambda t: [struct.pack(">II", 77, t) + noise(100)]),
    "noise": lambda p: [noise(1000)] * 20,
    "60 KB of peers": after_connect(lambda t: [announce(t, addresses(10_000))] * 20),
    "a negative interval": after_connect(lambda t: [announce(t, interval=-5)]),
    "an error that is no text": after_connect(lambda t: [struct.pack(">II", 3, t) + noise(50_000)]),
    "connection ids that never hold": lambda p: [connect_answer(p)] if is_connect(p) else [
        struct.pack(">II", 3, struct.unpack(">I", p[12:16])[0]) + b"bad connection id"],
}


@pytest.mark.bep_15
@pytest.mark.parametrize("names", batches(UDP_BEHAVIOURS), ids=lambda names: names[0].replace(" ", "_"))
def test_an_honest_tracker_is_reached_past_hostile_udp_trackers(besiege, honest, ports, names):
    with contextlib.ExitStack() as stack:
        trackers = [stack.enter_context(HostileUdp(ports.next(), UDP_BEHAVIOURS[name])) for name in names]
        siege = besieged(besiege, honest, *(t.url for t in trackers))
        siege.completes(25)
        wait_until(lambda: siege.status() and all(t.packets for t in trackers), 30, "each hostile tracker was asked")
        for name, tracker in zip(names, trackers):
            assert tracker.packets < 60, f"{name}: {tracker.packets} packets"
        siege.no_trace()
