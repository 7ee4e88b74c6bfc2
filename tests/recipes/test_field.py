"""A new field of a provider is a line in ``Provider`` and an entry in the table: everything else follows.

The two lines are put into a copy of the program, which is then used as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.terminal import private_environment

ROOT = Path(__file__).parents[2]
ATTRIBUTE = '    region: str = "eu"\n    tries: int | None = None\n'
ENTRIES = """\
    _advanced("region", "Region", "Where the server stands.", casibase_key="region"),
    _advanced("tries", "Tries", "How often it is asked.", Kind.COUNT, bounds=(1, 9), flag="attempts"),
"""
IN_FORM = """
import asyncio, json
from tests.ui.fake_runtime import FakeRuntime
from tui.core.provider import Provider
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_screen import ProviderFormScreen

async def main():
    stored = Provider("a", model="m", provider_url="http://h/v1", region="us", tries=3)
    runtime = FakeRuntime([stored])
    async with LmdeckApp(runtime, environment={}).run_test(size=(100, 200)) as pilot:
        screen = ProviderFormScreen(stored)
        await pilot.app.push_screen(screen)
        await pilot.pause()
        await pilot.press("end")
        screen.query_one("#advanced").collapsed = False
        await pilot.pause()
        rows = {row.field.label: row for row in screen.query(FormRow)}
        shown = {label: rows[label].value for label in ("Region", "Tries")}
        rows["Region"].value, rows["Tries"].value = "asia", "99"
        await pilot.pause()
        reading = screen._control.reading()
        problems = [problem.message for problem in reading.errors]
        print(json.dumps([shown, reading.provider.region, problems]))

asyncio.run(main())
"""


class Copy:
    """A copy of the program with the two lines."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "program"
        self.home = folder / "home"
        for name in ("tui", "tools"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / "docs").mkdir()
        self.put("provider.py", "    refusals: tuple[Refusal, ...] = ()\n", ATTRIBUTE)
        self.put("provider_schema.py", '    _advanced(\n        "key_header",\n', ENTRIES)
        self.environment = {
            **private_environment(self.home),
            "PYTHONPATH": f"{self.root}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def put(self, name: str, before: str, lines: str) -> None:
        file = self.root / "tui" / "core" / name
        head, found, tail = file.read_text().partition(before)
        assert found
        file.write_text(head + lines + found + tail)

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    def lmdeck(self, *arguments: str, code: int = 0) -> str:
        return self.run("-m", "tui", *arguments, code=code)

    def record(self) -> dict[str, Any]:
        text = (self.home / "config" / "lmdeck" / "providers.toml").read_text()
        found: dict[str, Any] = tomllib.loads(text)["providers"]["a"]
        return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("field"))


def test_a_field_is_in_the_form(copy: Copy) -> None:
    shown, region, problems = json.loads(copy.run("-c", IN_FORM))
    assert shown == {"Region": "us", "Tries": "3"}
    assert region == "asia"
    assert problems == ["Tries must be a whole number from 1 to 9."]


def test_a_field_has_flags_a_key_and_a_line(copy: Copy) -> None:
    added = (
        "add",
        "a",
        "--url",
        "http://localhost:1/v1",
        "--model",
        "m",
        "--region",
        "us",
        "--attempts",
        "3",
    )
    copy.lmdeck("providers", *added)
    assert (copy.record()["region"], copy.record()["tries"]) == ("us", 3)
    copy.lmdeck("providers", "set", "a", "--attempts", "4", "--clear", "region")
    assert ("region" in copy.record(), copy.record()["tries"]) == (False, 4)
    assert "Tries must be a whole number" in copy.lmdeck("providers", "set", "a", "--attempts", "0", code=2)
    shown = json.loads(copy.lmdeck("providers", "show", "a", "--json"))["provider"]
    assert (shown["region"], shown["tries"]) == ("eu", 4)
    copy.lmdeck("providers", "set", "a", "--region", "us")
    (exported,) = json.loads(copy.lmdeck("providers", "export", "a"))
    assert exported["region"] == "us"
    copy.lmdeck("providers", "remove", "a")
    file = copy.root / "a.json"
    file.write_text(json.dumps(exported))
    copy.lmdeck("providers", "import", str(file))
    assert copy.record()["region"] == "us"
    assert "tries" not in copy.record()


def test_a_field_is_on_the_page_and_in_the_json_schema(copy: Copy) -> None:
    copy.run("tools/provider_pages.py")
    page = (copy.root / "docs" / "providers.md").read_text()
    assert "| Region | `region` | `--region` | `region` | Where the server stands. Default: eu |" in page
    assert "| Tries | `tries` | `--attempts` |  | How often it is asked. |" in page
    schema = json.loads((copy.root / "tui" / "cli" / "schemas" / "providers.schema.json").read_text())
    found = schema["properties"]["providers"]["additionalProperties"]["properties"]
    assert found["region"] == {"description": "Where the server stands.", "type": "string"}
    assert (found["tries"]["minimum"], found["tries"]["maximum"]) == (1, 9)
