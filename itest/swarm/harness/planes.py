"""Both control planes, for tests that must pass over either."""

import pytest

from .engine_rpc import Engine
from .scaffold_rpc import ScaffoldEngine

both_planes = pytest.mark.parametrize("engine_class", [pytest.param(Engine, id="stdio"), pytest.param(ScaffoldEngine, id="http")])


def over_planes(names, values, http):
    """Parameters of a test: all values over stdio, some of them over HTTP as well. The wire does not know the plane."""
    rows = [(plane, value) for plane, chosen in ((Engine, values), (ScaffoldEngine, http)) for value in chosen]
    return pytest.mark.parametrize(f"engine_class,{names}", [(plane, *(value if isinstance(value, tuple) else (value,))) for plane, value in rows])
