"""The public face: what is exported, sorted and documented."""

import inspect

import pytest

import ddbbulk
from ddbbulk import errors


def test_the_public_names_are_sorted_and_exist() -> None:
    names = ddbbulk.__all__
    assert names == sorted(set(names))
    assert all(hasattr(ddbbulk, name) for name in names)


def test_every_error_is_public_and_in_the_tree_of_the_docstring() -> None:
    declared = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.DdbBulkError)
    }
    assert declared <= set(ddbbulk.__all__)
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in declared)


@pytest.mark.parametrize("name", ddbbulk.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    value = getattr(ddbbulk, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert inspect.getdoc(value)
