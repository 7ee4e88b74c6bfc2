"""Climbs the ladder: runs the checks in their order and makes the report.

What is needed only once something answers is imported then: a wrong URL or a refused connection is
told without loading the HTTP library and the chat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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
    from tui.net.probe.answer import FirstAnswer
    from tui.net.probe.chat import ChatOutcome

_NOT_THERE = ("wrong-path", "method-not-allowed", "unexpected-response")
_NO_EMBEDDINGS = ("embeddings-missing", "embeddings-unexpected")


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
    ) -> None:
        """``notes_machine`` says whether the report tells what runs on this machine; a verdict that needs
        to know looks in any case. ``on_result`` gets each check as it ends, and again where later evidence
        corrects it; ``on_progress`` a sentence while something is waited for."""
        self._run = Run(target, services, quick=quick, on_result=on_result, on_progress=on_progress)
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


async def diagnose(
    target: ProbeTarget,
    services: ProbeServices,
    *,
    quick: bool = False,
    on_result: Callable[[CheckResult], None] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> DiagnosisReport:
    """Diagnose an endpoint: about 60 tokens, none with ``quick``. See ``Diagnosis``."""
    return await Diagnosis(target, services, quick=quick, on_result=on_result, on_progress=on_progress).run()


async def _check_server(run: Run) -> None:
    """Run the checks from the first answer on."""
    from tui.net.probe.answer import check_answer

    answer = await check_answer(run)
    if answer is not None:
        await _check_api(run, answer)


async def _check_api(run: Run, answer: FirstAnswer) -> None:
    """Run the checks above HTTP. Without a model list the chat decides whether this is an API at all."""
    from tui.net.probe.key import judge_key
    from tui.net.probe.server import check_models, check_server

    outcome: ChatOutcome | None = None
    vectors: EmbeddingOutcome | None = None
    if run.result(CheckId.HTTP) is None and run.sends_texts:
        vectors = await _decide_by_vectors(run, answer)
    elif run.result(CheckId.HTTP) is None:
        outcome = await _decide_without_list(run, answer)
    if run.can_try(CheckId.SERVER):
        # The two ask different addresses: together they take as long as the slower one.
        _, key_result = await asyncio.gather(check_server(run, answer), judge_key(run, answer))
        run.settle(key_result)
    else:
        run.can_try(CheckId.AUTH)  # records that it was not
    check_models(run, answer)
    if answer.models is None and run.can_try(CheckId.MODELS):
        _settle_without_list(run)
    if run.target.is_embedding:
        await _check_vectors(run, vectors)
    elif run.can_try(CheckId.CHAT):
        await _check_chat(run, outcome)


async def _decide_without_list(run: Run, answer: FirstAnswer) -> ChatOutcome | None:
    """Try a chat where there is no model list: only that tells a server without one from a wrong URL."""
    from tui.net.probe.answer import settle_http
    from tui.net.probe.chat import chat
    from tui.net.probe.evidence import has_chat_route

    failure = answer.failure
    if not run.sends_chat:
        takes_chats = failure is not None and failure.cause == "wrong-path" and await has_chat_route(run)
        settle_http(run, answer, None if takes_chats else failure)
        return None
    outcome = await chat(run)
    refusal = outcome.failure
    if refusal is not None and refusal.cause in _NOT_THERE:
        settle_http(run, answer, refusal)
        return None
    settle_http(run, answer)
    return outcome


async def _decide_by_vectors(run: Run, answer: FirstAnswer) -> EmbeddingOutcome | None:
    """The same for an embedding provider, by the request that it is there for."""
    from tui.net.probe.answer import settle_http
    from tui.net.probe.vectors import ask_vectors

    outcome = await ask_vectors(run)
    if outcome.failure is not None and outcome.failure.cause in _NO_EMBEDDINGS:
        settle_http(run, answer, answer.failure)
        return None
    settle_http(run, answer)
    return outcome


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


def _settle_without_list(run: Run) -> None:
    """There is no list to choose from: a chat needs a name."""
    if run.findings.model:
        run.settle(failed(CheckId.MODELS, explain("no-model-list"), as_warning=True))
    else:
        run.settle(failed(CheckId.MODELS, explain("model-missing", has_no_list="yes")))


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
