"""A walk through every screen with hostile text in every field."""

from __future__ import annotations

import json
from pathlib import Path

import tomli_w

from tests.support.hostile_server import HostileServer
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import resolve_paths

COMMANDS = (
    ("providers", "list"),
    ("providers", "show", "hostile"),
    ("ask", "hello", "-p", "hostile"),
    ("ask", "hello", "-p", "hostile", "--json"),
    ("ask", "fail", "-p", "hostile"),
    ("check", "hostile"),
    ("check", "hostile", "--json"),
    ("providers", "export"),
)


def prepare(home: Path, server: HostileServer, key: str | None = None) -> dict[str, str]:
    """Write the files of a person who took over a hostile configuration; return the environment."""
    environment = private_environment(home)
    text = server.text
    if key is not None:
        CredentialStore(resolve_paths(environment)).put("hostile", Secret(key))
    record = {
        "display_name": f"Display {text}",
        "compatible_provider": f"model {text}",
        "provider_url": server.base_url,
        "system_prompt": f"system {text}",
        f"unknown {text}": text,
    }
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, exist_ok=True)
    if key is not None:
        record["api_key"] = "stored"
    deck = {"schema": 1, "defaults": {"Model": "hostile"}, "providers": {"hostile": record}}
    (folder / "providers.toml").write_text(tomli_w.dumps(deck))
    conversations = home / "data" / "lmdeck" / "conversations"
    conversations.mkdir(parents=True)
    header = {"record": "header", "schema": 1, "identity": "old", "title": f"Title {text}"}
    turn = {"record": "turn", "turn": "t1", "prompt": f"Prompt {text}", "provider": text, "model": text}
    delta = {"record": "delta", "turn": "t1", "kind": "answer", "text": server.answer}
    written = "\n".join(json.dumps(entry) for entry in (header, turn, delta))
    (conversations / "old.jsonl").write_text(written + "\n")
    return environment


def tour(environment: dict[str, str]) -> bytes:
    """Visit the screens and return every byte that the terminal was sent."""
    with TerminalProgram(lmdeck(), environment) as terminal:
        terminal.wait_for("hostile")
        terminal.send("e")
        terminal.wait_for("Save & Exit")
        terminal.send("escape")
        terminal.wait_for("Filter")
        terminal.send("enter")
        terminal.wait_for("Ask anything")
        terminal.send("hello", "enter")
        terminal.wait_for("TTFT [0-9]")
        terminal.send("fail", "enter")
        terminal.wait_for("/diagnose")
        terminal.send("ctrl+c", "/chats", "enter")
        terminal.wait_for("Title")
        terminal.send("down", "enter")
        terminal.wait_for("Interrupted")
        terminal.send("/providers", "enter")
        terminal.wait_for("Filter")
        terminal.send("t")
        terminal.wait_for("It works")
        terminal.send("escape")
        terminal.send("ctrl+q")
        terminal.wait()
        return bytes(terminal.raw)


def commands(environment: dict[str, str]) -> bytes:
    """Run the commands in a terminal and return every byte that it was sent."""
    raw = b""
    for arguments in COMMANDS:
        with TerminalProgram(lmdeck(*arguments), environment) as terminal:
            terminal.wait()
            terminal.drain()
            raw += bytes(terminal.raw)
    return raw
