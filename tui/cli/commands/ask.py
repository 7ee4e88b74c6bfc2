"""``lmdeck ask``: one answer on stdout, the reasoning on stderr."""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import replace

from tui.cli.ask_report import ask_report
from tui.cli.output import Output
from tui.cli.stdin import is_piped, read_text
from tui.cli.streamed_text import StreamedText
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.provider import Sampling, Thinking
from tui.core.turn import Turn, TurnState
from tui.runtime.runtime import Runtime, open_runtime
from tui.runtime.targets import provider_for_url
from tui.session.target import ChatTarget


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Ask once and return the exit code."""
    prompt = _prompt(arguments.prompt)
    return asyncio.run(_ask(arguments, prompt, output))


def _prompt(argument: str | None) -> str:
    """The prompt, what is piped in behind it."""
    if argument == "-" or argument is None:
        text = read_text() if argument == "-" or is_piped() else ""
    else:
        piped = read_text() if is_piped() else ""
        text = f"{argument}\n\n{piped}" if piped.strip() else argument
    if not text.strip():
        raise UsageError(explain("prompt-empty"))
    return text


async def _ask(arguments: argparse.Namespace, prompt: str, output: Output) -> int:
    runtime = open_runtime(os.environ)
    try:
        target = await _target(arguments, runtime)
        turn = await _stream(arguments, runtime, target, prompt, output)
    finally:
        await runtime.aclose()
    report = ask_report(turn, target, is_named=arguments.url is None)
    if arguments.json:
        output.json(report)
    elif turn.failure is not None:
        output.failure(turn.failure)
    return exit_code(turn)


def exit_code(turn: Turn) -> int:
    """Return the code of a turn that ended, whatever form its report takes."""
    if turn.state is TurnState.STOPPED:
        return 130
    if turn.failure is None:
        return 0
    return 2 if turn.failure.cause in CONFIGURATION_CAUSES else 1


async def _target(arguments: argparse.Namespace, runtime: Runtime) -> ChatTarget:
    if arguments.url is None:
        provider = runtime.directory.get(arguments.provider) if arguments.provider else runtime.directory.default()
        if provider is None:
            raise UsageError(explain("no-provider"))
        if not provider.is_active:
            raise UsageError(explain("provider-inactive", name=provider.name))
    else:
        provider = await provider_for_url(runtime, arguments.url, arguments.model, arguments.key_env)
    sampling: Sampling = provider.sampling
    if arguments.max_tokens is not None:
        sampling = replace(sampling, max_tokens=arguments.max_tokens)
    if arguments.temperature is not None:
        sampling = replace(sampling, temperature=arguments.temperature)
    return ChatTarget(
        provider,
        arguments.model or "",
        Thinking(arguments.thinking) if arguments.thinking else None,
        arguments.system,
        sampling,
        stream=not arguments.no_stream,
    )


async def _stream(
    arguments: argparse.Namespace, runtime: Runtime, target: ChatTarget, prompt: str, output: Output
) -> Turn:
    session = runtime.new_session(saved=False, wait_seconds=arguments.wait)
    printer = None if arguments.json else StreamedText(output)
    if printer is not None:
        session.on_change = lambda: printer.show(session.turns[-1])
    turn = await session.send(prompt, target)
    if printer is not None:
        printer.end(turn)
    return turn
