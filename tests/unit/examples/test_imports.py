import ast
from pathlib import Path

import pytest

import ddbbulk
import ddbbulk.aws
import ddbbulk.simulator

FOLDER = Path(ddbbulk.__file__).parent / "examples"
PUBLIC = {
    "ddbbulk": ddbbulk.__all__,
    "ddbbulk.aws": ddbbulk.aws.__all__,
    "ddbbulk.simulator": ddbbulk.simulator.__all__,
}


@pytest.mark.parametrize(
    "file", sorted(FOLDER.rglob("*.py")), ids=lambda file: str(file.relative_to(FOLDER))
)
def test_examples_use_nothing_of_ddbbulk_but_public_names(file: Path) -> None:
    imports = [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("ddbbulk")
        and not (node.module or "").startswith("ddbbulk.examples.")
    ]

    for node in imports:
        assert {alias.name for alias in node.names} <= set(PUBLIC[node.module or ""])
