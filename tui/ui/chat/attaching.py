"""The files of a message: suggested while they are mentioned, read in threads when it is sent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tui.core.attachment import Attached, attached
from tui.core.commands import line_of
from tui.core.failure import LmdeckError
from tui.core.mentions import MARK, filled_in, mention_of, mentions
from tui.core.parts import ImagePart, Parts
from tui.core.server_words import failure_text
from tui.core.turn import Turn
from tui.runtime.attaching import Draft
from tui.runtime.chat_control import ChatControl
from tui.texts import attachments as texts
from tui.ui.background import in_background
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_box import PromptBox
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import ConfirmDialog


class Attaching:
    """Attaches files to the messages of a chat.

    ``start``: sends a message with its files, or shows why not. ``edit``: puts a message into the prompt.
    ``refuse``: says why a message stays in the prompt.
    """

    def __init__(
        self,
        screen: LmdeckScreen[None],
        chat: ChatControl,
        start: Callable[[str, Attached, Turn | None], bool],
        edit: Callable[[Turn], None],
        refuse: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._start = start
        self._edit = edit
        self._refuse = refuse
        self._is_reading = False
        """Whether a message waits for its files, or for the context length of its model."""

    @property
    def _prompt(self) -> Prompt:
        return self._screen.query_one(Prompt)

    def look(self) -> None:
        """Search for files to suggest, in a background thread."""
        index = self._chat.files.index
        if index.begin():
            tell = partial(self._screen.call_later, self._prompt.show_paths)
            threading.Thread(target=index.scan, args=(tell,), name="paths", daemon=True).start()

    def attach(self, reference: str) -> None:
        """Mention files in the message, if they can be attached; without a name, list suggestions."""
        if reference:
            in_background(self._screen, self._mention, reference, name="attach", group="files")
        else:
            self._prompt.focus()
            self._prompt.mention(MARK)

    async def _mention(self, reference: str) -> None:
        files = self._chat.files
        try:
            names = await asyncio.to_thread(files.asked_for, reference)
            await asyncio.to_thread(lambda: attached(files.read_all(names)))
        except LmdeckError as error:
            self._screen.notify(failure_text(error.failure), severity="warning", timeout=8)
            return
        self._prompt.focus()
        for name in names:
            self._prompt.mention(f"{mention_of(name)} ")

    def preview(self) -> None:
        """Show the attachments of the draft in the prompt's border, after reading them."""
        words = self._prompt.value
        if next(mentions(words), None) is None:
            self._show(Parts())
        else:
            draft = Draft(frozenset(self._prompt.mentioning.only_words))
            in_background(
                self._screen, self._preview, words, draft, name="preview", group="preview", exclusive=True
            )

    async def _preview(self, words: str, draft: Draft) -> None:
        found = await asyncio.to_thread(self._chat.files.preview, words, draft)
        self._show(found.message(""))

    def _show(self, files: Parts) -> None:
        self._screen.query_one(PromptBox).show_attached(files)

    def open(self, turn: Turn, show: Callable[[Turn, Mapping[str, bytes]], None]) -> None:
        """Show the contents of a turn's attachments, after reading them."""
        in_background(self._screen, self._read_and_show, turn, show, name="attached", group="attached")

    async def _read_and_show(self, turn: Turn, show: Callable[[Turn, Mapping[str, bytes]], None]) -> None:
        if self._chat.session is not None:
            show(turn, await asyncio.to_thread(self._chat.session.attached, turn))

    def needs_files(self, text: str, edited: Turn | None) -> bool:
        """Return whether files must be read before sending a message."""
        return (
            self._is_reading
            or next(mentions(text), None) is not None
            or (edited is not None and bool(edited.prompt.blobs))
        )

    def send(self, text: str, edited: Turn | None) -> bool:
        """Send a message after reading its files; return whether that has begun."""
        if self._is_reading:
            self._refuse(texts.READING)
            return False
        mentioning = self._prompt.mentioning
        draft = Draft(
            mentioning.only_words | filled_in(text, self._prompt.value),
            frozenset(mentioning.chosen_paths),
            edited.prompt.words if edited is not None else "",
            edited.prompt.blobs if edited is not None else (),
        )
        self._is_reading = True
        in_background(self._screen, self._read_and_send, text, draft, edited, name="files", group="files")
        return True

    async def _read_and_send(self, text: str, draft: Draft, edited: Turn | None) -> None:
        try:
            files = await asyncio.to_thread(self._chat.files.mentioned, text, draft)
            await self._chat.context.look_before(files.message(text))
            is_refused = _has_images(files) and await asyncio.to_thread(self._chat.refuses_images)
        except LmdeckError as error:
            self._give_back(text, edited)
            self._refuse(failure_text(error.failure))
            return
        finally:
            self._is_reading = False
        for name in files.changed:
            self._screen.notify(texts.CHANGED.format(name=name), timeout=6)
        secrets = self._chat.files.secrets(files.parts)
        questions: list[ConfirmDialog] = []
        if secrets:
            title = texts.SEND_SECRETS.format(names=", ".join(secrets))
            questions.append(ConfirmDialog(title, texts.SECRETS, yes=texts.SEND))
        if is_refused:
            body = self._chat.about_images(texts.REFUSED_BEFORE)
            questions.append(ConfirmDialog(texts.SEND_IMAGES, body, yes=texts.SEND))

        def start() -> None:
            self._chat.files.allow(secrets)
            if not self._start(text, files, edited):
                self._give_back(text, edited)

        self._ask(questions, start, lambda: self._give_back(text, edited))

    def _ask(
        self, questions: Sequence[ConfirmDialog], start: Callable[[], None], keep: Callable[[], None]
    ) -> None:
        """Ask several questions; ``start`` if all answers are yes, otherwise ``keep``."""
        if not questions:
            start()
            return
        first, *others = questions

        def answered(answer: str | None) -> None:
            if answer == "yes":
                self._ask(others, start, keep)
            else:
                keep()

        self._screen.app.push_screen(first, answered)

    def _give_back(self, text: str, edited: Turn | None) -> None:
        """Put an unsent message back into the prompt, or into the history if that is not empty."""
        prompt, line = self._prompt, line_of(text)
        if edited is not None and any(turn is edited for turn in self._chat.turns):
            self._edit(edited)
        elif prompt.text.strip():
            return
        prompt.value = line
        prompt.move_cursor(prompt.document.end)


def _has_images(files: Attached) -> bool:
    return any(isinstance(part, ImagePart) for part in files.parts)
