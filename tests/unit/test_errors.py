"""The error tree is complete and its docstring names it."""

from __future__ import annotations

import pytest

from kg import errors
from kg.engine.frames import error_of, to_error

ALL = [getattr(errors, name) for name in errors.__all__]


def test_every_error_is_in_the_tree_and_in_the_docstring() -> None:
    assert errors.__doc__ is not None
    for one in ALL:
        assert issubclass(one, errors.KgError)
        assert f":class:`{one.__name__}`" in errors.__doc__


def test_exit_codes_are_those_of_the_command_line() -> None:
    assert {one.exit_code for one in ALL} == {1, 2, 3}
    assert errors.ConfigError("x").exit_code == 2
    assert errors.StoreLocked("x").exit_code == 3
    assert errors.EmptyInput("x").exit_code == 1


@pytest.mark.parametrize(
    "error",
    [
        errors.QuerySyntaxError("bad", line=3, column=7),
        errors.QueryTimeout("slow", seconds=2.0),
        errors.EngineBusy("busy", retry_after=4),
        errors.SnapshotPruned("gone", snapshot="a", nearest="b"),
        errors.EngineUnavailable("none"),
    ],
)
def test_an_error_crosses_the_wire_with_its_fields(error: errors.KgError) -> None:
    back = to_error(error_of(error))
    assert type(back) is type(error)
    assert vars(back) == vars(error)


def test_an_error_of_another_kind_becomes_the_nearest_one_on_the_wire() -> None:
    assert type(to_error(error_of(errors.StoreLocked("x", holder="pid 1")))) is errors.StoreError
    assert type(to_error(error_of(errors.KgError("x")))) is errors.QueryError
