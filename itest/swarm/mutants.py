#!/usr/bin/env python3
"""Breaks the engine on purpose and looks whether the suite notices: a suite that passes on a broken engine is worth nothing.

    ./mutants.py [NAME…]      all mutants, or those named; exit 0 when each was caught

First the tests must pass on an engine that was changed in nothing. Each mutant is a change of the source, compiled into a copy of the distribution in a temporary
directory; the tests meet it through BITTERN_STDIO and BITTERN_SCAFFOLD. The tree itself is not touched.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIST = ROOT / "target" / "bittern"
ENGINE = "org.bittern.engine/src/main/java/org/bittern/engine/internal"
PEER = "org.bittern.peer/src/main/java/org/bittern/peer/internal"
TEST_SECONDS = 1200

# name → (file below bundles/, text in it, replacement, tests that must notice)
MUTANTS = {
    "skips the hash check": (
        f"{ENGINE}/Downloads.java", "if (ok.value()) {", "if (ok.value() || true) {",
        ["test_hostile_blocks.py::test_a_peer_that_sends_nothing_but_noise_is_banned_at_once"]),
    "never bans": (
        f"{ENGINE}/Dialler.java", "book.ban(address, now());",
        "if (true) {\n            return;\n        }\n        book.ban(address, now());",
        ["test_hostile_blocks.py::test_the_sender_of_corrupt_blocks_is_banned_and_no_other"]),
    "never unchokes": (
        f"{ENGINE}/UploadSlots.java", "peer.choke(!chosen.contains(peer));", "peer.choke(true);",
        ["test_wire.py::test_blocks_come_from_where_they_were_asked"]),
    "writes bitfields backwards": (
        "org.bittern.metainfo/src/main/java/org/bittern/metainfo/Bitfield.java",
        "wire[i] = (byte) (words[i >>> 3] >>> (56 - 8 * (i & 7)));",
        "wire[i] = (byte) (Long.reverse(words[i >>> 3]) >>> (8 * (i & 7)));",
        ["test_wire.py::test_the_bitfield_names_the_pieces_that_are_there"]),
    "ignores cancel": (
        f"{ENGINE}/UploadSide.java", "void cancelled(PeerMessage.Cancel cancel) {",
        "void cancelled(PeerMessage.Cancel cancel) {\n        if (true) {\n            return;\n        }",
        ["test_wire.py::test_cancelled_blocks_are_not_sent"]),
    "serves from the wrong offset": (
        f"{ENGINE}/UploadSide.java", "                    request.begin(),\n                    request.length(),\n                    peer.link().zeroCopy(),",
        "                    request.begin() / 2,\n                    request.length(),\n                    peer.link().zeroCopy(),",
        ["test_wire.py::test_blocks_come_from_where_they_were_asked"]),
    "ignores choke": (
        f"{ENGINE}/PeerSession.java", "case PeerMessage.Choke ignored -> down.choked();", "case PeerMessage.Choke ignored -> {}",
        ["test_wire.py::test_nothing_is_asked_for_while_choked"]),
    "never sends have": (
        f"{ENGINE}/PieceNews.java", "send(new PeerMessage.Have(untold[i]));", "new PeerMessage.Have(untold[i]).piece();",
        ["test_wire.py::test_every_new_piece_is_told"]),
    "is never interested": (
        f"{ENGINE}/DownloadSide.java", "if (now == interested || !peer.isOpen()) {", "if (now || now == interested || !peer.isOpen()) {",
        ["test_wire.py::test_rejected_blocks_are_asked_for_again"]),
    "ignores reject": (
        f"{ENGINE}/PeerSession.java", "case PeerMessage.Reject reject -> down.rejected(reject);", "case PeerMessage.Reject ignored -> {}",
        ["test_wire.py::test_rejected_blocks_are_asked_for_again"]),
    "announces no completion": (
        "org.bittern.tracker/src/main/java/org/bittern/tracker/internal/TrackerSearch.java",
        "placed.forEach(each -> each.tracker.completed());", "",
        ["test_hostile_trackers.py::test_an_honest_tracker_is_reached_past_hostile_ones"]),
    "serves to choked peers": (
        f"{ENGINE}/UploadSide.java", "(choking && !fast)", "(choking && request.piece() < 0)",
        ["test_hostile_frames.py::test_impossible_requests_bring_no_data"]),
    "takes frames of any length": (
        f"{PEER}/link/FrameReader.java", "length < 0 || length > WireLimits.MAX_FRAME_BYTES", "length < 0 && length > WireLimits.MAX_FRAME_BYTES",
        ["test_hostile_frames.py::test_a_broken_frame_closes_the_link_and_harms_nobody_else"]),
    "blames the good blocks of a v2 piece": (
        f"{ENGINE}/Inquest.java", "bad.set(at / MerkleTree.HASH, !Arrays.equals(", "bad.set(at / MerkleTree.HASH, Arrays.equals(",
        ["test_v2.py::test_only_the_bad_block_of_a_piece_comes_again_and_only_its_sender_is_banned"]),
    "shows what it lacks for what it has": (
        "org.bittern.control/src/main/java/org/bittern/control/StatusView.java", "bits.append(pieces.get(piece) ? '1' : '0');",
        "bits.append(pieces.get(piece) ? '0' : '1');",
        ["test_stdio.py::test_status_has_every_field_of_the_contract"]),
    "says that it has stopped, and runs on": (
        "org.bittern.host/src/main/java/org/bittern/host/internal/EngineKeeper.java", "boolean closed = land(EngineFactory.Running::close);", "boolean closed = true;",
        ["test_scaffold.py::test_of_ten_parallel_starts_one_succeeds"]),
    "welcomes pages of other sites": (
        "org.bittern.scaffold/src/main/java/org/bittern/scaffold/internal/LocalPolicy.java", 'return foreign ? Optional.of("pages',
        'return foreign && host.isEmpty() ? Optional.of("pages',
        ["test_scaffold.py::test_only_local_hosts_and_origins"]),
    "super-seeds as it seeds": (
        f"{ENGINE}/SuperSeeder.java", "&& !spread", "&& spread",
        ["test_super_seeding.py::test_each_leecher_is_told_of_few_pieces_and_one_copy_is_enough"]),
    "asks in any order": (
        f"{ENGINE}/choice/PickRun.java", "table.sequential ? table.sequentialFrom : NewPieces.RAREST", "NewPieces.RAREST",
        ["test_piece_order.py::test_pieces_come_in_order"]),
    "asks for rare pieces as for others": (
        f"{ENGINE}/choice/NewPieces.java", "wants.verified().cardinality() < RANDOM_PIECES;", "true;",
        ["test_piece_order.py::test_rare_pieces_are_asked_for_first"]),
}


def java_home():
    for candidate in (os.environ.get("BITTERN_JDK"), os.environ.get("JAVA_HOME"), *map(str, pathlib.Path("/usr/lib/jvm").glob("*25*"))):
        if candidate and (pathlib.Path(candidate) / "bin" / "javac").exists() and "25" in candidate:
            return pathlib.Path(candidate)
    sys.exit("no JDK 25 found; set BITTERN_JDK to one")


def class_path():
    repository = pathlib.Path(os.environ.get("MAVEN_REPOSITORY", pathlib.Path.home() / ".m2" / "repository"))
    annotations = [*repository.glob("org/jspecify/jspecify/*/*.jar"), *repository.glob("org/osgi/*annotation*/*/*.jar")]
    jars = [*(DIST / "bundles").glob("*.jar"), *annotations]
    return ":".join([*map(str, jars), (DIST / "classpath").read_text()])


def mutated(name):
    """The changed source."""
    path, text, replacement, _ = MUTANTS[name]
    source = (ROOT / "bundles" / path).read_text()
    if source.count(text) != 1:
        sys.exit(f"{name}: {path} has {source.count(text)} times: {text}")
    return source.replace(text, replacement)


def compiled(java, name, work):
    """Class files of the changed source: name in the jar → file; and the bundle they belong to."""
    path = MUTANTS[name][0]
    copy = work / "src" / path.split("/main/java/")[1]
    copy.parent.mkdir(parents=True)
    copy.write_text(mutated(name))
    classes = work / "classes"
    subprocess.run([java / "bin" / "javac", "-nowarn", "-proc:none", "-g", "-d", classes, "-cp", class_path(), copy], check=True,
                   capture_output=True, text=True)
    return {str(c.relative_to(classes)): c for c in classes.rglob("*.class")}, path.split("/")[0]


def replace(jar, changed):
    whole = jar.with_suffix(".next")
    with zipfile.ZipFile(jar) as before, zipfile.ZipFile(whole, "w") as after:
        for entry in before.infolist():
            mine = changed.pop(entry.filename, None)
            after.writestr(entry, mine.read_bytes() if mine else before.read(entry))
        for entry, mine in changed.items():
            after.write(mine, entry)
    whole.replace(jar)


def build(java, name, work):
    """The mutant as command lines for tests: variable → line; without a name: no mutant."""
    dist = work / "dist"
    shutil.copytree(DIST, dist, ignore=shutil.ignore_patterns("*.aot"))
    if name:
        changed, bundle = compiled(java, name, work)
        replace(next(j for j in (dist / "bundles").glob("*.jar") if re.fullmatch(re.escape(bundle) + r"(-[\d.]+.*)?\.jar", j.name)), changed)
    options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
               "--sun-misc-unsafe-memory-access=allow"]
    command = [str(java / "bin" / "java"), *options, "-cp", (DIST / "classpath").read_text(), "org.bittern.launcher.Launcher", str(dist)]
    return {f"BITTERN_{runtime.upper()}": shlex.join([*command, runtime]) for runtime in ("stdio", "scaffold")}


def failures(tests, commands, work):
    """(test, why) of the first that fails or nothing, seconds, what pytest said."""
    environment = dict(os.environ, **commands, SWARM_WORK=str(work), COLUMNS="220")
    begin = time.monotonic()
    run = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-x", "-rfE", "--tb=short", *tests],
                         cwd=HERE, env=environment, capture_output=True, text=True, timeout=TEST_SECONDS)
    found = re.findall(r"^(?:FAILED|ERROR) (\S+?)(?:\[.*\])?(?: - (.*))?$", run.stdout, re.MULTILINE)
    if not found and run.returncode == 1:
        found = [(tests[0], "ran out of time")]  # pytest ends without a summary then
    return found, time.monotonic() - begin, run.stdout


def attempt(java, name, tests):
    with tempfile.TemporaryDirectory(prefix="mutant-") as directory:
        work = pathlib.Path(directory)
        return failures(tests, build(java, name, work), work)


def main(names):
    subprocess.run([ROOT / "bittern", "build"], check=True)
    java = java_home()
    unknown = [name for name in names if name not in MUTANTS]
    if unknown:
        sys.exit(f"no mutant {unknown[0]!r}; there are: {', '.join(MUTANTS)}")
    chosen = names or list(MUTANTS)
    survivors = []
    found, _, output = attempt(java, None, sorted({test for name in chosen for test in MUTANTS[name][3]}))
    if found:
        sys.exit(f"the tests fail on a whole engine:\n{output}")
    print("| the engine … | caught by | because |\n|---|---|---|")
    for name in chosen:
        try:
            found, seconds, output = attempt(java, name, MUTANTS[name][3])
        except subprocess.CalledProcessError as e:
            sys.exit(f"{name} does not compile:\n{e.stderr}")
        if found:
            test, reason = found[0]
            print(f"| {name} | `{test}` | {reason[:100].replace('|', '/')} ({seconds:.0f} s) |", flush=True)
        else:
            survivors.append(name)
            print(f"| {name} | **nothing** | {output.strip().splitlines()[-1]} |", flush=True)
    if survivors:
        sys.exit(f"not caught: {', '.join(survivors)}")


if __name__ == "__main__":
    main(sys.argv[1:])
