"""The built-in model answers a simple question."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.terminal import lmdeck, private_environment

pytestmark = [pytest.mark.engine, needs_engine]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What is the capital of France?", "Paris"),
        ("What is the opposite of hot?", "cold"),
        ("What is the capital of Japan?", "Tokyo"),
    ],
)
def test_an_everyday_question_is_answered(tmp_path: Path, question: str, word: str) -> None:
    command = lmdeck("ask", "--provider", "smollm2", "--temperature", "0", question)
    environment = private_environment(tmp_path)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert word in done.stdout
    assert len(done.stdout.split()) < 25
