"""A key that becomes known after it was written to a conversation."""

from __future__ import annotations

import json
import os

import pytest

from tests.support.commands import Call
from tui.store.paths import resolve_paths

KEY_PLACES = ["stored", "environment", "header", "body"]


def learn_key(call: Call, key: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a provider that has the key in a place."""
    fields: dict[str, tuple[str, ...]] = {
        "stored": (),
        "environment": ("--key-env", "MY_KEY"),
        "header": ("--header", f"X-Api-Key: {key}"),
        "body": ("--extra-body", json.dumps({"api_key": key})),
    }
    monkeypatch.setenv("MY_KEY", key)
    added = call("providers", "add", "qwen", "--url", "https://h/v1", "--model", "m", *fields[where])
    assert added.code == 0, added.err
    if where == "stored":
        credentials = resolve_paths(os.environ).credentials_file
        credentials.write_text(f'[keys]\nqwen = "{key}"\n')
        credentials.chmod(0o600)
