"""The commands of ``lmdeck chat --plain``: those that need no screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Protocol

from tui.cli.command import load
from tui.cli.costs import print_this_month
from tui.cli.output import Output
from tui.cli.plain_attaching import PlainAttaching
from tui.cli.plain_conversations import PlainConversations
from tui.cli.plain_queue import PlainQueue
from tui.cli.plain_versions import PlainVersions
from tui.core.causes import in_full
from tui.core.chat_settings import NAMES, SettingError
from tui.core.check_options import CheckOptions
from tui.core.commands import COMMANDS, Command
from tui.core.completion import completions
from tui.core.counted import Counted
from tui.core.failure import LmdeckError
from tui.core.parts import Parts, parts_of
from tui.core.report_text import report_text
from tui.core.server_words import failure_text
from tui.core.time_words import time_lines
from tui.core.turn import Turn
from tui.runtime.chat_actions import why_not
from tui.runtime.chat_choice import usable_providers
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_settings import set_by_words, setting_words
from tui.runtime.command_values import command_values
from tui.runtime.external_editor import ExternalEditor
from tui.runtime.presets import Presets
from tui.runtime.runtime import Runtime
from tui.session.chat_session import CONTINUE_PROMPT
from tui.texts import chat as chat_texts
from tui.texts import chat_settings as setting_texts
from tui.texts import commands as command_texts
from tui.texts import editor as editor_texts
from tui.texts import plain_chat as texts
from tui.texts import time as time_texts

_NAME_WIDTH = 30


class AsksAndShows(Protocol):
    """The part of the chat that its commands use."""

    def send(self, message: str) -> None:
        """Send a message with the files that it mentions and those attached."""

    def answer(self, ask: Callable[[], Awaitable[Turn | None]], *, is_next: bool = False) -> None:
        """Request an answer and print it as it arrives."""

    def fits(self, message: Parts, beside: Turn | None = None) -> bool:
        """Return whether a message fits; prints once if it is too long."""

    def show_from(self, turn: Turn) -> None:
        """Print an existing message and what follows it."""

    def edit(self, turn: Turn) -> None:
        """Edit a sent message in the next line."""

    def edit_draft(self, line: str) -> None:
        """Begin the next line with a text."""

    def report_totals(self) -> None:
        """Print the total of the chat."""

    def run_work(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end."""


class PlainCommands:
    """Runs commands."""

    def __init__(
        self,
        chat: AsksAndShows,
        control: ChatControl,
        runtime: Runtime,
        output: Output,
        attaching: PlainAttaching,
    ) -> None:
        self._chat = chat
        self._control = control
        self._runtime = runtime
        self._output = output
        self._presets = Presets(control)
        self._editor = ExternalEditor(runtime.environment)
        self.queue = PlainQueue(chat, control, output)
        self._attaching = attaching
        conversations = PlainConversations(chat, control, runtime, output)
        versions = PlainVersions(chat, control, output)
        self._actions: dict[str, Callable[[str], None]] = {
            "help": self._help,
            "new": conversations.new,
            "unsaved": conversations.unsaved,
            "fork": conversations.fork,
            "queue": self.queue.obey,
            "rename": conversations.rename,
            "pin": conversations.pin,
            "export": conversations.export,
            "chats": conversations.list,
            "providers": self._providers,
            "attach": attaching.attach,
            "retry": self._retry,
            "edit": versions.edit,
            "continue": self._continue,
            "previous": partial(versions.choose, -1, chat_texts.NO_VARIANT_BEFORE),
            "next": partial(versions.choose, 1, chat_texts.NO_VARIANT_AFTER),
            "branches": versions.branches,
            "reasoning": self._reasoning,
            "copy": self._copy,
            "find": self._find,
            "model": self._model,
            "settings": self._settings,
            "editor": self._edit,
            "info": self._info,
            "costs": lambda _: print_this_month(runtime, output),
            "diagnose": self._diagnose,
        }

    def obey(self, command: Command, argument: str) -> bool:
        """Run a command; return whether the chat continues."""
        if command.name == "quit":
            return False
        if command.needs_screens:
            self._output.text(texts.NEEDS_SCREENS.format(name=command.name))
        else:
            try:
                self._actions[command.name](argument)
            except LmdeckError as error:  # the chat can continue without it
                self._output.text(failure_text(in_full(error.failure)))
        return True

    def close(self) -> None:
        """Delete the editor's files.

        Raises:
            LmdeckError: some of them remain.
        """
        self._editor.close()

    def completions(self, line: str) -> list[str]:
        """Return the completions of the last word of a line."""
        if (files := self._attaching.completions(line)) is not None:
            return files
        found = completions(line, self._values, has_screens=False)
        return [entry.shown if " " in line else entry.line for entry in found]

    def _values(self, command: Command | None) -> Iterable[tuple[str, str]]:
        return self._presets.names() if command is None else command_values(self._control, command)

    def message_of_preset(self, line: str, problem: str) -> str:
        """Return the message that a preset makes of a line; ``problem`` is the error without a preset."""
        called = self._presets.call(line, problem)
        self._output.line(called.problem or called.said)
        return called.message

    def _help(self, _: str) -> None:
        self._output.text(texts.HELP)
        for command in COMMANDS:
            if not command.needs_screens:
                words = " ".join(filter(None, (f"/{command.name}", command.argument)))
                self._output.text(f"{words.ljust(_NAME_WIDTH)}{command.text}")

    def _providers(self, _: str) -> None:
        for provider in usable_providers(self._runtime.directory):
            self._output.line(f"{provider.name}  {provider.model}")

    # ── Answers ─────────────────────────────────────────────────────────────────────────────

    def _retry(self, _: str) -> None:
        last = self._control.last
        prompt = Parts() if last is None else last.prompt
        self._ask_again("again", self._control.retry, prompt, last)

    def _continue(self, _: str) -> None:
        self._ask_again("go_on", self._control.go_on, parts_of(CONTINUE_PROMPT))

    def _ask_again(
        self,
        action: str,
        ask: Callable[[], Awaitable[Turn | None]],
        prompt: Parts,
        beside: Turn | None = None,
    ) -> None:
        if reason := why_not(self._control, action):
            self._output.text(reason)
        elif self._chat.fits(prompt, beside):
            self._chat.answer(ask)

    def _reasoning(self, _: str) -> None:
        last = self._control.last
        text = last.reasoning.text if last is not None else ""
        self._output.text(text or texts.NO_REASONING)

    def _copy(self, what: str) -> None:
        text_to_copy = load("tui.cli.plain_copy:text_to_copy")
        text, name = text_to_copy(self._control, what.casefold(), self._runtime.redactor.redact)
        if text:
            copied = self._chat.run_work(self._runtime.clipboard.copy(text))
            self._output.line(copied.message(name.capitalize()))
        else:
            self._output.text(name)

    def _find(self, text: str) -> None:
        if not text:
            self._output.text(command_texts.FIND_WHAT)
            return
        hits = 0
        for number, turn in enumerate(self._control.turns, 1):
            for line in f"{turn.prompt.text}\n{turn.answer.text}".splitlines():
                if text.casefold() in line.casefold():
                    hits += 1
                    self._output.line(f"{number}: {line}")
        self._output.text(texts.HITS.format(count=Counted(hits)))

    # ── Target ──────────────────────────────────────────────────────────────────────────────

    def _model(self, name: str) -> None:
        target = self._control.both()[1]
        if name and not self._control.use_named(name):
            self._control.use(target.provider, name)
        self._output.line(texts.MODEL.format(model=self._control.both()[1].model_name))

    def _settings(self, argument: str) -> None:
        """Print the settings of this chat, or change one."""
        target = self._control.both()[1]
        if argument:
            try:
                self._output.line(set_by_words(self._control, argument))
            except SettingError as problem:
                self._output.line(str(problem))
            return
        for name in NAMES:
            self._output.line(setting_texts.LINE.format(name=name, value=setting_words(target, name)))
        self._output.text(setting_texts.HOW)

    def _edit(self, _: str) -> None:
        """Edit a message in the user's editor, and send it: the plain chat has no draft to return to."""
        edited = self._chat.run_work(self._editor.edit(""))
        text = edited.text or ""
        if edited.problem:
            self._output.line(edited.problem)
        elif not text.strip():
            self._output.text(editor_texts.PLAIN_NOTHING)
        else:
            self._output.text(text)
            self._chat.send(text)

    def _info(self, _: str) -> None:
        last = self._control.last
        if last is None:
            self._output.text(texts.NO_ANSWER)
        self._chat.report_totals()
        if last is not None and (lines := time_lines(last)):
            self._output.text(time_texts.HEAD)
            for line in lines:
                self._output.line(line)

    def _diagnose(self, _: str) -> None:
        target = self._control.both()[1]
        check = self._runtime.check(
            target.provider,
            None,
            CheckOptions(model=target.model_name),
            on_result=lambda _: None,
            on_progress=self._output.line,
        )
        report = self._chat.run_work(check.run())
        self._output.text(report_text(report, self._runtime.redactor, verbose=False).rstrip())
