"""Embeddings of the built-in llama.cpp: lists, Base64, order, ranking."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.check_runner import run_check
from tests.support.commands import run_command
from tests.support.terminal import private_environment
from tui.core.abilities import Ability, Outcome
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckStatus
from tui.demo.engine_files import find_engine
from tui.net.probe.target import ProbeLimits, ProbeTarget

pytestmark = [needs_engine, pytest.mark.engine]
PATIENT = ProbeLimits(answer_seconds=60, headers_seconds=120, idle_seconds=60, loading_seconds=60)
SERVER = Path(__file__).parents[1] / "servers" / "llama_server.py"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A llama.cpp with ``--embeddings``; it ends with its stdin."""
    files = find_engine()
    assert files is not None
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(files.model_path), "0", "vectors"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = next(line for line in process.stdout if line.startswith("http"))
    yield f"{address.strip().rstrip('/')}/v1"
    process.communicate("")


async def test_the_check_shows_what_llama_cpp_makes_of_formats_sizes_and_batches(base_url: str) -> None:
    target = ProbeTarget(Endpoint(base_url), "smollm2", is_embedding=True)
    report = await run_check(target, limits=PATIENT, abilities=[Ability.EMBEDDINGS, Ability.RERANK])
    assert report.ok
    assert report.vectors is not None
    assert (report.vectors.size, report.vectors.base64) == (576, Outcome.YES)
    assert report.vectors.dimensions is Outcome.IGNORED
    assert [batch.texts for batch in report.vectors.batches] == [1, 8, 32]
    speed = report.result(CheckId.SPEED)
    assert speed is not None
    assert speed.status is CheckStatus.OK
    embeddings, rerank = report.abilities
    assert (embeddings.outcome, embeddings.requests) == (Outcome.YES, 0)
    assert (rerank.outcome, "--reranking" in rerank.evidence) == (Outcome.NO, True)


def test_a_text_is_most_like_itself(base_url: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("Interest rates rose again.\nThe cat sleeps on the sofa.\nBonjour.\n")
    arguments = ("The cat sleeps on the sofa.", "--url", base_url, "-m", "smollm2")
    environment = private_environment(tmp_path / "home")
    done = run_command("embed", *arguments, "--similar", str(lines), "--json", environment=environment)
    assert done.code == 0, done.err
    assert (done.json["dimensions"], done.json["ranking"][0]["line"]) == (576, 2)
    assert done.json["ranking"][0]["score"] == pytest.approx(1, abs=1e-3)
    assert done.json["usage"]["source"] == "reported"
