"""The README and the pages are correct: generated parts, links, names of commands, shown files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import dialects_page
from tui.cli.parser import build_parser
from tui.store.paths import resolve_paths
from tui.store.providers import ProviderStore
from tui.store.settings import load_settings
from tui.ui.bindings import IDENTIFIERS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = (
    README,
    *(ROOT / f"{name}.md" for name in ("CONTRIBUTING", "SECURITY")),
    *sorted((ROOT / "docs").glob("*.md")),
)
LONGEST_README = 150
"""Lines: more is for the pages in docs/."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def headings(page: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    titles = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_is_short() -> None:
    assert text_of(README).count("\n") <= LONGEST_README


def test_the_table_of_servers_is_current() -> None:
    page = text_of(dialects_page.PAGE)
    assert dialects_page.filled(page) == page, "run: python tools/dialects_page.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+?)\)", text_of(page)):
        path, _, heading = target.partition("#")
        if "://" not in target:
            linked = page.parent / path if path else page
            assert linked.exists(), target
            assert not heading or heading in headings(linked), target


def test_the_readme_leads_to_every_page_for_users() -> None:
    linked = {target.partition("#")[0] for target in re.findall(r"\]\(([^)]+?)\)", text_of(README))}
    inner = {"glossary", "journal"}
    assert {
        f"docs/{page.stem}.md" for page in (ROOT / "docs").glob("*.md") if page.stem not in inner
    } <= linked


def test_every_command_that_is_named_exists() -> None:
    text = "\n".join(map(text_of, PAGES))
    blocks = "\n".join(re.findall(r"```.*?```", text, re.DOTALL))
    named = set(re.findall(r"^lmdeck ([a-z]+)", blocks, re.MULTILINE)) | set(
        re.findall(r"`lmdeck ([a-z]+)", text)
    )
    help_text = build_parser().format_help()
    assert {"ask", "check", "demo", "providers"} <= named
    assert [name for name in named if not re.search(rf"\b{name}\b", help_text)] == []


def test_its_files_can_be_read(tmp_path: Path) -> None:
    providers, settings = re.findall(r"```toml\n(.*?)```", text_of(ROOT / "docs" / "settings.md"), re.DOTALL)
    paths = resolve_paths({"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path)})
    paths.config_dir.mkdir(parents=True)
    paths.providers_file.write_text(providers)
    paths.settings_file.write_text(settings)
    snapshot = ProviderStore(paths).load()
    assert snapshot.notices == ()
    assert [(provider.name, provider.is_default) for provider in snapshot.providers] == [("gpu01", True)]
    found, notices = load_settings(paths)
    assert notices == ()
    assert set(found.keys) <= IDENTIFIERS
