"""The check of an embedding provider's speed: texts per second, singly and in batches.

It never changes the verdict: a provider with good vectors works.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, islice

from tui.core.abilities import Outcome
from tui.core.causes import explain
from tui.core.diagnosis import CheckId, failed, passed
from tui.core.embedding import EmbeddingRequest
from tui.core.failure import Failure
from tui.core.report_text import milliseconds_text
from tui.core.vector_traits import BATCHES, Batch, outcome_of_wish
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.vectors import send_texts
from tui.texts import checks, embeddings


async def check_vector_speed(context: DiagnosisContext) -> None:
    """Measure requests of 1, 8 and 32 texts, none of which was sent before."""
    traits = context.findings.vectors
    if not context.can_try(CheckId.SPEED) or traits is None:
        return
    batches: list[Batch] = []
    texts = _new_texts()
    for count in BATCHES:
        request = EmbeddingRequest(
            context.findings.model, tuple(islice(texts, count)), context.target.extra_body
        )
        waiting = checks.TIMING_VECTORS.format(count=count)
        batches.append(Batch(await send_texts(context, request, waiting)))
        if batches[-1].outcome.failure is not None:
            break
    context.findings.vectors = replace(traits, batches=tuple(batches))
    _settle(context, batches)


def _new_texts() -> islice[str]:
    sentences = cycle(embeddings.SENTENCES)
    numbered = (
        embeddings.MEASURED.format(number=number, text=text) for number, text in enumerate(sentences, 1)
    )
    return islice(numbered, sum(BATCHES))


def _settle(context: DiagnosisContext, batches: list[Batch]) -> None:
    measured = [batch for batch in batches if batch.texts_per_second is not None]
    times = [
        checks.BATCH_TIME.format(count=batch.texts, time=milliseconds_text(batch.outcome.milliseconds))
        for batch in measured
    ]
    failure = batches[-1].outcome.failure
    if failure is not None:
        facts = (_title(measured), *times) if measured else ()
        warning = _refused(batches[-1], failure)
        context.settle(failed(CheckId.SPEED, warning, *facts, as_warning=True))
    else:
        context.settle(passed(CheckId.SPEED, _title(measured), *times))


def _refused(batch: Batch, failure: Failure) -> Failure:
    """Return the failure of a batch, in terms of its size if the server rejects that."""
    if batch.texts == 1 or outcome_of_wish(batch.outcome) is not Outcome.NO:
        return failure
    return explain(
        "vectors-batch",
        count=str(batch.texts),
        status=failure.status,
        server_message=failure.server_message,
    )


def _title(batches: list[Batch]) -> str:
    one, *more = batches
    parts = [checks.BATCH.format(rate=_rate(one.texts_per_second))]
    parts += [checks.BATCHES.format(count=batch.texts, rate=_rate(batch.texts_per_second)) for batch in more]
    fastest = max(batches, key=lambda batch: batch.tokens_per_second or 0)
    sign = "~" if fastest.is_estimated else ""
    tokens = checks.PER_SECOND.format(sign=sign, rate=_rate(fastest.tokens_per_second))
    return f"{', '.join(parts)}; {tokens}."


def _rate(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"
