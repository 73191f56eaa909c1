"""The public face: what is exported, sorted and documented."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

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


def imported_by(statement: str) -> set[str]:
    """Return the packages that a fresh interpreter has after a statement."""
    script = f"{statement}; import json, sys; print(json.dumps([*sys.modules]))"
    done = subprocess.run(  # noqa: S603 -- this interpreter, and our own words
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_type_checkers_are_told_the_same_names_of_the_same_modules() -> None:
    stub = Path(ddbbulk.__file__).with_suffix(".pyi")
    told = [
        (node.module, alias.name)
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(name for _, name in told) == ddbbulk.__all__
    for module, name in told:
        assert module is not None
        assert getattr(importlib.import_module(module), name) is getattr(ddbbulk, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'ddbbulk' has no attribute 'laod'"):
        _ = ddbbulk.laod  # type: ignore[attr-defined] # that is the test
    assert set(ddbbulk.__all__) <= set(dir(ddbbulk))


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"aioboto3", "aiohttp", "botocore", "lark", "pydantic", "rich", "tenacity"}
    assert not imported_by("import ddbbulk") & heavy


def test_loading_imports_nothing_that_only_others_need() -> None:
    others = {
        "bcrypt",
        "datasketches",
        "lark",
        "matplotlib",
        "numpy",
        "typer",
        "uvloop",
    }
    assert not imported_by("from ddbbulk import load, BulkWriter, connect") & others


def test_the_command_line_imports_nothing_that_only_plans_need() -> None:
    assert not imported_by("import ddbbulk.cli") & {"datasketches", "numpy"}
