"""The check of an embedding provider: whether the vectors of three short texts are usable."""

from __future__ import annotations

from dataclasses import replace

from tui.core.abilities import Outcome
from tui.core.causes import explain
from tui.core.curl import curl_command
from tui.core.diagnosis import CheckId, failed, passed, skipped
from tui.core.embedding import (
    EmbeddingOutcome,
    EmbeddingRequest,
    Vectors,
    count_text,
    norm_text,
    tokens_text,
)
from tui.core.endpoint_url import embeddings_url_of
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.net.embedding_batches import embed_in_batches
from tui.net.embeddings import embed
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.server import accept_unlisted, unlisted
from tui.net.vector_trials import VectorTrials, try_vectors
from tui.texts import bodies, checks
from tui.texts.embeddings import SENTENCES
from tui.wire.embeddings import build_embeddings_body

_LONGEST_REASON = 80


async def ask_vectors(context: DiagnosisContext) -> EmbeddingOutcome:
    """Send the texts like every embeddings request."""
    request = EmbeddingRequest(context.findings.model, SENTENCES, context.target.extra_body)
    url = embeddings_url_of(context.endpoint.base_url)
    body = build_embeddings_body(request)
    context.findings.curl = curl_command(context.endpoint, url, body, around_proxy=context.goes_around_proxy)
    return await _in_batches(context, request)


async def _in_batches(context: DiagnosisContext, request: EmbeddingRequest) -> EmbeddingOutcome:
    """Send texts in one request, or in several for a server with a small limit."""
    return await embed_in_batches(lambda part: send_texts(context, part, checks.WAITING_FOR_VECTORS), request)


async def send_texts(context: DiagnosisContext, request: EmbeddingRequest, waiting: str) -> EmbeddingOutcome:
    """Send texts, reporting ``waiting``, and add the usage."""
    notice = context.announce(waiting)
    try:
        outcome = await embed(
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
    used, known = outcome.usage, context.findings.usage
    context.findings.usage = known if used is None else used if known is None else known.plus(used)
    return outcome


async def check_vectors(context: DiagnosisContext, outcome: EmbeddingOutcome) -> None:
    """Judge the vectors, and request them with other options."""
    if not context.can_try(CheckId.VECTORS):
        return
    details = (context.findings.curl, *outcome.details)
    vectors = outcome.vectors
    if vectors is None:
        _settle_failure(context, outcome, details)
        return
    if outcome.milliseconds is not None:
        context.findings.timings_ms["total"] = outcome.milliseconds
    accept_unlisted(context)
    trials = await try_vectors(lambda wish: _in_batches(context, wish), outcome.request, vectors)
    context.findings.vectors = trials.traits
    title = f"{count_text(vectors)}, {norm_text(vectors)}, {tokens_text(outcome.usage)}."
    facts = (_wishes(trials), _cosines(trials), *_facts(context, vectors))
    took = outcome.milliseconds
    wrong, warning = _what_is_wrong(trials), _what_is_odd(trials)
    if wrong is not None:
        context.settle(failed(CheckId.VECTORS, wrong, title, *facts, milliseconds=took, details=details))
    elif warning is not None:
        result = failed(CheckId.VECTORS, warning, title, *facts, milliseconds=took, as_warning=True)
        context.settle(replace(result, details=details))
    else:
        result = passed(CheckId.VECTORS, title, *facts, milliseconds=took)
        context.settle(replace(result, details=details, shown_facts=1))


def _what_is_wrong(trials: VectorTrials) -> Failure | None:
    """Return what makes the vectors unusable."""
    if trials.is_one_for_all:
        return explain("vectors-equal")
    if trials.is_mixed_up:
        return explain("vectors-index", reason=bodies.INDEX_MIXED)
    return explain("vectors-differ") if trials.traits.base64 is Outcome.BROKEN else None


def _what_is_odd(trials: VectorTrials) -> Failure | None:
    if not trials.is_plausible:
        return explain("vectors-implausible")
    if trials.traits.base64 in (Outcome.IGNORED, Outcome.NO):
        is_refused = "yes" if trials.traits.base64 is Outcome.NO else None
        return explain("vectors-not-packed", is_refused=is_refused)
    return None


def _wishes(trials: VectorTrials) -> str:
    """Return the outcomes of the options, on one line."""
    traits = trials.traits
    shown = [
        _with_reason(checks.BASE64[traits.base64], trials.packed),
        _with_reason(checks.DIMENSIONS[traits.dimensions], trials.shortened),
    ]
    return ", ".join(shown)


def _with_reason(text: str, outcome: EmbeddingOutcome | None) -> str:
    failure = None if outcome is None else outcome.failure
    if failure is None:
        return text
    reason = safe_line(failure.server_message or failure.title, _LONGEST_REASON)
    return checks.REASON.format(text=text, reason=reason.removesuffix("."))


def _cosines(trials: VectorTrials) -> str:
    table = trials.traits.cosines
    others = f"{table[0][2]:.2f} and {table[1][2]:.2f}"
    return checks.COSINES.format(alike=table[0][1], others=others)


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
    """Settle why no texts were sent."""
    reason = checks.QUICK if context.quick else checks.NO_MODEL
    for check in (CheckId.VECTORS, CheckId.SPEED):
        if context.can_try(check):
            context.settle(skipped(check, reason), blocks=False)
