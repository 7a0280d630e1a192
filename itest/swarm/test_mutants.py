"""The mutants are a command of their own, for minutes; here is only whether they still fit the sources and the tests."""

import pathlib

import mutants
import pytest

HERE = pathlib.Path(__file__).resolve().parent


@pytest.mark.parametrize("name", mutants.MUTANTS)
def test_a_mutant_fits_the_engine_of_today(name):
    path, _, _, tests = mutants.MUTANTS[name]
    assert mutants.mutated(name) != (mutants.ROOT / "bundles" / path).read_text()
    for test in tests:
        file, function = test.split("::")
        assert f"def {function}(" in (HERE / file).read_text()
