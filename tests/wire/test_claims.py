"""Servers' claims about their models, in their own formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tui.core.abilities import Ability, Finding, Outcome
from tui.wire.abilities.claims import SOURCES, Claims, with_claim

LLAMA = {
    "modalities": {"vision": False, "audio": False},
    "chat_template_caps": {"supports_tools": True},
    "model_path": "/models/m.gguf",
    "chat_template": "{{ messages }}",
}
OLLAMA = {
    "capabilities": ["completion", "tools"],
    "modified_at": "2026-08-21T10:00:00Z",
    "template": "{{ . }}",
}
LM_STUDIO = {"models": [{"key": "m", "capabilities": {"vision": True, "trained_for_tool_use": False}}]}
LM_STUDIO_OLD = {"data": [{"id": "m", "type": "vlm", "capabilities": ["tool_use"]}]}
OPEN_ROUTER = {
    "data": [
        {
            "id": "m",
            "supported_parameters": ["tools", "seed", "structured_outputs"],
            "architecture": {"input_modalities": ["text", "image"]},
        }
    ]
}


def read(kind: str, value: Mapping[str, Any], place: int = 0, model: str = "m") -> Claims | None:
    return SOURCES[kind][place].read(value, model)


@pytest.mark.parametrize(
    ("kind", "value", "place", "vision", "tools"),
    [
        ("llama.cpp", LLAMA, 0, False, True),
        ("ollama", OLLAMA, 0, False, True),
        ("lmstudio", LM_STUDIO, 0, True, False),
        ("lmstudio", LM_STUDIO_OLD, 1, True, True),
        ("openrouter", OPEN_ROUTER, 0, True, True),
    ],
)
def test_each_kind_of_server_is_read(
    kind: str, value: Mapping[str, Any], place: int, vision: bool, tools: bool
) -> None:
    claims = read(kind, value, place)
    assert claims is not None
    assert (claims.can[Ability.VISION], claims.can[Ability.TOOLS]) == (vision, tools)


def test_a_parameter_that_is_not_listed_is_not_passed_on() -> None:
    claims = read("openrouter", OPEN_ROUTER)
    assert claims is not None
    assert (claims.can[Ability.SEED], claims.can[Ability.LOGPROBS]) == (True, False)
    assert claims.can[Ability.JSON_SCHEMA]


def test_another_template_or_file_is_another_build() -> None:
    builds = {
        claims.build
        for changes in ({}, {"chat_template": "other"}, {"model_path": "/models/n.gguf"})
        if (claims := read("llama.cpp", {**LLAMA, **changes})) is not None
    }
    assert len(builds) == 3


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"capabilities": 1, "models": 1, "data": 1, "modalities": 1, "chat_template_caps": 1},
        {"models": [1, {"key": "m", "capabilities": 1, "type": 1}], "data": [{"id": "m"}]},
        {
            "modalities": {"vision": "yes"},
            "data": [{"id": "m", "supported_parameters": [1], "architecture": 1}],
        },
    ],
)
def test_what_is_strange_claims_nothing(kind: str, value: Mapping[str, Any]) -> None:
    for source in SOURCES[kind]:
        claims = source.read(value, "m")
        assert claims is None or all(isinstance(can, bool) for can in claims.can.values())


@pytest.mark.parametrize(
    ("outcome", "can", "said"),
    [
        (Outcome.YES, True, "says the same (/props)"),
        (Outcome.NO, False, "says the same"),
        (Outcome.IGNORED, True, "claims support"),
        (Outcome.YES, False, "claims no support"),
        (Outcome.NOT_TRIED, True, "claims support"),
        (Outcome.NOT_TRIED, False, "claims no support"),
    ],
)
def test_what_is_claimed_stands_beside_what_was_seen(outcome: Outcome, can: bool, said: str) -> None:
    claims = Claims({Ability.VISION: can}, "/props")
    evidence = with_claim(Ability.VISION, Finding(outcome, "seen"), claims)
    assert evidence.startswith("seen; the server")
    assert said in evidence
    assert with_claim(Ability.SEED, Finding(outcome, "seen"), claims) == "seen"
