"""A DHT of our own on loopback: no tracker, no peer named by hand, only nodes (BEP 5)."""

import libtorrent as lt
import pytest

from harness import payloads
from harness.dht_node import LOOPBACK_DHT, introduce
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

pytestmark = [pytest.mark.bep_5, pytest.mark.filterwarnings("ignore:status")]

NODES = 20


@pytest.fixture
def cloud(make_session):
    """Libtorrent nodes on a ring, each of which is told the next few and has to find the others."""
    sessions = [make_session(**LOOPBACK_DHT) for _ in range(NODES)]
    introduce({session: [sessions[(place + step) % NODES] for step in range(1, 6)] for place, session in enumerate(sessions)})
    return sessions


def join(make_session, cloud):
    session = make_session(**LOOPBACK_DHT)
    introduce({session: cloud[5:10]})
    return session


def bootstrap(cloud):
    return {"enable_dht": True, "dht_bootstrap": [f"127.0.0.1:{s.port}" for s in cloud[:2]]}


def use_dht(handle):
    handle.unset_flags(lt.torrent_flags.disable_dht)
    handle.force_dht_announce()


def announced(cloud, repeat=lambda: None):
    """Waits until nodes have heard of somebody; who looks before has to look again a minute later."""
    def heard():
        repeat()
        return any(session.seen("dht_announce_alert") for session in cloud)

    wait_until(heard, 60, "a node has heard of the seed", poll=0.3)


def test_finds_a_libtorrent_seed_by_the_dht_only(make_engine, make_session, cloud, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB, 32 * KIB)
    source = join(make_session, cloud)
    handle = source.add(payload.torrent_file, payload.root, seed=True)
    announced(cloud, lambda: use_dht(handle))
    engine = make_engine(**bootstrap(cloud))
    torrent = engine.add(payload.torrent_file)
    engine.wait_complete(torrent, 90)
    payload.assert_equal(engine.downloads)


def test_libtorrent_finds_us_by_the_dht_only(make_engine, make_session, cloud, work, seed):
    payload = payloads.single(work / "seed", seed, 1 * MIB, 32 * KIB)
    engine = make_engine(**bootstrap(cloud))
    torrent = engine.seed(payload.torrent_file, payload.root)
    engine.wait_state(torrent, "seeding")
    leech = join(make_session, cloud)
    handle = leech.add(payload.torrent_file, work / "leech")

    def complete():
        use_dht(handle)  # ours may have come after the first look
        return handle.status().is_seeding

    wait_until(complete, 90, "libtorrent has it all", poll=0.5)
    payload.wait_equal(work / "leech")


@pytest.mark.slow
def test_two_engines_meet_through_nodes_of_libtorrent(make_engine, cloud, work, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    first = make_engine(**bootstrap(cloud))
    first.wait_state(first.seed(payload.torrent_file, payload.root), "seeding")
    announced(cloud)
    second = make_engine(**bootstrap(cloud))
    torrent = second.add(payload.torrent_file)
    second.wait_complete(torrent, 90)
    payload.assert_equal(second.downloads)

    def estimate():
        second.reannounce(torrent)  # questions that got lost are asked again in a quarter of an hour only
        size = second.status(torrent)["estimate"]
        return size and size["seeds"] and size  # at first only the one that looks may be known

    size = wait_until(estimate, 60, "nodes have told the size of the swarm (BEP 33)", poll=1)
    assert size["seeds"] == 1, "all of us have one address"


@pytest.mark.slow
def test_the_nodes_outlive_a_restart(make_engine, cloud, work, seed):
    payload = payloads.single(work / "seed", seed, 300 * KIB)
    first = make_engine(**bootstrap(cloud))
    first.wait_state(first.seed(payload.torrent_file, payload.root), "seeding")
    announced(cloud)
    before = make_engine(**bootstrap(cloud))
    elsewhere = payloads.single(work / "other", seed + 1, 100 * KIB)
    torrent = before.seed(elsewhere.torrent_file, elsewhere.root)
    before.wait_state(torrent, "seeding")
    wait_until(lambda: len([s for s in cloud if str(before.port) in str(s.seen("dht_announce_alert"))]) > 0, 60, "it knows nodes")
    assert before.shutdown() == 0
    assert (before.state / "dht.nodes").stat().st_size > 60
    after = make_engine(enable_dht=True, state_dir=str(before.state))  # told of no node
    torrent = after.add(payload.torrent_file)
    after.wait_complete(torrent, 90)
    payload.assert_equal(after.downloads)


def test_without_the_dht_nobody_is_found(make_engine, make_session, cloud, work, seed):
    payload = payloads.single(work / "seed", seed, 100 * KIB)
    source = join(make_session, cloud)
    handle = source.add(payload.torrent_file, payload.root, seed=True)
    announced(cloud, lambda: use_dht(handle))
    engine = make_engine(enable_dht=False, dht_bootstrap=[f"127.0.0.1:{cloud[0].port}"])
    other = make_engine(**bootstrap(cloud))
    torrent = engine.add(payload.torrent_file)
    other.wait_complete(other.add(payload.torrent_file), 90)
    assert engine.status(torrent)["num_peers"] == 0
