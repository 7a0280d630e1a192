"""Block lists: what they forbid is not talked to, everybody else is."""

import json

from harness import payloads
from harness.payloads import KIB, MIB


def test_a_blocked_seed_is_left_alone_and_another_serves(make_engine, make_session, ports, work, seed):
    payload = payloads.single(work / "seed", seed, MIB)
    bad = make_session(host="127.0.0.2")
    good = make_session(upload_rate_limit=64 * KIB)  # there is time for the other one
    handle = bad.add(payload.torrent_file, payload.root, seed=True)
    good.add(payload.torrent_file, payload.root, seed=True)
    engine = make_engine(init=False)
    lists = engine.state / "blocklists"
    lists.mkdir(parents=True)
    (lists / "mine.p2p").write_text("somebody:127.0.0.2-127.0.0.9\n")
    (engine.state / "settings.json").write_text(json.dumps({"blocklist-enabled": True}))
    engine.init(ports.next())
    torrent = engine.add(payload.torrent_file)
    engine.add_peer(torrent, bad.port, host="127.0.0.2")
    engine.add_peer(torrent, good.port)
    engine.wait_for(torrent, lambda status: status["progress"] > 0, "the good seed serves")
    assert not bad.seen("incoming_connection_alert")
    assert handle.status().total_upload == 0
    engine.settings(blocklist_enabled=False)
    engine.add_peer(torrent, bad.port, host="127.0.0.2")
    bad.wait_alert("incoming_connection_alert", 40)  # so it was the list that kept us away
    good.lift_limits()
    engine.wait_complete(torrent)
    payload.assert_equal(engine.downloads)
