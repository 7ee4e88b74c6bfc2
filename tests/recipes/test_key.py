"""A new key is one line of ``bindings.txt``: action, help, docs/keys.md and remapping follow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TABLE = Path("tui/ui/bindings.txt")
AFTER = "providers.add "
LINE = "providers.recipe | ctrl+y | history | Recipe | Open the chats by the key of this recipe | footer"

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from tests.support.real_deck import RealDeck
from tools.keys_page import render_page

async def main():
    deck = RealDeck(Path(sys.argv[1]))
    deck.settings(sys.argv[3])
    async with deck.opened() as opened:
        told = {"footer": opened.text.splitlines()[-1]}
        await opened.press("f1")
        await opened.pilot.pause()
        told["help"] = opened.text
        await opened.press("escape", sys.argv[2])
        await opened.pilot.pause()
        told["opened"] = type(opened.app.screen).__name__
    told["readme"] = render_page()
    print(json.dumps(told))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one line more in its table, and nothing else changed."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("tui", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    lines = (copy / TABLE).read_text("utf-8").splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith(AFTER))
    lines.insert(place + 1, LINE)
    (copy / TABLE).write_text("\n".join(lines), "utf-8")
    return copy


def pressed(source: Path, home: Path, key: str, settings: str = "") -> dict[str, Any]:
    """Press a key in the provider list of that program, and return what there was to see."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": f"{source}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), key, settings],
        cwd=source,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_key_of_one_line_acts_and_is_shown_everywhere(source: Path, tmp_path: Path) -> None:
    told = pressed(source, tmp_path, "ctrl+y")
    assert told["opened"] == "ConversationsScreen"
    assert "^Y Recipe" in " ".join(told["footer"].split())
    assert "Ctrl+Y          Open the chats by the key of this recipe" in told["help"]
    assert "| `Ctrl+Y` | Open the chats by the key of this recipe |" in told["readme"]


def test_settings_map_it_to_another_key(source: Path, tmp_path: Path) -> None:
    told = pressed(source, tmp_path, "f8", '[keys]\n"providers.recipe" = "f8"\n')
    assert told["opened"] == "ConversationsScreen"
    assert "F8              Open the chats by the key of this recipe" in told["help"]
