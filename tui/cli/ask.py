"""``lmdeck ask``: prints one answer on stdout, and its reasoning on stderr."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tui.cli.ask_report import ask_failure, ask_report
from tui.cli.ask_schema import SchemaQuestion
from tui.cli.command import FAILED
from tui.cli.confirm import confirmed
from tui.cli.exit_codes import code_of_turn
from tui.cli.output import Output
from tui.cli.stdin import is_piped, read_bytes, read_text
from tui.cli.stopping import stopping_at_signals
from tui.cli.streamed_text import StreamedText
from tui.cli.wait_notes import WaitNotes
from tui.core.attachment import IMAGE_LIMIT, Attached, Attachment, attached, read_attachment
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.finish_reasons import UNFINISHED, Ending, ending_of, ending_words
from tui.core.preset import Preset
from tui.core.provider import Provider, Thinking
from tui.core.provider_marks import connection_warnings
from tui.core.provider_names import is_same_name
from tui.core.time_words import time_line
from tui.core.turn import Turn
from tui.runtime.attaching import Files
from tui.runtime.chat_choice import provider_for_chat
from tui.runtime.presets import preset_of, with_preset
from tui.runtime.runtime import Runtime, open_runtime
from tui.runtime.targets import provider_for_url
from tui.session.target import ChatTarget
from tui.texts import attachments
from tui.texts import cli as texts

DEFAULT_WAIT_SECONDS = 120.0
"""How long a script waits for the first text: a long prompt on a slow machine takes a minute."""

_FIGURES_SECONDS = 1.0
"""How long a command that prints figures waits for the last ones."""


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Send one question and return the exit code."""
    return asyncio.run(_ask(arguments, output))


async def _ask(arguments: argparse.Namespace, output: Output) -> int:
    readers = [arguments.prompt, arguments.schema, *dict.fromkeys(arguments.file)].count("-")
    if readers > 1:
        raise UsageError(explain("usage", reason=texts.STDIN_TWICE, command="ask"))
    schema = _schema(arguments, output)
    found = Files()
    files = attached(_files(arguments.file, found))
    secrets = found.secrets(files.parts)
    if secrets and not arguments.yes:
        question = attachments.SECRETS_ASK.format(names=", ".join(secrets))
        if not confirmed(output, question, "--yes"):
            return FAILED
    runtime = open_runtime(os.environ)
    preset = None if arguments.template is None else preset_of(runtime, arguments.template)
    prompt = _prompt(arguments.prompt, preset, reads_stdin="-" not in (arguments.schema, *arguments.file))
    runtime.endpoints.takes_options = arguments.url is not None
    try:
        target = await _target(arguments, runtime, preset)
        if arguments.within_budget:
            await asyncio.to_thread(runtime.costs.refuse_beyond_budget, target.provider)
        for warning in connection_warnings(target.provider):
            output.aside(texts.WARNING.format(text=warning))
        turn = await _stream(arguments, runtime, target, files, prompt, output, schema)
    finally:
        await runtime.aclose()
        await asyncio.to_thread(runtime.check_budgets)
        output.notes((*runtime.settings_notices, *runtime.optional.notices))
    if schema is not None:
        code = schema.end(turn, target)
    elif arguments.json:
        output.json(ask_report(turn, target, is_named=arguments.url is None), ask_failure(turn))
    elif turn.failure is not None:
        output.failure(turn.failure)
    elif ending_of(turn.finish_reason) in (*UNFINISHED, Ending.FILTERED):
        output.notes([texts.ANSWER_WAS.format(how=ending_words(turn.finish_reason))])
    if arguments.timing:
        for each in [turn] if schema is None else schema.tries:
            output.aside(time_line(each))
    return code_of_turn(turn) if schema is None else code


def _schema(arguments: argparse.Namespace, output: Output) -> SchemaQuestion | None:
    """Return the schema of the answer; an invalid one is rejected before anything is sent."""
    return None if arguments.schema is None else SchemaQuestion(arguments, output)


def _files(references: Sequence[str], files: Files) -> Iterator[Attachment]:
    """Read the attachments."""
    for reference in dict.fromkeys(references):
        if reference == "-":
            yield read_attachment(texts.STDIN, read_bytes(limit=IMAGE_LIMIT))
        else:
            yield from files.read_all([reference])


def _prompt(argument: str | None, preset: Preset | None, *, reads_stdin: bool) -> str:
    """Return the prompt, followed by piped input unless that has another use, in a preset's template."""
    reads_stdin &= argument == "-" or is_piped()
    if argument == "-" or argument is None:
        text = read_text() if reads_stdin else ""
    else:
        piped = read_text() if reads_stdin else ""
        text = f"{argument}\n\n{piped}" if piped.strip() else argument
    if preset is not None and (text.strip() or not preset.needs_input):
        text = preset.message(text)
    if not text.strip():
        raise UsageError(explain("prompt-empty"))
    return text


async def _target(
    arguments: argparse.Namespace, runtime: Runtime, preset: Preset | None = None
) -> ChatTarget:
    """Return the target of the question; the command line overrides a preset."""
    provider = await _provider(arguments, runtime, preset)
    given = {"temperature": arguments.temperature, "max_tokens": arguments.max_tokens}
    target = ChatTarget(provider, stream=not arguments.no_stream)
    if preset is not None:
        is_other = preset.provider and (arguments.url or not is_same_name(provider.name, preset.provider))
        target = with_preset(target, replace(preset, model="") if is_other else preset)
    return replace(
        target,
        model=arguments.model or target.model,
        thinking=_thinking(arguments.thinking, target.thinking),
        system_prompt=target.system_prompt if arguments.system is None else arguments.system,
        parameters={
            **target.parameters,
            **{name: value for name, value in given.items() if value is not None},
        },
    )


def _thinking(given: str | None, otherwise: Thinking | None) -> Thinking | None:
    if given is None:
        return otherwise
    return None if given == "default" else Thinking(given)


async def _provider(arguments: argparse.Namespace, runtime: Runtime, preset: Preset | None) -> Provider:
    if arguments.url is not None:
        return await provider_for_url(runtime, arguments.url, arguments.model, arguments.key_env)
    name = arguments.provider or (preset.provider if preset is not None else None)
    return provider_for_chat(runtime.directory, name or None)


async def _stream(
    arguments: argparse.Namespace,
    runtime: Runtime,
    target: ChatTarget,
    files: Attached,
    prompt: str,
    output: Output,
    schema: SchemaQuestion | None,
) -> Turn:
    wait = DEFAULT_WAIT_SECONDS if arguments.wait is None else arguments.wait
    asks_for_parts = arguments.json or arguments.timing
    session = runtime.sessions.for_command(
        wait, is_forgetful=arguments.url is not None, asks_for_parts=asks_for_parts
    )
    shown = runtime.settings.reasoning
    printer = None if arguments.json or schema else StreamedText(output, reasoning=shown)
    notes = WaitNotes(output)

    def on_change() -> None:
        notes.follow(session.turns[-1])
        if printer is not None:
            printer.show(session.turns[-1])
        elif schema is not None:
            schema.show(session.turns[-1], shown)

    session.on_change = on_change
    session.attachments |= files.blobs
    with stopping_at_signals(session.stop, output):
        if schema is None:
            turn = await session.send(files.message(prompt), target)
        else:
            turn = await schema.ask(session, target, files.message, prompt)
    if printer is not None:
        printer.end(turn)
    if asks_for_parts:
        await session.wait_for_figures(_FIGURES_SECONDS)
    return turn
