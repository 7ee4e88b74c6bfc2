"""The pages for developers only mention existing files, classes and make targets."""

from __future__ import annotations

import importlib
import re
import subprocess

import pytest

from tests.support.prose import ROOT

PAGES = ("docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md")
FILE = re.compile(r"`((?:\w+/)+[\w.<>]*|\w+\.(?:toml|md|py))`|\]\(([^)#]+)\)")
"""A path in a page: from the top, or within ``tui``; or a link."""
LAYERS = ("", "tui/", "docs/", "tests/")


def named_files(page: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return [name for found in FILE.findall(text) if "<" not in (name := found[0] or found[1])]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_is_there(page: str) -> None:
    missing = [
        name
        for name in named_files(page)
        if name != "providers.toml" and not any((ROOT / layer / name).exists() for layer in LAYERS)
    ]
    assert named_files(page)
    assert missing == []


@pytest.mark.parametrize("noun", re.findall(r"\| `((?:\w+\.)+\w+)` \|$", (ROOT / PAGES[1]).read_text(), re.M))
def test_every_noun_is_in_the_code(noun: str) -> None:
    module, _, rest = noun.partition(".")
    parts = f"tui.{module}.{rest}".split(".")
    at = next(at for at, part in enumerate(parts) if part[0].isupper())
    found = importlib.import_module(".".join(parts[:at]))
    for part in parts[at:]:
        found = getattr(found, part)


def test_the_glossary_has_its_nouns() -> None:
    assert (ROOT / PAGES[1]).read_text().split("| figure |")[0].count("` |\n") == 11


def test_every_make_target_is_there() -> None:
    known = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wanted = re.findall(r"`make ([\w-]+)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert wanted
    assert [target for target in wanted if not re.search(rf"^  make {target} ", known, re.M)] == []
