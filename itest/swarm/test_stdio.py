"""The stdio control plane: exact answers, errors, life cycle (S2-01..S2-14)."""

import json
import subprocess

import pytest

from harness import payloads
from harness.engine_rpc import ROOT, EngineAlreadyRunning, EngineNotRunning, InvalidRequest, TorrentNotFound
from harness.payloads import KIB


def test_answers_are_json_lines_with_the_id_as_given(make_engine):
    plane = make_engine(init=False).plane
    for identity in ('"x"', "7", "null", '[1, {"a": 2}]', "1.50", "1e400", "12345678901234567890.5", '"\\ud800 é"'):
        for params in ("{}", "[]", "7"):
            plane.send_line(f'{{"id": {identity}, "cmd": "get_status", "params": {params}}}')
            line = plane.read_line()
            assert line.startswith(f'{{"id":{identity},"ok":false,') and json.loads(line)["code"] == "EngineNotRunning", line
    plane.send_line('{"cmd": "get_status"}')
    assert "id" not in json.loads(plane.read_line())


def test_broken_lines_are_answered_and_the_process_goes_on(make_engine):
    plane = make_engine(init=False).plane
    wide = '{"x":[' + "{}," * 5_000_000 + "1]}"  # 15 MB that would be half a gigabyte in a heap of 256 MiB
    for line in ("{", "[]", "7", '"x"', "\x00", "{}{}", "[" * 5000, '{"id":1,"cmd":"get_status","x":' + "[" * 500, b'{"cmd":"\xff"}', wide):
        plane.send_line(line)
        answer = json.loads(plane.read_line())
        assert answer["ok"] is False and answer["id"] is None, line[:100]
    plane.send_line("")
    plane.send_line('{"id": 1, "cmd": "foo"}')
    answer = json.loads(plane.read_line())
    assert answer["id"] == 1 and answer["error"] == "Unknown command 'foo'"


def test_words_that_mean_nothing_are_refused(work):
    process = subprocess.run([f"{ROOT}/bittern", "stdio", "--frob", "--data", str(work)], stdin=subprocess.PIPE,
                             capture_output=True, text=True, timeout=100)
    assert process.returncode == 2 and process.stdout == ""
    assert len(process.stderr.splitlines()) == 1 and process.stderr.startswith("bittern: usage: ")


def test_init_twice_and_after_a_failure(make_engine, make_session, work):
    engine = make_engine(init=False)
    taken = make_session()
    with pytest.raises(InvalidRequest, match=str(taken.port)):
        engine.init(taken.port)
    (work / "file").write_text("x")
    with pytest.raises(InvalidRequest):
        engine.init(0, download_dir=str(work / "file"))
    with pytest.raises(InvalidRequest):
        engine.init(0, encryption="sometimes")
    for port in (70_000, -1, 1.5, 1 << 64, "0", None):
        with pytest.raises(InvalidRequest, match="listen_port"):
            engine.init(port)
    with pytest.raises(EngineNotRunning):
        engine.stats()
    engine.init(0)
    assert engine.port > 0 and engine.stats()["listen_port"] == engine.port
    with pytest.raises(EngineAlreadyRunning):
        engine.init(0)


def test_unknown_init_names_are_listed(make_engine, work):
    engine = make_engine(init=False)
    answer = engine.call("init", listenPort=0, downloadDir=str(work / "d"), fooBar=1)
    assert answer["ignored"] == ["fooBar"]


def test_bad_arguments_change_nothing(engine, work):
    (work / "bad.torrent").write_bytes(b"d4:infode")
    for path in (work / "absent.torrent", work / "bad.torrent", work):
        with pytest.raises(InvalidRequest):
            engine.add(path)
    for uri in ("", "magnet:?xt=urn:btih:12", "http://x/", "magnet:?dn=x"):
        with pytest.raises(InvalidRequest):
            engine.add_magnet(uri)
    for call in (lambda t: engine.status(t), lambda t: engine.remove(t), lambda t: engine.pause(t), lambda t: engine.recheck(t)):
        for identity in ("0" * 40, "nonsense", "../../etc/passwd"):
            with pytest.raises(TorrentNotFound):
                call(identity)
    assert engine.stats()["torrents"] == []


def test_adding_twice_is_the_same_torrent(engine, work, seed):
    payload = payloads.single(work / "seed", seed, 100 * KIB)
    first = engine.add(payload.torrent_file)
    assert first == str(payload.info.info_hash())
    assert engine.add(payload.torrent_file) == first
    assert len(engine.stats()["torrents"]) == 1
    assert engine.status(first.upper())["info_hash"] == first


def test_status_has_every_field_of_the_contract(engine, work, seed):
    payload = payloads.tree(work / "seed", seed, {"a.bin": 30_000, "b.bin": 40_000})
    torrent = engine.seed(payload.torrent_file, payload.root)
    status = engine.wait_state(torrent, "seeding")
    assert status["progress"] == 1 and status["complete"] is True
    assert status["num_peers"] == 0 and status["peers"] == []
    assert status["pieces"] == "1" * payload.piece_count and status["num_pieces"] == payload.piece_count
    assert status["piece_length"] == 16 * KIB and status["total_size"] == 70_000 and status["name"] == "tree"
    assert [f["path"] for f in status["files"]] == ["tree/a.bin", "tree/b.bin"]
    assert status["downloaded"] == status["uploaded"] == status["hash_failures"] == 0
    assert status["info_hash"] == torrent and status["error"] is None
    assert engine.call("get_status")["status"] == engine.stats()


def test_shutdown_answers_and_exits_without_engine(make_engine):  # with one: test_shutdown.py
    assert make_engine(init=False).shutdown() == 0
