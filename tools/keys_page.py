"""The table of keys as pages; ``python tools/keys_page.py`` writes docs/keys.md."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.core.commands import COMMANDS  # noqa: E402 - the path comes first
from tui.ui.bindings import GROUP_TITLES, KEYS, Key, key_names  # noqa: E402

_BEGIN = """\
# Keys and commands

In a text field the keys edit text, as in a shell. Elsewhere letters are commands, and a letter means the same
everywhere. F-keys are alternatives: every action works without them. `?` shows the keys of the current
place, `Ctrl+P` (or `:`) finds any action, provider, model or conversation by name.

In a chat, Esc or Tab moves from the prompt to the transcript, where letters are commands; Esc, Tab or
Enter moves back.

The last column is the name of a key in `config.toml`. To change a key:

```toml
[keys]
"chat.model" = "m, ctrl+o"
```

Actions without a key are in the palette.
"""
_COMMANDS = """
## Commands in the prompt of a chat

A line that begins with `/` is a command; `//` sends a message that begins with a slash. They
also work in `lmdeck chat --plain`, except those that need a screen (*).

| command | what it does |
| --- | --- |
"""


def render_page() -> str:
    """Return ``docs/keys.md``."""
    return f"{_BEGIN}{_COMMANDS}{_command_rows()}\n{''.join(map(_section, KEYS))}"


def _command_rows() -> str:
    rows = []
    for command in COMMANDS:
        words = " ".join(filter(None, (f"/{command.name}", command.argument))).replace("|", "\\|")
        rows.append(f"| `{words}` | {command.text}{' (*)' if command.needs_screens else ''} |")
    return "\n".join(rows) + "\n"


def _section(group: str) -> str:
    rows = [f"| {_shown(key)} | {key.tooltip} | `{key.identifier}` |" for key in KEYS[group]]
    head = f"\n## {GROUP_TITLES[group]}\n\n| key | what it does | name |\n| --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n"


def _shown(key: Key) -> str:
    return f"`{key_names(key)}`" if key.names else "–"


if __name__ == "__main__":
    (ROOT / "docs" / "keys.md").write_text(render_page(), encoding="utf-8")
