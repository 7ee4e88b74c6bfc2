"""``lmdeck embed``: prints the vectors of texts, or ranks the lines of a file by similarity to a text."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from tui.cli.command import INTERRUPTED
from tui.cli.embed_report import (
    Embedded,
    embedded_report,
    print_ranking,
    print_vectors,
    ranked,
)
from tui.cli.exit_codes import code_of_failure
from tui.cli.output import Output
from tui.cli.stdin import is_piped, read_text
from tui.cli.stopping import stopping_at_signals
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_marks import connection_warnings
from tui.runtime.embedder import Embedder
from tui.runtime.embedding_choice import provider_for_vectors, vectors_for_url
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.lines_file import LinesFileError, read_lines_file
from tui.texts import cli as cli_texts
from tui.texts import embeddings as texts

_WAIT_SECONDS = 120.0
_STDIN = "-"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parsed arguments."""

    texts: tuple[str, ...]
    lines: tuple[tuple[int, str], ...] = ()
    """The non-empty lines of the file with their numbers, from 1."""


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Request the vectors, and return the exit code."""
    return asyncio.run(_embed(arguments, output))


async def _embed(arguments: argparse.Namespace, output: Output) -> int:
    asked = _read(arguments)
    runtime = open_runtime(os.environ)
    runtime.endpoints.takes_options = arguments.url is not None
    try:
        provider = await _provider(arguments, runtime)
        if arguments.within_budget:
            await asyncio.to_thread(runtime.costs.refuse_beyond_budget, provider)
        for warning in connection_warnings(provider):
            output.aside(cli_texts.WARNING.format(text=warning))
        wait = _WAIT_SECONDS if arguments.wait is None else arguments.wait
        embedder = Embedder(runtime, provider, wait, output.progress)
        done = await _stoppable(arguments, embedder, asked, output)
    finally:
        await runtime.aclose()
        output.progress("")
        await asyncio.to_thread(runtime.check_budgets)
        output.notes((*runtime.settings_notices, *runtime.optional.notices))
    if arguments.json:
        output.json_line(embedded_report(done, provider, is_named=arguments.url is None), done.failure)
    elif done.failure is not None:
        output.failure(done.failure)
    elif asked.lines:
        print_ranking(output, done, provider)
    else:
        print_vectors(output, done, provider, asked.texts)
    return INTERRUPTED if done.is_interrupted else code_of_failure(done.failure)


async def _stoppable(
    arguments: argparse.Namespace, embedder: Embedder, asked: _Asked, output: Output
) -> Embedded:
    task = asyncio.ensure_future(_ask(arguments, embedder, asked))
    with stopping_at_signals(task.cancel, output):
        try:
            return await task
        except asyncio.CancelledError:
            return Embedded(failure=explain("interrupted"), is_interrupted=True)


async def _ask(arguments: argparse.Namespace, embedder: Embedder, asked: _Asked) -> Embedded:
    top = arguments.top or 10
    if arguments.rerank:
        outcome = await embedder.scores(asked.texts[0], [text for _, text in asked.lines])
        scores = () if outcome.scores is None else outcome.scores.values
        return Embedded(scores=outcome, failure=outcome.failure, ranking=ranked(asked.lines, scores), top=top)
    found = await embedder.vectors((*asked.texts, *(text for _, text in asked.lines)))
    done = Embedded(vectors=found, failure=found.failure, asked=len(asked.texts), top=top)
    return done.compared(asked.lines)


def _read(arguments: argparse.Namespace) -> _Asked:
    """Read the texts before anything is opened or sent.

    Raises:
        UsageError: there is none, or options contradict each other.
    """
    reads_stdin = arguments.text == _STDIN or (arguments.text is None and is_piped())
    if arguments.similar == _STDIN and reads_stdin:
        raise _wrong(texts.STDIN_TWICE)
    text = read_text().rstrip("\r\n") if reads_stdin else arguments.text or ""
    found = tuple(line for _, line in _lines(text)) if arguments.lines else (text,)
    if not any(each.strip() for each in found):
        raise _wrong(texts.NO_TEXT)
    if arguments.similar is None:
        return _Asked(found)
    return _Asked(found, _read_lines(arguments.similar))


def _read_lines(file: str) -> tuple[tuple[int, str], ...]:
    if file == _STDIN:
        lines = _lines(read_text())
    else:
        try:
            lines = _lines(read_lines_file(Path(file)))
        except LinesFileError as error:
            raise UsageError(explain("lines-file", name=file, reason=str(error))) from error
    if not lines:
        raise UsageError(explain("lines-file", name=file, reason=texts.NO_LINES))
    return lines


def _lines(text: str) -> tuple[tuple[int, str], ...]:
    """Return the non-empty lines, with their numbers from 1."""
    return tuple((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _wrong(reason: str) -> UsageError:
    return UsageError(explain("usage", reason=reason, command="embed"))


async def _provider(arguments: argparse.Namespace, runtime: Runtime) -> Provider:
    if arguments.url is not None:
        return await vectors_for_url(runtime, arguments.url, arguments.model, arguments.key_env)
    return provider_for_vectors(runtime.directory, arguments.provider, arguments.model)
