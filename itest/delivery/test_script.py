"""./bittern itself: from elsewhere, with next to no environment, and around a player."""

import concurrent.futures
import shutil
import urllib.parse

import pytest

from harness import payloads, processes
from harness.engine_rpc import ROOT
from harness.payloads import KIB
from harness.waiting import exit_code
from test_new_bundle import jdk
from test_packages import session_of

SECONDS = 100
PATH = "/usr/bin:/bin"


def script(*words, cwd, root=ROOT, **environment):
    """Exit code, standard output, standard error; nothing is known but where programs are."""
    done = processes.run([f"{root}/bittern", *map(str, words)], SECONDS, cwd=cwd, env={"PATH": PATH, "BITTERN_JDK": jdk(), **environment})
    return done.returncode, done.stdout, done.stderr


def test_a_built_project_works_after_it_was_moved(work, seed):
    payload = payloads.single(work / "seed", seed, 20 * KIB)
    moved = work / "another place"
    shutil.copytree(ROOT / "target/bittern", moved / "target/bittern", symlinks=True, ignore=shutil.ignore_patterns("*.aot"))
    for name in ("bittern", "pom.xml", "bnd.bnd"):
        shutil.copy2(ROOT / name, moved / name)
    for name in ("cnf", "bundles", "features", "runtime"):
        (moved / name).mkdir()  # nothing newer than what is built
    log = work / "classes"

    code, out, err = script("show", payload.torrent_file, cwd=work, root=moved, BITTERN_JAVA_OPTS=f"-Xlog:class+load:file={log}")

    assert (code, err) == (0, "") and payload.name in out
    sources = log.read_text()
    assert urllib.parse.quote(str(moved / "target/bittern/lib")) in sources and f"{ROOT}/" not in sources


def test_no_home_is_needed(work, seed):
    payload = payloads.single(work / "seed", seed, 20 * KIB)
    code, out, err = script("show", payload.torrent_file, cwd=work)
    assert (code, err) == (0, "") and payload.name in out


def test_what_is_typed_besides_a_start_starts_nothing(work):
    """Questions, and words that are none of the command's."""
    (work / "folder").mkdir()
    lines = [("daemon", "--version"), ("gotorrent", "-V"), ("stream", "--version"), ("daemon", "@folder"), ("show", "@folder"), ("felix", "--help")]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        ends = list(pool.map(lambda words: script(*words, cwd=work, XDG_DATA_HOME=str(work / "data")), lines))
    for words, (code, out, err) in zip(lines[:3], ends):
        assert (code, err) == (0, "") and out.startswith("Bittern ") and out.count("\n") == 1, (words, out, err)
    for words, expected, (code, out, err) in zip(lines[3:], (2, 1, 2), ends[3:]):
        assert (code, out) == (expected, "") and err.startswith("bittern: ") and err.count("\n") == 1, (words, out, err)
    assert sorted(path.name for path in work.iterdir() if path.name != "data") == ["folder"]


@pytest.fixture
def player(work):
    """A program that reads ten bytes of a URL and ends with the code that PLAYER_CODE names."""
    file = work / "bin/player"
    file.parent.mkdir()
    file.write_text(f"""#!/usr/bin/python3
import os, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={{"Range": "bytes=0-9"}})
open({str(work / "played")!r}, "wb").write(urllib.request.urlopen(request, timeout={SECONDS}).read())
sys.exit(int(os.environ["PLAYER_CODE"]))
""")
    file.chmod(0o755)
    return file


def test_a_stream_ends_with_its_player_and_as_it_does(player, work, seed):
    payload = payloads.single(work / "seed", seed, 100 * KIB)
    begin = (payload.root / payload.name).read_bytes()[:10]
    for code in (0, 4):  # the second one finds the data directory free
        environment = {"PATH": f"{player.parent}:{PATH}", "BITTERN_JDK": jdk(), "PLAYER_CODE": str(code)}
        words = ("stream", payload.torrent_file, "--player", player.name, "--dir", payload.root, "--no-dht", "--peer-port", "0", "--peer-bind",
                 "127.0.0.1", "--data", work / "data")
        said = work / "said"  # no pipe: what is left over would keep it open
        with open(said, "w") as file:
            process = processes.start([f"{ROOT}/bittern", *map(str, words)], stdin=file, stdout=file, stderr=file, cwd=work, env=environment)
        try:
            assert exit_code(process, SECONDS) == code, said.read_text()
            left = session_of(process.pid)
        finally:
            processes.end(process)
        assert left == []
        assert said.read_text().startswith("bittern: http://127.0.0.1:") and said.read_text().count("\n") == 1, said.read_text()
        assert (work / "played").read_bytes() == begin
        (work / "played").unlink()
