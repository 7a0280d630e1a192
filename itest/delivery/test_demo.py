"""The demonstration that the README names works as it stands, and shows what docs/exchanging-parts.md promises."""

import pytest

from harness import processes
from harness.engine_rpc import ROOT
from harness.waiting import crowding

UNNOTICED = ["nothing", "tracker", "DHT", "block list", "disk store"]
SECONDS = 240
GAP_MILLIS = 10_000  # what a quiet machine must keep, ./bittern test swaps asks for
IN_FLIGHT_KIB = 8 * 1024  # a seed sends ahead, and a cut link loses that
LOOSE_KIB = 256  # blocks on their way to a slow disk look as if they had come twice


def parts_of_readme():
    """The first column of its table of the demonstration, without its head."""
    section = (ROOT / "README.md").read_text().partition("## What exchanging a part costs")[2].partition("\n## ")[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")][2:]


@pytest.mark.timeout(300)
def test_parts_are_exchanged_during_a_download():
    done = processes.run([ROOT / "bittern", "demo", "swap"], SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    head, *rows, last = done.stdout.splitlines()
    assert head.split() == ["part", "how", "gap", "ms", "peers", "dropped", "twice", "KiB"]
    assert last == "the download equals the original: 67108864 bytes compared"
    costs = {}
    for row in rows:
        costs.setdefault(row[:14].strip(), []).append([int(figure) for figure in row.split()[-3:]])
    assert list(costs) == parts_of_readme()
    assert [len(ways) for ways in costs.values()] == [1] + [2] * (len(costs) - 1)
    for part, ways in costs.items():
        for gap, dropped, twice in ways:
            assert 0 < gap < GAP_MILLIS * crowding(), (part, ways)
            assert 0 <= dropped <= (part not in UNNOTICED), (part, ways)
            assert 0 <= twice <= (LOOSE_KIB if part in UNNOTICED else IN_FLIGHT_KIB), (part, ways)


def test_there_is_one_demonstration():
    done = processes.run([ROOT / "bittern", "demo", "nonsense"], 60)
    assert done.returncode == 2
    assert done.stderr == "bittern: there is one demonstration: ./bittern demo swap\n"
