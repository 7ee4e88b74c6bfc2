from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.store.disk_support import REPOSITORY
from tui.core.provider import ReasoningReplay
from tui.core.reasoning_view import ReasoningView
from tui.store.paths import Paths
from tui.store.settings import Settings, load_settings


def write(paths: Paths, text: str) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.settings_file.write_text(text)


def test_without_a_file_the_defaults_hold(paths: Paths) -> None:
    assert load_settings(paths) == (Settings(), ())
    assert not paths.config_dir.exists()


def test_every_setting_is_read(paths: Paths) -> None:
    text = """
theme = "nord"
calm = false
plain = true
mouse = false
reasoning = "open"
code_wrap = true
raw = true
save_conversations = false
check_reachability = false
max_tokens = 500
send_back = "always"

[keys]
chat.stop = "f5"
"list.add" = ["a", "insert"]
"""
    write(paths, text)
    settings, notices = load_settings(paths)
    assert notices == ()
    assert settings == Settings(
        theme="nord",
        calm=False,
        plain=True,
        mouse=False,
        reasoning=ReasoningView.OPEN,
        code_wrap=True,
        raw=True,
        save_conversations=False,
        check_reachability=False,
        max_tokens=500,
        send_back=ReasoningReplay.ALWAYS,
        keys={"chat.stop": "f5", "list.add": "a,insert"},
    )
    assert paths.settings_file.read_text() == text


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("calm = 1", "true or false"),
        ("theme = 3", "quotes"),
        ('reasoning = "loud"', "live, collapsed, open"),
        ("max_tokens = 0", "whole number"),
        ('keys = "x"', "table"),
        ("keys = { a = 1 }", '"f5"'),
        ("mous = true", "use mouse"),
        ("zzzz = 1", "zzzz is not a setting; it is ignored. See docs/settings.md."),
        ("bogus = 1", "bogus is not a setting; it is ignored. See docs/settings.md."),
        ("themes = 'dark'", "use theme"),
        ("\x00", "not valid TOML (line 1)"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_default_holds(paths: Paths, line: str, hint: str) -> None:
    write(paths, f"{line}\n")
    settings, (notice,) = load_settings(paths)
    assert replace(settings, unread_budget="") == Settings()
    assert notice.startswith("~/.config/lmdeck/config.toml")
    assert hint in notice


@pytest.mark.parametrize(
    ("good", "bad", "hint"),
    [
        ('[budget]\nday = "2 EUR"', "[budget.providers]\nx = 1", "x must be an amount"),
        ('[budget]\nday = "2 EUR"', 'monht = "20 EUR"', "monht is not one of"),
        ('[budget]\nday = "2 EUR"', "providers = 3", "providers must be a table"),
        ('[rates]\nEUR = "1.08"', 'XYZ = "1"', "XYZ must be a currency"),
        ('[rates]\nEUR = "1.08"', "date = 3", "date must be a day"),
        ('[keys]\n"providers.add" = "z"', '"providers.edit" = 4', "providers.edit must be a key"),
        ('[keys]\n"providers.add" = "z"', "chat = { stop = [] }", "stop must be a key"),
    ],
)
def test_a_wrong_entry_of_a_table_costs_itself_alone(paths: Paths, good: str, bad: str, hint: str) -> None:
    write(paths, f"{good}\n")
    alone, notices = load_settings(paths)
    assert notices == ()
    paths.settings_file.write_text(f"{good}\n{bad}\n")
    settings, (notice,) = load_settings(paths)
    assert hint in notice
    is_budget = good.startswith("[budget]")
    assert (settings.budget, settings.rates, settings.keys) == (alone.budget, alone.rates, alone.keys)
    assert settings.unread_budget == (notice if is_budget else "")


def test_a_budget_that_cannot_be_read_is_not_none(paths: Paths) -> None:
    write(paths, 'budget = "20 EUR"\n')
    assert "must be a table" in load_settings(paths)[0].unread_budget
    paths.settings_file.write_text("[budget\n")
    assert "not valid TOML" in load_settings(paths)[0].unread_budget


def test_the_start_loads_no_schema_library(environment: dict[str, str]) -> None:
    code = (
        "import os, sys\n"
        "from tui.store.paths import resolve_paths\n"
        "from tui.store.settings import load_settings\n"
        "from tui.store.providers import ProviderStore\n"
        "from tui.store.conversations import ConversationStore\n"
        "paths = resolve_paths(os.environ)\n"
        "load_settings(paths), ProviderStore(paths).load(), ConversationStore(paths).listing.all()\n"
        "heavy = {'pydantic', 'httpx', 'textual', 'rich', 'tomli_w', 'tomlkit', 'asyncio', 'ssl'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"
