"""The check of an embedding provider: two short texts, and whether their vectors can be used."""

from __future__ import annotations

from dataclasses import replace

from tui.core.curl import curl_command
from tui.core.diagnosis import CheckId, failed, passed, skipped
from tui.core.embedding import (
    CHECK_TEXTS,
    EmbeddingOutcome,
    EmbeddingRequest,
    Vectors,
    count_text,
    norm_text,
    tokens_text,
)
from tui.core.endpoint_url import embeddings_url_of
from tui.core.safe_text import safe_line
from tui.net.embeddings import embed
from tui.net.probe.run import Run
from tui.net.probe.server import accept_unlisted, unlisted
from tui.wire.embeddings import build_embeddings_body


async def ask_vectors(run: Run) -> EmbeddingOutcome:
    """Send the two texts by the path that every request for vectors takes."""
    request = EmbeddingRequest(run.findings.model, CHECK_TEXTS, run.target.extra_body)
    url = embeddings_url_of(run.endpoint.base_url)
    body = build_embeddings_body(request)
    run.findings.curl = curl_command(run.endpoint, url, body, around_proxy=run.goes_around_proxy)
    notice = run.announce("Still waiting for the vectors.")
    try:
        return await embed(
            run.services.factory,
            run.endpoint,
            request,
            patience=run.limits.of_request(),
            proved=run.findings.proved,
            on_progress=run.progress,
            origin=run.target.origin,
        )
    finally:
        notice.cancel()


def check_vectors(run: Run, outcome: EmbeddingOutcome) -> None:
    """Judge what came back."""
    if not run.can_try(CheckId.VECTORS):
        return
    details = (run.findings.curl, *outcome.details)
    failure, vectors = outcome.failure, outcome.vectors
    if failure is not None or vectors is None:
        _settle_failure(run, outcome, details)
        return
    run.findings.usage = outcome.usage
    run.findings.vector_size = vectors.size
    if outcome.milliseconds is not None:
        run.findings.timings_ms["total"] = outcome.milliseconds
    accept_unlisted(run)
    title = f"{count_text(vectors)}, {norm_text(vectors)}, {tokens_text(outcome.usage)}."
    result = passed(CheckId.VECTORS, title, *_facts(run, vectors), milliseconds=outcome.milliseconds)
    run.settle(replace(result, details=details))


def _settle_failure(run: Run, outcome: EmbeddingOutcome, details: tuple[str, ...]) -> None:
    failure = outcome.failure
    if failure is None:
        return
    if failure.cause == "model-not-found":
        failure = unlisted(run, failure)
    if repair := failure.facts.get("repair"):
        run.offer_url(repair, was_tried=False)
    run.settle(failed(CheckId.VECTORS, failure, milliseconds=outcome.milliseconds, details=details))


def _facts(run: Run, vectors: Vectors) -> tuple[str, ...]:
    facts: list[str] = []
    if vectors.usage is None:
        facts.append("the server does not count tokens: the number is an estimate")
    if vectors.is_base64:
        facts.append("the numbers came packed as Base64")
    if vectors.served_model and vectors.served_model != run.findings.model:
        facts.append(f"the server says: answered by {safe_line(vectors.served_model, 100)}")
    return tuple(facts)


def skip_vectors(run: Run) -> None:
    """Record why no texts were sent."""
    reason = "a quick check spends no tokens" if run.quick else "no model is named"
    if run.can_try(CheckId.VECTORS):
        run.settle(skipped(CheckId.VECTORS, f"Not sent: {reason}."), blocks=False)
