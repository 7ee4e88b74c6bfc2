"""The README says what is true: its generated parts, its pictures and its commands."""

from __future__ import annotations

import re
from pathlib import Path

from tools.readme import filled
from tui.cli.parser import build_parser
from tui.store.paths import resolve_paths
from tui.store.providers import ProviderStore
from tui.store.settings import load_settings
from tui.ui.bindings import IDENTIFIERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_generated_parts_are_current() -> None:
    assert filled(README) == README, "run: python tools/readme.py"


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+?)\)", README)
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert targets
    assert missing == []


def test_every_command_in_it_exists() -> None:
    blocks = "\n".join(re.findall(r"```.*?```", README, re.DOTALL))
    named = set(re.findall(r"^lmdeck ([a-z]+)", blocks, re.MULTILINE))
    named |= set(re.findall(r"`lmdeck ([a-z]+)", README))
    help_text = build_parser().format_help()
    assert {"ask", "check", "demo", "providers"} <= named
    assert [name for name in named if not re.search(rf"\b{name}\b", help_text)] == []


def test_its_files_can_be_read(tmp_path: Path) -> None:
    providers, settings = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
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
