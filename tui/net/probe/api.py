"""The checks from the first response on, in order."""

from __future__ import annotations

import asyncio

from tui.core.causes import explain
from tui.core.diagnosis import CheckId, failed
from tui.core.embedding import EmbeddingOutcome
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.net.elsewhere import NOT_THERE
from tui.net.probe.answer import (
    ACCESS_CAUSES,
    FirstAnswer,
    check_answer,
    offer_repair,
    settle_elsewhere,
    settle_http,
    settle_silence,
)
from tui.net.probe.chat import ChatOutcome, chat, check_chat, check_reasoning, check_usage, skip_chat
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.evidence import has_chat_route
from tui.net.probe.key import check_api_key
from tui.net.probe.server import check_models, check_server, recognise_late
from tui.net.probe.speed import check_speed, check_stream
from tui.net.probe.vector_speed import check_vector_speed
from tui.net.probe.vectors import ask_vectors, check_vectors, skip_vectors
from tui.texts import checks


async def check_api(context: DiagnosisContext) -> None:
    """Run the checks from the first response on."""
    answer = await check_answer(context)
    if answer is not None:
        await _check_above_http(context, answer)


async def _check_above_http(context: DiagnosisContext, answer: FirstAnswer) -> None:
    """Check for an API; without a model list, the main request decides whether this is one."""
    used: _Used | None = None
    if context.result(CheckId.HTTP) is None:
        used = await _decide_without_list(context, answer)
    refused = answer.failure if used is None else used.refusal
    if context.can_try(CheckId.SERVER):
        # Different URLs, requested in parallel: together they take as long as the slower one.
        _, key_result = await asyncio.gather(
            check_server(context, answer, works=used is not None and refused is None),
            check_api_key(context, answer, refused),
        )
        context.settle(key_result)
    else:
        context.can_try(CheckId.AUTH)  # records the skipped check
    check_models(context, answer)
    if answer.models is None and context.can_try(CheckId.MODELS):
        _settle_without_list(context, answer)
    if context.target.is_embedding:
        await _check_vectors(context, used.vectors if used is not None else None)
    elif context.can_try(CheckId.CHAT):
        await _check_chat(context, used.chat if used is not None else None)


@dataclass(frozen=True, slots=True)
class _Used:
    """The outcome of a real request (chat or vectors), sent because the model list failed."""

    chat: ChatOutcome | None = None
    vectors: EmbeddingOutcome | None = None

    @property
    def refusal(self) -> Failure | None:
        """The failure, if nothing usable was received."""
        if self.chat is not None:
            return None if self.chat.has_text else self.chat.failure
        return self.vectors.failure if self.vectors is not None else None


async def _decide_without_list(context: DiagnosisContext, answer: FirstAnswer) -> _Used | None:
    """Use the endpoint despite a failed model list: this shows whether everything fails.

    Returns ``None`` if it was not used, or if the list's failure affects everything.
    """

    if not (context.sends_chat or context.sends_texts):
        await _decide_unused(context, answer)
        return None
    used = await _use(context)
    refusal, failure = used.refusal, answer.failure
    if refusal is None or failure is None:
        settle_http(context, answer)
        return used
    if answer.response is None and refusal.status is None:
        await settle_silence(context, answer)
        return None
    if refusal.cause in NOT_THERE and failure.cause in NOT_THERE:
        await settle_elsewhere(context, answer, refusal)
    elif refusal.cause in NOT_THERE:
        settle_http(context, answer, refusal)
    elif refusal.cause == failure.cause and refusal.cause not in ACCESS_CAUSES:
        await offer_repair(context, failure)
        settle_http(context, answer, failure)
    else:
        settle_http(context, answer)
        return used
    return None


async def _decide_unused(context: DiagnosisContext, answer: FirstAnswer) -> None:

    failure = answer.failure
    if failure is None or (failure.cause == "wrong-path" and await has_chat_route(context)):
        settle_http(context, answer)
    else:
        await settle_elsewhere(context, answer, failure)


async def _use(context: DiagnosisContext) -> _Used:
    if context.target.is_embedding:
        return _Used(vectors=await ask_vectors(context))

    return _Used(chat=await chat(context))


def _settle_without_list(context: DiagnosisContext, answer: FirstAnswer) -> None:
    """Settle the models without a list to choose from: a chat requires a name."""

    failure = answer.failure
    if not context.findings.model:
        options = "yes" if context.endpoint.takes_options else None
        context.settle(
            failed(CheckId.MODELS, explain("model-missing", has_no_list="yes", takes_options=options))
        )
        return
    if failure is None or failure.cause in NOT_THERE:
        context.settle(failed(CheckId.MODELS, explain("no-model-list"), as_warning=True))
        return
    warning = explain("no-model-list", server_message=failure.server_message, reason=_why_unread(failure))
    context.settle(
        failed(CheckId.MODELS, warning, checks.LIST_FAILED.format(title=failure.title), as_warning=True)
    )


def _why_unread(failure: Failure) -> str:
    if failure.status is not None:
        return checks.HTTP_STATUS.format(status=failure.status)
    limit = failure.facts.get("limit")
    return checks.NO_LIST_ANSWER if limit is None else checks.LIST_TOO_LONG.format(limit=limit)


async def _check_vectors(context: DiagnosisContext, outcome: EmbeddingOutcome | None) -> None:

    if not context.can_try(CheckId.VECTORS):
        return
    if outcome is None:
        if not context.sends_texts:
            skip_vectors(context)
            return
        outcome = await ask_vectors(context)
    await check_vectors(context, outcome)
    await recognise_late(context, outcome.failure)
    await check_vector_speed(context)


async def _check_chat(context: DiagnosisContext, outcome: ChatOutcome | None) -> None:

    if outcome is None:
        if not context.sends_chat:
            skip_chat(context)
            return
        outcome = await chat(context)
    await check_chat(context, outcome)
    await recognise_late(context, outcome.failure)
    check_stream(context, outcome)
    check_usage(context, outcome)
    check_reasoning(context, outcome)
    await check_speed(context, outcome)
