"""The slash commands of the prompt: each is the action of a key, possibly with an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.actions import ActionParseResult

from tui.core.chat_settings import SettingError
from tui.core.commands import Command, message_of, number_of, place_of, request_of, shown_number
from tui.runtime.chat_actions import why_not
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_settings import set_by_words
from tui.runtime.command_values import command_values
from tui.runtime.presets import Presets
from tui.texts import branches as branch_texts
from tui.texts import chat as texts
from tui.texts.commands import NO_PROVIDER, NO_SUCH_COPY
from tui.ui.bindings import BY_IDENTIFIER
from tui.ui.shell.base import LmdeckScreen

_COPIES = {"answer": "copy_answer", "code": "copy_code", "reasoning": "copy_reasoning", "all": "copy_all"}


class Commands:
    """Runs the commands typed into the prompt of a chat, and sends everything else.

    ``send``: sends a message and returns whether it was sent. ``show``: shows the change. ``queue``: runs a
    queue command and returns whether it was understood. ``refuse``: says why a command was not obeyed.
    """

    def __init__(
        self,
        screen: LmdeckScreen[None],
        chat: ChatControl,
        send: Callable[[str], bool],
        show: Callable[[], None],
        queue: Callable[[str], bool],
        refuse: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._send = send
        self._show = show
        self._refuse = refuse
        self._presets = Presets(chat)
        self._with_argument: dict[str, Callable[[str], bool]] = {
            "model": self._use_model,
            "rename": self._rename,
            "find": self._find,
            "copy": self._copy,
            "edit": self._edit,
            "previous": partial(self._variant, -1),
            "next": partial(self._variant, 1),
            "branches": self._branch,
            "settings": self._set,
            "queue": queue,
            "attach": self._attach,
            "export": partial(self._do, "export"),
        }

    def enter(self, line: str) -> bool:
        """Run a command or send a message; return whether that succeeded.

        Otherwise the text stays in the prompt.
        """
        request = request_of(line)
        if request is None:
            return self._send(message_of(line))
        if request.command is None:
            return self._call_preset(line, request.problem)
        if request.argument:
            return self._with_argument[request.command.name](request.argument)
        return self._act(request.command)

    def values(self, command: Command | None) -> Iterator[tuple[str, str]]:
        """Return the possible arguments of a command, with descriptions; ``None`` for the presets."""
        return self._presets.names() if command is None else command_values(self._chat, command)

    def _call_preset(self, line: str, problem: str) -> bool:
        """Send the message that a preset makes of a line; ``problem`` is the error without a preset."""
        before = self._chat.target
        called = self._presets.call(line, problem)
        if called.problem:
            self._refuse(called.problem)
            return False
        if called.message.strip() and not self._send(called.message):
            self._chat.target = before
            return False
        self._show()
        self._screen.notify(called.said, timeout=4)
        return True

    def _act(self, command: Command) -> bool:
        """Run the action of a command."""
        action = BY_IDENTIFIER[command.action].action
        return self._run(action.partition("(")[0], action)

    def _do(self, action: str, *arguments: object) -> bool:
        return self._run(action, ("", action, arguments))

    def _run(self, action: str, call: ActionParseResult | str) -> bool:
        """Run an action, or show why it is not possible."""
        if reason := why_not(self._chat, action):
            self._refuse(reason)
            return False
        self._screen.call_later(self._screen.app.run_action, call, self._screen)
        return True

    def _use_model(self, name: str) -> bool:
        """Use another model of the provider, or another provider, by name."""
        if not self._chat.use_named(name):
            if self._chat.target is None:
                self._refuse(NO_PROVIDER)
                return False
            self._chat.use(self._chat.target.provider, name)
        self._show()
        return True

    def _set(self, argument: str) -> bool:
        """Change one setting of this chat, and show its new value."""
        if self._chat.target is None:
            self._refuse(NO_PROVIDER)
            return False
        try:
            said = set_by_words(self._chat, argument)
        except SettingError as problem:
            self._refuse(str(problem))
            return False
        self._show()
        self._screen.notify(said, timeout=4)
        return True

    def _rename(self, title: str) -> bool:
        if self._chat.session is None:
            self._refuse(texts.STILL_OPENING)
            return False
        if reason := why_not(self._chat, "rename"):
            self._refuse(reason)
            return False
        self._chat.session.rename(title)
        self._show()
        return True

    def _find(self, text: str) -> bool:
        return self._do("find", text)

    def _attach(self, reference: str) -> bool:
        return self._do("attach", reference)

    def _edit(self, number: str) -> bool:
        return self._of_message("edit", number)

    def _variant(self, step: int, number: str) -> bool:
        return self._of_message("variant", number, step)

    def _branch(self, number: str) -> bool:
        """Show the branch of a row of the tree."""
        count = len(self._chat.branches)
        place = place_of(number, count)
        if place is None:
            self._refuse(branch_texts.NO_SUCH_ROW.format(number=shown_number(number), count=count))
            return False
        return self._do("branches", place + 1)

    def _of_message(self, action: str, number: str, *parameters: int) -> bool:
        """Run an action for the message with a number."""
        count = len(self._chat.turns)
        place = place_of(number, count)
        if place is None:
            self._refuse(texts.NO_SUCH_MESSAGE.format(number=shown_number(number), count=count))
            return False
        return self._do(action, *parameters, place + 1)

    def _copy(self, what: str) -> bool:
        number = number_of(what)
        action = _COPIES.get(what.casefold()) if number is None else "copy_code"
        if action is None:
            self._refuse(NO_SUCH_COPY)
            return False
        return self._do(action) if number is None else self._do(action, number)
