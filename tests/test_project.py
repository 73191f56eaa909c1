"""What the project says of itself: its files, its habits, its documents."""

import ast
import re
import shutil
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path
    for folder in ("ddbbulk", "examples", "benchmarks", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
LIBRARY = [path for path in SOURCES if path.is_relative_to(ROOT / "ddbbulk")]

MAX_MODULE_LINES = 320
NAMES_THAT_NAME_NOTHING = {"utils", "helpers", "common", "manager", "base", "misc"}

# A suppression names what it suppresses; the rest of the comment says why, in at least
# one word.
SUPPRESSION = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore|pragma:\s*no\s*\w+)", re.IGNORECASE
)
REASONED_SUPPRESSION = re.compile(
    r"""\#\ (?>
        noqa:\ [A-Z]+\d+(?:,\ ?[A-Z]+\d+)*
        | (?:type|pyright):\ ignore\[[\w, -]+\]
        | pragma:\ no\ (?:cover|branch)
    )
    \W.*\w{3}""",
    re.VERBOSE,
)

# Paths of one person's machine, and addresses of package registries.
MACHINE_PATH = re.compile(r"(?<![\w.$~])/(?:home|Users|root)/\w")
REGISTRY = re.compile(
    r'registry\.npmjs\.org|registry\.yarnpkg\.com|pythonhosted\.org|"resolved":'
)

CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tracked_texts() -> Iterator[tuple[str, str]]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked is not known")
    names = subprocess.run(  # noqa: S603 -- git, found on the path, no input of anyone
        [git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if not path.is_file() or path == Path(__file__):
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in _tracked_texts()
        for match in (
            MACHINE_PATH.search(text),
            REGISTRY.search(text),
            re.search(re.escape(f"{ROOT}/"), text),
        )
        if match
    ]
    assert found == []


def test_every_suppression_has_a_code_and_a_reason() -> None:
    bare = [
        f"{_relative(path)}:{line} {comment}"
        for path in SOURCES
        for line, comment in _comments(path)
        for match in SUPPRESSION.finditer(comment)
        if not REASONED_SUPPRESSION.match(comment, match.start())
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("comment", "is_reasoned"),
    [
        ("# noqa: S603 -- the command is ours", True),
        ("# noqa: ANN401 -- JSON", True),
        ("# noqa: S603, S607 -- git", True),
        ("# type: ignore[override]  # the stub is too narrow", True),
        ("# pragma: no cover -- only where there is no fork", True),
        ("# noqa", False),
        ("# noqa: S603", False),
        ("# noqa: S603, S607", False),
        ("# noqa: S603 --", False),
        ("# type: ignore", False),
        ("# type: ignore[override]", False),
        ("# pragma: no cover", False),
    ],
)
def test_a_suppression_is_told_from_a_reasoned_one(
    comment: str, *, is_reasoned: bool
) -> None:
    assert SUPPRESSION.search(comment)
    assert bool(REASONED_SUPPRESSION.match(comment)) == is_reasoned


def test_no_module_outgrows_one_sitting() -> None:
    long = {
        _relative(path): lines
        for path in LIBRARY
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > MAX_MODULE_LINES
    }
    assert long == {}


def test_every_module_is_named_after_a_thing() -> None:
    names = [
        _relative(path)
        for path in SOURCES
        if NAMES_THAT_NAME_NOTHING & {path.stem.strip("_"), path.parent.name}
    ]
    assert names == []


def test_no_import_hides_from_the_layers() -> None:
    hidden = [
        _relative(path)
        for path in LIBRARY
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.alias)
        and "TYPE_CHECKING" in (getattr(node, "id", ""), getattr(node, "name", ""))
    ]
    assert hidden == []


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert set(kinds) <= CHANGES


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    named = {
        target
        for document in [*ROOT.glob("*.md"), ROOT / "tests/README.md"]
        for target in re.findall(
            r"(?:`|^\s*\$? ?)make ([a-z]+)\b",
            document.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }
    assert named
    assert named <= targets


def test_the_index_of_the_examples_names_every_script() -> None:
    index = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((\w+\.py)\)", index))
    assert linked == {path.name for path in (ROOT / "examples").glob("*.py")}
