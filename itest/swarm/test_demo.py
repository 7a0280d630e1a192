"""The demonstration that the README names works as it stands, and shows what docs/exchanging-parts.md promises."""

import pytest

from harness import processes
from harness.engine_rpc import ROOT

UNNOTICED = ["nothing", "tracker", "DHT", "block list", "disk store"]
REDIALLED = ["peer protocol", "transport TCP", "engine"]
SECONDS = 240


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_parts_are_exchanged_during_a_download():
    done = processes.run([ROOT / "bittern", "demo", "swap"], SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    head, *rows, last = done.stdout.splitlines()
    assert head.split() == ["part", "how", "gap", "ms", "peers", "dropped", "twice", "KiB"]
    assert last == "the download equals the original: 67108864 bytes compared"
    dropped = {}
    for row in rows:
        part, _gap, links, _twice = row[:14].strip(), *row.split()[-3:]
        dropped.setdefault(part, []).append(int(links))
    assert len(dropped.pop("nothing")) == 1
    assert all(len(ways) == 2 for ways in dropped.values())
    assert {part: dropped[part] for part in UNNOTICED[1:]} == {part: [0, 0] for part in UNNOTICED[1:]}
    assert all(links <= 1 for part in REDIALLED for links in dropped[part])


def test_there_is_one_demonstration():
    done = processes.run([ROOT / "bittern", "demo", "nonsense"], 60)
    assert done.returncode == 2
    assert done.stderr == "bittern: there is one demonstration: ./bittern demo swap\n"
