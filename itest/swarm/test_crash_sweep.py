"""A short run of the sweep that kills an engine while it writes its state; `../bench/crash_sweep.py --kills 300` is the long one."""

import os
import pathlib
import subprocess
import sys

import pytest

from harness.ports import NESTED

SWEEP = pathlib.Path(__file__).resolve().parent.parent / "bench" / "crash_sweep.py"


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_when_the_engine_is_killed(seed):
    done = subprocess.run([sys.executable, str(SWEEP), "--kills", "4", "--seed", str(seed)], env={**os.environ, **NESTED},
                          capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
