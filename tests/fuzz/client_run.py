"""Runs the real client on hostile responses, and checks invariants that hold for any server."""

from __future__ import annotations

import asyncio
import random
import time
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from tests.fuzz.responses import KEY, make_response
from tests.support import certificates
from tests.support.chatting import HASTE, Chatter
from tests.support.check_runner import run_check
from tests.support.fault_server import FaultServer
from tui.core.causes import CATALOGUE
from tui.core.chat import Endpoint
from tui.core.embedding import EmbeddingRequest
from tui.core.failure import Failure, LmdeckError
from tui.core.report_text import report_text
from tui.core.secret import Redactor, Secret
from tui.net.client import ClientFactory
from tui.net.embeddings import embed
from tui.net.models import fetch_models
from tui.net.probe.target import ProbeTarget

END_SECONDS = 30.0
"""Far more than the limits of a call add up to, on a busy machine."""
GAP_SECONDS = 3.0
"""For which nothing else of the program may be without a turn: far more than a slice of work takes."""
PATIENCE = replace(HASTE, retries=1, loading_seconds=0.1, first_text_seconds=2.0)


def judge(failure: Failure | None) -> None:
    """Check what is told of a failure: a cause of the catalogue, safe words, no key."""
    if failure is None:
        return
    assert failure.cause in CATALOGUE, failure.cause
    words = [
        failure.title,
        failure.advice,
        failure.server_message or "",
        *failure.facts.values(),
        *failure.chain,
    ]
    judge_text("\n".join(words))


def judge_text(text: str) -> None:
    """Check that a text commands no terminal and shows no key."""
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"], repr(text)
    assert KEY not in text, text


class ClientRun:
    """A client that receives one response after the other."""

    def __init__(self, factory: ClientFactory) -> None:
        self._factory = factory
        self._chatter = Chatter(factory)

    async def meet(self, numbers: random.Random) -> None:
        """Let every kind of request meet one response each time it is sent.

        Raises:
            AssertionError: a property does not hold, said with the response.
        """
        response = make_response(numbers)
        lost: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: lost.append(context))
        try:
            with FaultServer(response) as server:
                endpoint = Endpoint(server.base_url, Secret(KEY), "env:K")
                calls = [self._chat, self._models, self._embed]
                if numbers.random() < 0.1:
                    calls = [self._check]
                for call in calls:
                    await self._watched(call(endpoint))
            assert not lost, lost
        except BaseException as error:
            error.add_note(f"The response: {b''.join(response.pieces)[:3000]!r}")
            raise
        finally:
            loop.set_exception_handler(None)

    async def _watched(self, work: Awaitable[None]) -> None:
        """Wait for a call, which must end, and leave a turn to others."""
        async with asyncio.timeout(END_SECONDS):
            task = asyncio.ensure_future(work)
            while not task.done():
                before = time.perf_counter()
                await asyncio.wait([task], timeout=0.05)
                assert time.perf_counter() - before < GAP_SECONDS, "nothing else had a turn"
            await task

    async def _chat(self, endpoint: Endpoint) -> None:
        reply = await self._chatter(endpoint, timeouts=PATIENCE)
        judge(reply.failure)
        for note in reply.notes:
            judge_text(note)

    async def _models(self, endpoint: Endpoint) -> None:
        try:
            await fetch_models(self._factory, endpoint, seconds=1.0)
        except LmdeckError as error:
            judge(error.failure)

    async def _embed(self, endpoint: Endpoint) -> None:
        outcome = await embed(self._factory, endpoint, EmbeddingRequest("m", ("a", "b")), timeouts=PATIENCE)
        assert (outcome.vectors is None) == (outcome.failure is not None)
        judge(outcome.failure)

    async def _check(self, endpoint: Endpoint) -> None:
        report = await run_check(ProbeTarget(endpoint, "m"))
        redactor = Redactor()
        redactor.add(Secret(KEY))
        judge_text(report_text(report, redactor))


async def _run(is_over: Callable[[int], bool], numbers: random.Random) -> int:
    factory = ClientFactory({"SSL_CERT_FILE": str(certificates.CLIENT)})
    factory.warm()
    count = 0
    try:
        run = ClientRun(factory)
        while not is_over(count):
            seed = numbers.getrandbits(64)
            try:
                await run.meet(random.Random(seed))
            except BaseException as error:
                error.add_note(f"Its seed: {seed}")
                raise
            count += 1
    finally:
        with suppress(asyncio.CancelledError):
            await factory.aclose()
    return count


def run_for(seconds: float, numbers: random.Random) -> int:
    """Meet responses until the time is over; return how many."""
    end = time.monotonic() + seconds
    return asyncio.run(_run(lambda _: time.monotonic() >= end, numbers))


def run_some(count: int, numbers: random.Random) -> None:
    """Meet as many responses as asked."""
    asyncio.run(_run(lambda done: done >= count, numbers))
