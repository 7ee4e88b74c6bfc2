"""The checks from the first answer on, in their order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tui.core.causes import explain
from tui.core.diagnosis import CheckId, failed
from tui.core.embedding import EmbeddingOutcome
from tui.core.failure import Failure
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
from tui.net.probe.evidence import has_chat_route
from tui.net.probe.key import judge_key
from tui.net.probe.run import Run
from tui.net.probe.server import check_models, check_server, recognise_late
from tui.net.probe.speed import check_speed, check_stream
from tui.net.probe.vectors import ask_vectors, check_vectors, skip_vectors


async def check_api(run: Run) -> None:
    """Run the checks from the first answer on."""
    answer = await check_answer(run)
    if answer is not None:
        await _check_above_http(run, answer)


async def _check_above_http(run: Run, answer: FirstAnswer) -> None:
    """Without a model list the request itself decides whether this is an API."""
    used: _Used | None = None
    if run.result(CheckId.HTTP) is None:
        used = await _decide_without_list(run, answer)
    refused = answer.failure if used is None else used.refusal
    if run.can_try(CheckId.SERVER):
        # The two ask different addresses: together they take as long as the slower one.
        _, key_result = await asyncio.gather(
            check_server(run, answer, works=used is not None and refused is None),
            judge_key(run, answer, refused),
        )
        run.settle(key_result)
    else:
        run.can_try(CheckId.AUTH)  # records that it was not
    check_models(run, answer)
    if answer.models is None and run.can_try(CheckId.MODELS):
        _settle_without_list(run, answer)
    if run.target.is_embedding:
        await _check_vectors(run, used.vectors if used is not None else None)
    elif run.can_try(CheckId.CHAT):
        await _check_chat(run, used.chat if used is not None else None)


@dataclass(frozen=True, slots=True)
class _Used:
    """What came of the request that the endpoint is there for, sent because its model list failed."""

    chat: ChatOutcome | None = None
    vectors: EmbeddingOutcome | None = None

    @property
    def refusal(self) -> Failure | None:
        """Why it failed, where nothing usable came."""
        if self.chat is not None:
            return None if self.chat.has_text else self.chat.failure
        return self.vectors.failure if self.vectors is not None else None


async def _decide_without_list(run: Run, answer: FirstAnswer) -> _Used | None:
    """Use the endpoint where its model list failed: only that tells whether all of it fails.

    Returns ``None`` where it was not used, or where the list's failure is that of all.
    """

    if not (run.sends_chat or run.sends_texts):
        await _decide_unused(run, answer)
        return None
    used = await _use(run)
    refusal, failure = used.refusal, answer.failure
    if refusal is None or failure is None:
        settle_http(run, answer)
        return used
    if answer.response is None and refusal.status is None:
        await settle_silence(run, answer)
        return None
    if refusal.cause in NOT_THERE and failure.cause in NOT_THERE:
        await settle_elsewhere(run, answer, refusal)
    elif refusal.cause in NOT_THERE:
        settle_http(run, answer, refusal)
    elif refusal.cause == failure.cause and refusal.cause not in ACCESS_CAUSES:
        await offer_repair(run, failure)
        settle_http(run, answer, failure)
    else:
        settle_http(run, answer)
        return used
    return None


async def _decide_unused(run: Run, answer: FirstAnswer) -> None:

    failure = answer.failure
    if failure is None or (failure.cause == "wrong-path" and await has_chat_route(run)):
        settle_http(run, answer)
    else:
        await settle_elsewhere(run, answer, failure)


async def _use(run: Run) -> _Used:
    if run.target.is_embedding:
        return _Used(vectors=await ask_vectors(run))

    return _Used(chat=await chat(run))


def _settle_without_list(run: Run, answer: FirstAnswer) -> None:
    """There is no list to choose from: a chat needs a name."""

    failure = answer.failure
    if not run.findings.model:
        options = "yes" if run.endpoint.takes_options else None
        run.settle(failed(CheckId.MODELS, explain("model-missing", has_no_list="yes", takes_options=options)))
        return
    if failure is None or failure.cause in NOT_THERE:
        run.settle(failed(CheckId.MODELS, explain("no-model-list"), as_warning=True))
        return
    reason = "no answer" if failure.status is None else f"HTTP status {failure.status}"
    warning = explain("no-model-list", server_message=failure.server_message, reason=reason)
    run.settle(failed(CheckId.MODELS, warning, f"the list: {failure.title}", as_warning=True))


async def _check_vectors(run: Run, outcome: EmbeddingOutcome | None) -> None:

    if not run.can_try(CheckId.VECTORS):
        return
    if outcome is None:
        if not run.sends_texts:
            skip_vectors(run)
            return
        outcome = await ask_vectors(run)
    check_vectors(run, outcome)
    await recognise_late(run, outcome.failure)


async def _check_chat(run: Run, outcome: ChatOutcome | None) -> None:

    if outcome is None:
        if not run.sends_chat:
            skip_chat(run)
            return
        outcome = await chat(run)
    await check_chat(run, outcome)
    await recognise_late(run, outcome.failure)
    check_stream(run, outcome)
    check_usage(run, outcome)
    check_reasoning(run, outcome)
    await check_speed(run, outcome)
