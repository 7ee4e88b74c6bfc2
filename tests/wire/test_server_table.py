"""The README's table of servers says how each is told to think: the way it is told here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.wire.servers import ServerKind
from tui.wire.thinking import forms_of

README = Path(__file__).parents[2] / "README.md"
NAMES = {
    ServerKind.VLLM: "vLLM",
    ServerKind.LM_STUDIO: "LM Studio",
    ServerKind.TENSORRT_LLM: "TensorRT-LLM",
    ServerKind.OPENAI: "OpenAI o-series",
    ServerKind.DASHSCOPE: "DashScope",
    ServerKind.MOONSHOT: "Moonshot",
    ServerKind.INFINI_AI: "infini-ai",
    ServerKind.AZURE: "Azure-like",
}


@pytest.mark.parametrize("kind", list(ServerKind))
def test_every_server_has_a_row_with_its_forms_of_thinking(kind: ServerKind) -> None:
    name = NAMES.get(kind, str(kind)).lower()
    rows = [
        line
        for line in README.read_text(encoding="utf-8").splitlines()
        if line.lower().startswith(f"| {name}")
    ]
    assert rows, f"{name} is missing"
    for row in rows:
        told = row.split("|")[5]
        assert all(f"`{form.value}" in told for form in forms_of(kind)), row
