"""``lmdeck chat --plain``: the chat line by line, for screen readers and dumb terminals.

No cursor addressing, no colours, no redrawing. A line beginning with ``/`` is a command.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import closing
from typing import Any

from tui.cli.command import INTERRUPTED
from tui.cli.output import Output
from tui.cli.plain_attaching import PlainAttaching
from tui.cli.plain_commands import PlainCommands
from tui.cli.plain_consent import PlainConsent
from tui.cli.prompt_reader import PromptReader
from tui.cli.resuming import interrupted_chats, print_how_to_resume
from tui.cli.stdin import is_piped
from tui.cli.streamed_text import StreamedText
from tui.cli.wait_notes import WaitNotes
from tui.core.attachment import Attached, prompt_text
from tui.core.causes import in_full
from tui.core.commands import line_of, message_of, request_of
from tui.core.figures import format_costs, format_tokens
from tui.core.mentions import filled_in
from tui.core.moments import exact
from tui.core.parts import Parts
from tui.core.provider_marks import connection_marks, connection_warnings
from tui.core.server_words import server_words
from tui.core.totals import Totals
from tui.core.turn import Turn, TurnState
from tui.core.turn_summary import turn_summary
from tui.core.usage import Source
from tui.core.variants import variant_place
from tui.runtime.chat_choice import provider_for_chat
from tui.runtime.chat_context import context_words, excess_words
from tui.runtime.chat_control import ChatControl
from tui.runtime.obstacles import Obstacle
from tui.runtime.runtime import Runtime
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.texts import answers, cli
from tui.texts import chat as chat_texts
from tui.texts import commands as command_texts
from tui.texts import context as context_texts
from tui.texts import plain_chat as texts


class PlainChat:
    """Reads prompts and commands, prints answers."""

    def __init__(self, runtime: Runtime, session: ChatSession, target: ChatTarget, output: Output) -> None:
        self._runtime = runtime
        self._control = ChatControl(runtime)
        self._control.begin(session)
        self._control.target = target
        self._output = output
        self._moves_told: set[str] = set()
        self._run: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run
        self._consent = PlainConsent()
        self._attaching = PlainAttaching(self._control, output, self._consent)
        self._commands = PlainCommands(self, self._control, runtime, output, self._attaching)
        self._prompts = PromptReader(self._control, output, self._commands.completions)

    @property
    def _session(self) -> ChatSession:
        return self._control.both()[0]

    @property
    def _target(self) -> ChatTarget:
        return self._control.both()[1]

    def run(self) -> int:
        """Chat until the user quits; return the exit code."""
        provider = self._target.provider
        marks = connection_marks(provider)
        self._output.line(" · ".join(("lmdeck", provider.label, self._target.model_name, *marks)))
        for warning in connection_warnings(provider):
            self._output.line(cli.WARNING.format(text=warning))
        self._runtime.check_budgets()
        self._output.notes((*self._runtime.settings_notices, *self._session.notices))
        for sentence in interrupted_chats(self._runtime, self._session.identity):
            self._output.text(sentence)
        self._output.text(texts.TYPE_HELP)
        with (
            asyncio.Runner() as runner,
            self._prompts.hearing_signals(runner.get_loop()),
            closing(self._commands),
        ):
            self._run = runner.run
            self._prompts.restore()
            try:
                self._commands.queue.send()
                while not self._prompts.is_ending and (line := self._prompts.read()) is not None:
                    if not self._obey(line):
                        break
                    self._commands.queue.send()
            finally:
                if self._prompts.is_ending:
                    self._runtime.sessions.interrupt()
                runner.run(self._runtime.aclose())
                self._report_moves(self._runtime.moved)
                self._output.notes(self._runtime.optional.notices)
        for sentence in self._runtime.unwritten:
            self._output.aside(sentence)
        print_how_to_resume(self._runtime)
        return INTERRUPTED if self._prompts.is_ending else 0

    def edit(self, turn: Turn) -> None:
        """Edit a sent message in the next line."""
        self._prompts.edit(turn)

    def edit_draft(self, line: str) -> None:
        """Begin the next line with a text."""
        self._prompts.draft(line)

    def _obey(self, line: str) -> bool:
        """Run a command or send a prompt; return whether to continue."""
        self._take_over()
        request = request_of(line.rstrip())
        edited = self._prompts.take_edited()
        if request is None:
            self.send(message_of(line), edited)
            return True
        if request.command is None:
            self.send(self._commands.message_of_preset(line, request.problem), edited, typed=line)
            return True
        return self._commands.obey(request.command, request.argument)

    def _take_over(self) -> None:
        """Continue in a chat once it is closed elsewhere, and print what was written there."""
        session = self.run_work(self._control.take_over())
        if session is None:
            return
        known = {turn.identity for turn in self._session.turns if turn.state is not TurnState.INTERRUPTED}
        self.run_work(self._control.leave())
        self._control.begin(session, keeps_target=True)
        self._output.notes(session.notices if session.is_read_only else (chat_texts.FREE_AGAIN,))
        new = next((turn for turn in session.turns if turn.identity not in known), None)
        if new is not None:
            self.show_from(new)

    def send(self, message: str, edited: Turn | None = None, *, typed: str = "") -> None:
        """Send a message, or an edited one in place of the original.

        ``typed`` is the line that a preset expanded.
        """
        if message.strip():
            self._begin(message, edited)
            only_words = filled_in(message, typed) if typed else ()
            is_ready = self._is_ready(is_next=False)
            files = self._attaching.files_of(message, edited, only_words) if is_ready else None
            if files is not None:
                self._send_with(files, message, edited)
            elif edited is not None and self._consent.is_asked:
                self._prompts.edit(edited)
        elif edited is not None:
            self._output.text(texts.EDIT_CANCELLED)

    def _send_with(self, files: Attached, message: str, edited: Turn | None) -> None:
        """Send a message with its files, if it fits; otherwise offer it for editing on a terminal."""
        prompt = self._control.message(message, files)
        if self._fits(prompt, edited):
            self._attaching.sent(files)
            self.answer(lambda: self._session.send(prompt, self._target, beside=edited))
        elif edited is None:
            self._prompts.draft(line_of(prompt.words))
        else:
            self._prompts.edit(edited)

    def fits(self, message: Parts, beside: Turn | None = None) -> bool:
        """Return whether a message that was sent before fits; prints once if it is too long."""
        self._begin(message, beside)
        return self._fits(message, beside)

    def _begin(self, message: object, beside: Turn | None) -> None:
        self._consent.begin(self._session.identity, message, None if beside is None else beside.identity)

    def _fits(self, message: Parts, beside: Turn | None) -> bool:
        """Return whether a message fits; prints once if it is too long. Without a model, it does."""
        if not self._is_in_budget():
            return False
        turns = self._control.turns
        before = turns if beside is None else turns[: turns.index(beside)]
        self._learn_window()
        self.run_work(self._control.context.look_before(message))
        use = self._control.context.excess(message, before)
        if use is None:
            return True
        if self._may_send("context", excess_words(use, turns, message)):
            self._control.context.allow()
            return True
        return False

    def _is_in_budget(self) -> bool:
        """Return whether a request is within the budgets; prints once if one is used up."""
        if self._runtime.budgets is not None:
            self._runtime.budgets.read()
        question = self._control.budget_question()
        if not question:
            return True
        if self._may_send("budget", question):
            self._control.allow_budget()
            return True
        return False

    def _may_send(self, subject: str, words: str) -> bool:
        """Return whether a question about a message is answered: it was sent again, or there is no model."""
        if self._consent.is_given(subject):
            return True
        for line in filter(None, cli.WARNING.format(text=words).splitlines()):
            self._output.line(line)
        if is_piped():
            return True
        self._output.text(context_texts.PLAIN)
        return False

    def run_work(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end."""
        return self._run(work)

    def show_from(self, turn: Turn) -> None:
        """Print an existing message and what follows it."""
        turns = self._control.turns
        for shown in turns[turns.index(turn) :]:
            self._output.text(f"you> {prompt_text(shown.prompt)}")
            printer = self._printer()
            printer.show(shown)
            printer.end(shown)
            _report_failure(self._output, shown)
            self._report_figures(shown)

    def report_totals(self) -> None:
        """Print the figures of the last answer and of the chat."""
        if (last := self._control.last) is not None:
            self._output.line(texts.SENT_AT.format(moment=exact(last.started_at)))
            self._report_figures(last)
        if words := _totals_words(self._session.totals):
            self._output.line(f"chat: {words}")
        self._learn_window()
        if words := context_words(self._control.context.use()):
            self._output.line(words)

    def _learn_window(self) -> None:
        context = self._control.context
        if (target := context.unlearned()) is not None:
            self.run_work(context.learn(target))

    def answer(self, ask: Callable[[], Awaitable[Turn | None]], *, is_next: bool = False) -> None:
        """Request an answer and print it as it arrives; ``is_next`` for the next queued prompt."""
        if not self._is_ready(is_next=is_next):
            return
        printer = self._printer()
        notes = WaitNotes(self._output)

        def on_change() -> None:
            notes.follow(self._session.turns[-1])
            printer.show(self._session.turns[-1])

        self._session.on_change = on_change
        try:
            turn = self.run_work(self._prompts.answer_of(ask))
        except asyncio.CancelledError:
            if not self._session.turns:
                return
            turn = self._session.turns[-1]
        finally:
            self._session.on_change = None
        if turn is None:
            self._output.text(command_texts.NOTHING_TO_CONTINUE)
            return
        printer.end(turn)
        _report_failure(self._output, turn)
        self._report_figures(turn, *connection_marks(self._target.provider))
        words = _totals_words(self._session.totals)
        if words and len(self._session.turns) + len(turn.variants) > 1:
            self._output.line(texts.TOTAL.format(total=words))
        if self._control.storage_error:
            self._output.line(cli.NOTE.format(text=self._control.storage_error))
        self._report_moves(self._session.moves)
        try:
            self.run_work(self._prompts.wait_for_title(self._session.titling))
        except asyncio.CancelledError:
            self._output.text("")  # after the terminal's ^C

    def _report_figures(self, turn: Turn, *marks: str) -> None:
        if words := " · ".join(filter(None, (_place_words(turn), turn_summary(turn), *marks))):
            self._output.line(words)

    def _report_moves(self, moves: Iterable[str]) -> None:
        """Print, once each, where a conversation continues whose file was removed by another program."""
        new = [text for text in moves if text not in self._moves_told]
        self._moves_told.update(new)
        self._output.notes(new)

    def _printer(self) -> StreamedText:
        return StreamedText(self._output, is_labelled=True, reasoning=self._runtime.settings.reasoning)

    def _is_ready(self, *, is_next: bool) -> bool:
        """Return whether a message can be sent, with the current record of the provider; prints why not."""
        blocked = self._control.ready(is_next=is_next)
        if blocked is not None and blocked.obstacle is Obstacle.READ_ONLY:
            self._output.text(command_texts.READ_ONLY)
        elif blocked is not None and blocked.failure is not None:
            failure = in_full(blocked.failure)
            self._output.line(texts.NOT_SENT.format(title=failure.title, advice=failure.advice))
        return blocked is None


def _report_failure(output: Output, turn: Turn) -> None:
    """Print why an answer is missing or incomplete, and what to do; also for one that is shown again."""
    if turn.failure is not None:
        failure = in_full(turn.failure)
        output.line(texts.FAILED.format(title=failure.title, advice=failure.advice))
        if said := server_words(turn.failure):
            output.line(said)


def _place_words(turn: Turn) -> str:
    place = variant_place(turn)
    return texts.VARIANT.format(number=place[0], count=place[1]) if place else ""


def _totals_words(totals: Totals) -> str:
    """Return the total of the conversation; ``~`` if part of it is unknown."""
    usage = totals.usage
    if usage is None:
        return ""
    source = Source.ESTIMATED if totals.has_unknown else usage.source
    prompt, completion = (
        format_tokens(count, source) for count in (usage.prompt_tokens, usage.completion_tokens)
    )
    words = [answers.TOKENS.format(prompt=prompt, completion=completion)]
    if any(cost.total for cost in totals.costs):
        words.append(format_costs(totals.costs, totals.not_priced))
    return " · ".join(words)


def run_plain_chat(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Run the chat line by line and return the exit code."""
    if arguments.provider is not None or not arguments.resume:
        provider_for_chat(runtime.directory, arguments.provider)  # fails before a conversation is opened
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    session = _session(arguments, runtime, output)
    return PlainChat(runtime, session, _target(arguments, runtime, session), output).run()


def _target(arguments: argparse.Namespace, runtime: Runtime, session: ChatSession) -> ChatTarget:
    """Return the target: the given provider, that of the conversation, or the default."""
    last = session.turns[-1] if session.turns else None
    if arguments.provider is not None or last is None or not last.provider:
        return ChatTarget(provider_for_chat(runtime.directory, arguments.provider))
    name = runtime.directory.former_names.now(last.provider, last.started_at)
    provider = provider_for_chat(runtime.directory, name)
    model = "" if last.model == provider.model else last.model
    return ChatTarget(provider, model).with_settings(last.settings)


def _session(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> ChatSession:
    if not arguments.resume:
        return runtime.sessions.begin(saved=not arguments.unsaved)
    session = runtime.sessions.open(runtime.sessions.find(arguments.resume))
    for turn in session.turns:
        output.text(f"you> {prompt_text(turn.prompt)}")
        output.text(turn.answer.text)
        _report_failure(output, turn)
    return session
