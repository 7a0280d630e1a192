"""A short run of the sweep that kills an engine while it writes its state; `../bench/crash_sweep.py --kills 300` is the long one."""

import os
import pathlib
import subprocess
import sys

import pytest

SWEEP = pathlib.Path(__file__).resolve().parent.parent / "bench" / "crash_sweep.py"


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_when_the_engine_is_killed(seed):
    ports_of_its_own = {**os.environ, "PYTEST_XDIST_WORKER": "gw7"}  # this process may hold all of its share by now
    done = subprocess.run([sys.executable, str(SWEEP), "--kills", "4", "--seed", str(seed)], env=ports_of_its_own, capture_output=True,
                          text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
