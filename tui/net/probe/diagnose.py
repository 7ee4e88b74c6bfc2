"""Climbs the ladder: runs the checks in their order and makes the report.

What is needed only once something answers is imported then: a wrong URL or a refused connection is
told without loading the HTTP library and the chat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.check_history import compare_servers, record_of
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport, failed
from tui.net.probe.lint import check_environment, check_url
from tui.net.probe.local import begin_look, note_machine
from tui.net.probe.run import Run
from tui.net.probe.target import ProbeServices, ProbeTarget

if TYPE_CHECKING:
    from tui.core.embedding import EmbeddingOutcome
    from tui.core.failure import Failure
    from tui.net.probe.answer import FirstAnswer
    from tui.net.probe.chat import ChatOutcome
    from tui.net.server_wait import Waiting


class Diagnosis:
    """One diagnosis: ``run`` it, and ask for the ``report`` at any moment, also after it was cancelled."""

    def __init__(
        self,
        target: ProbeTarget,
        services: ProbeServices,
        *,
        quick: bool = False,
        notes_machine: bool = True,
        on_result: Callable[[CheckResult], None] | None = None,
        on_progress: Callable[[str], None] | None = None,
        on_waiting: Callable[[Waiting], None] | None = None,
    ) -> None:
        """``notes_machine`` says whether the report tells what runs on this machine; a verdict that needs
        to know looks in any case. ``on_result`` gets each check as it ends, and again where later evidence
        corrects it; ``on_progress`` a sentence while something is waited for, also while that is a server
        which is starting or loading, where nobody takes ``on_waiting``."""
        self._run = Run(
            target,
            services,
            quick=quick,
            on_result=on_result,
            on_progress=on_progress,
            on_waiting=on_waiting,
        )
        self._notes_machine = notes_machine

    async def run(self) -> DiagnosisReport:
        """Run every check that makes sense. Never raises for what a network or a server does."""
        run = self._run
        await check_url(run)
        if run.can_try(CheckId.ENVIRONMENT):
            if self._notes_machine:
                begin_look(run)
            await check_environment(run)
        if run.can_try(CheckId.DNS):
            from tui.net.probe.connect import check_connection

            await check_connection(run)
        if run.can_try(CheckId.TLS):
            await _check_server(run)
        run.skip_rest()
        if self._notes_machine and run.has_origin:
            await note_machine(run)
        _settle_drift(run)
        return self.report()

    def report(self, *, interrupted: bool = False) -> DiagnosisReport:
        """Return what is known so far."""
        return self._run.report(interrupted=interrupted)


async def _check_server(run: Run) -> None:
    """Run the checks from the first answer on."""
    from tui.net.probe.answer import check_answer

    answer = await check_answer(run)
    if answer is not None:
        await _check_api(run, answer)


async def _check_api(run: Run, answer: FirstAnswer) -> None:
    """Run the checks above HTTP. Without a model list the request itself decides whether this is an API."""
    from tui.net.probe.key import judge_key
    from tui.net.probe.server import check_models, check_server

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
    from tui.net.elsewhere import NOT_THERE
    from tui.net.probe.answer import (
        ACCESS_CAUSES,
        offer_repair,
        settle_elsewhere,
        settle_http,
        settle_silence,
    )

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
    from tui.net.probe.answer import settle_elsewhere, settle_http
    from tui.net.probe.evidence import has_chat_route

    failure = answer.failure
    if failure is None or (failure.cause == "wrong-path" and await has_chat_route(run)):
        settle_http(run, answer)
    else:
        await settle_elsewhere(run, answer, failure)


async def _use(run: Run) -> _Used:
    if run.target.is_embedding:
        from tui.net.probe.vectors import ask_vectors

        return _Used(vectors=await ask_vectors(run))
    from tui.net.probe.chat import chat

    return _Used(chat=await chat(run))


def _settle_without_list(run: Run, answer: FirstAnswer) -> None:
    """There is no list to choose from: a chat needs a name."""
    from tui.net.elsewhere import NOT_THERE

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
    from tui.net.probe.server import recognise_late
    from tui.net.probe.vectors import ask_vectors, check_vectors, skip_vectors

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
    from tui.net.probe.chat import chat, check_chat, check_reasoning, check_usage, skip_chat
    from tui.net.probe.server import recognise_late
    from tui.net.probe.speed import check_speed, check_stream

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


def _settle_drift(run: Run) -> None:
    """Point out at the server what is not what it was at the last check; a slower day is no drift."""
    if run.target.last is None:
        return
    changes = compare_servers(run.target.last, record_of(run.report(), at=""))
    result = run.result(CheckId.SERVER)
    if changes and result is not None and result.status is CheckStatus.OK:
        warning = explain("server-changed", change=changes[0])
        facts = (result.title, *result.facts, *changes[1:])
        run.settle(failed(CheckId.SERVER, warning, *facts, as_warning=True))
