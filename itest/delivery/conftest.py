"""Fixtures and order: those of the swarm tests."""

import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm")]

_spec = importlib.util.spec_from_file_location("swarm_conftest", HERE.parent / "swarm" / "conftest.py")
_swarm = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_swarm)
seed, work, ports, make_session, seeder = _swarm.seed, _swarm.work, _swarm.ports, _swarm.make_session, _swarm.seeder
pytest_addoption = _swarm.pytest_addoption
pytest_runtest_makereport = _swarm.pytest_runtest_makereport
pytest_terminal_summary = _swarm.pytest_terminal_summary
loopback_only = _swarm.loopback_only

pytest_plugins = ["order"]
