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
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.server import accept_unlisted, unlisted
from tui.texts import checks
from tui.wire.embeddings import build_embeddings_body


async def ask_vectors(context: DiagnosisContext) -> EmbeddingOutcome:
    """Send the two texts by the path that every request for vectors takes."""
    request = EmbeddingRequest(context.findings.model, CHECK_TEXTS, context.target.extra_body)
    url = embeddings_url_of(context.endpoint.base_url)
    body = build_embeddings_body(request)
    context.findings.curl = curl_command(context.endpoint, url, body, around_proxy=context.goes_around_proxy)
    notice = context.announce(checks.WAITING_FOR_VECTORS)
    try:
        return await embed(
            context.services.factory,
            context.endpoint,
            request,
            timeouts=context.limits.of_request(),
            proved=context.findings.proved,
            on_progress=context.progress,
            origin=context.target.origin,
        )
    finally:
        notice.cancel()


def check_vectors(context: DiagnosisContext, outcome: EmbeddingOutcome) -> None:
    """Judge what was returned."""
    if not context.can_try(CheckId.VECTORS):
        return
    details = (context.findings.curl, *outcome.details)
    failure, vectors = outcome.failure, outcome.vectors
    if failure is not None or vectors is None:
        _settle_failure(context, outcome, details)
        return
    context.findings.usage = outcome.usage
    context.findings.vector_size = vectors.size
    if outcome.milliseconds is not None:
        context.findings.timings_ms["total"] = outcome.milliseconds
    accept_unlisted(context)
    title = f"{count_text(vectors)}, {norm_text(vectors)}, {tokens_text(outcome.usage)}."
    result = passed(CheckId.VECTORS, title, *_facts(context, vectors), milliseconds=outcome.milliseconds)
    context.settle(replace(result, details=details))


def _settle_failure(context: DiagnosisContext, outcome: EmbeddingOutcome, details: tuple[str, ...]) -> None:
    failure = outcome.failure
    if failure is None:
        return
    if failure.cause == "model-not-found":
        failure = unlisted(context, failure)
    if repair := failure.facts.get("repair"):
        context.offer_url(repair, was_tried=False)
    context.settle(failed(CheckId.VECTORS, failure, milliseconds=outcome.milliseconds, details=details))


def _facts(context: DiagnosisContext, vectors: Vectors) -> tuple[str, ...]:
    facts: list[str] = []
    if vectors.usage is None:
        facts.append(checks.NO_COUNTS)
    if vectors.is_base64:
        facts.append(checks.PACKED)
    if vectors.served_model and vectors.served_model != context.findings.model:
        facts.append(checks.ANSWERED_BY.format(model=safe_line(vectors.served_model, 100)))
    return tuple(facts)


def skip_vectors(context: DiagnosisContext) -> None:
    """Record why no texts were sent."""
    reason = checks.QUICK if context.quick else checks.NO_MODEL
    if context.can_try(CheckId.VECTORS):
        context.settle(skipped(CheckId.VECTORS, reason), blocks=False)
