"""A structured answer end to end: llama.cpp enforces the schema, and lmdeck validates the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.commands import run_command
from tests.support.terminal import private_environment
from tui.core.schema_check import first_violation

pytestmark = [pytest.mark.engine, needs_engine]

CITY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "word": {"enum": ["zorblat", "quimsy"]},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 8}, "maxItems": 2},
    },
    "required": ["word", "count", "tags"],
    "additionalProperties": False,
}
"""Words that no model says by itself."""


def test_the_embedded_model_answers_by_the_schema(tmp_path: Path) -> None:
    schema = tmp_path / "nonsense.json"
    schema.write_text(json.dumps(CITY))
    environment = private_environment(tmp_path / "home")
    asked = ("ask", "Choose a word.", "-p", "smollm2", "--schema", str(schema), "--max-tokens", "200")
    done = run_command(*asked, environment=environment, seconds=240)
    assert done.code == 0, done.err
    assert first_violation(CITY, json.loads(done.out)) is None
    report = run_command(*asked, "--json", environment=environment, seconds=240).json
    assert report["structured"] == {
        "valid": True,
        "value": json.loads(report["answer"]),
        "path": None,
        "problem": None,
        "sent_as": "json_schema",
        "tries": 1,
        "advice": None,
    }
    cut = run_command(*asked[:-1], "5", environment=environment, seconds=240)
    assert (cut.code, cut.out) == (1, "")
    assert "cut at 5 tokens, so its JSON is incomplete" in cut.err


def test_a_pattern_that_the_engine_skips_is_judged_here(tmp_path: Path) -> None:
    """llama.cpp enforces no pattern without ``^`` and ``$``."""
    schema = tmp_path / "pattern.json"
    part = {"type": "string", "pattern": "[0-9]{4}-[qxz]{3}", "maxLength": 12}
    rules = {"type": "object", "properties": {"code": part}, "required": ["code"]}
    schema.write_text(json.dumps(rules))
    asked = ("ask", "Say hello.", "-p", "smollm2", "--schema", str(schema), "--max-tokens", "200", "--json")
    done = run_command(*asked, environment=private_environment(tmp_path / "home"), seconds=240)
    structured = done.json["structured"]
    assert done.code == (0 if structured["valid"] else 1)
    if done.json["finish_reason"] == "stop":
        found = first_violation(rules, json.loads(done.json["answer"]))
        assert structured["valid"] == (found is None)
        assert structured["path"] == (None if found is None else found.path)
