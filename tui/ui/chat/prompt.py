"""The prompt: a text area in which Enter sends; the box around it decides how high it is.

Keys take effect in the order in which they were typed, also when a slow line delivers many at
once. It costs a layout of the screen only where its rows become more or fewer, has no blinking cursor,
and shows control characters of a paste as pictures while it keeps the text as it was pasted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from tui.core.invisible import is_mark
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import replace_hidden, safe_text
from tui.texts import chat as texts
from tui.ui.bindings import bindings_of
from tui.ui.textual_compat.internals import bindings_for
from tui.ui.textual_compat.own_text_area import OwnTextArea

HISTORY_LIMIT = 500
_STAND_IN = 0x100000
_TAGS = range(0xE0000, 0xE1000)
_TAG_STAND_IN = 0x10E000
_OTHER_STAND_IN = 0x10F000
_OTHERS: dict[int, str] = {}
"""The characters beyond the others that had to be hidden, as they turned up, and their private ones."""
_CODES: dict[str, str] = {}


class Prompt(OwnTextArea):
    """Edits a prompt. ``send`` gets its raw text and says whether it is on its way; until then it stays."""

    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.prompt", "text")
    HELP_TEXT: ClassVar[str] = texts.PROMPT_HELP
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.prompt")

    _rows_shown = 0

    @dataclass
    class CopyRequested(Message):
        """The selected part is to be copied."""

        text: str

    @dataclass
    class RowsChanged(Message):
        """The draft has so many rows now, as it is wrapped."""

        rows: int

    class Left(Message):
        """The person went up from an empty prompt."""

    class Ended(Message):
        """Ctrl+D on an empty prompt."""

    def __init__(self, send: Callable[[str], bool], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            compact=True,
        )
        self._send = send
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._history: list[str] = []
        self._entries: list[str] = []
        self._position = 0

    @property
    def obeys_commands(self) -> bool:
        """Whether a line that begins with a slash is a command: something can be typed."""
        return not self.read_only

    @property
    def value(self) -> str:
        """The raw text."""
        return _to_raw(self.text)

    @value.setter
    def value(self, raw: str) -> None:
        self.load_text(_to_document(raw))

    def remember(self, raw: str) -> None:
        """Add a prompt to the history, newest last."""
        if raw.strip() and (not self._history or self._history[-1] != raw):
            self._history.append(raw)
            del self._history[:-HISTORY_LIMIT]

    def offer(self, raw: str) -> bool:
        """Put a text in where the prompt is empty, selected: typing replaces it, moving keeps it.

        What the person typed meanwhile is never replaced.
        """
        if self.text.strip():
            return False
        self.value = raw
        self.select_all()
        return True

    async def on_key(self, event: events.Key) -> None:
        """Do what a key is bound to here and now.

        Textual's way round over the app would let characters that came in the same read overtake it.
        """
        for binding in bindings_for(self, event.key):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
        if event.key == "enter":
            event.prevent_default()  # bound to nothing, it breaks no line either

    async def on_paste(self, event: events.Paste) -> None:
        """Insert a paste as it came, its line ends made one kind."""
        event.prevent_default()
        event.stop()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if not self.read_only:
            result = self.replace(_to_document(text), *self.selection, maintain_selection_offset=False)
            self.move_cursor(result.end_location)
            self.focus()

    def action_send(self) -> None:
        """Send; what was sent goes from here into the history."""
        raw = self.value
        if self._send(raw):
            self.remember(raw)
            self.load_text("")
            self._entries = []

    def action_delete_right(self) -> None:
        """Delete the character under the cursor; in an empty prompt, ask to quit."""
        if self.text:
            super().action_delete_right()
        else:
            self.post_message(self.Ended())

    def action_new_line(self) -> None:
        """Break the line."""
        if not self.read_only:
            self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the start of the text to the prompt before this one."""
        if select or self.cursor_location != (0, 0):
            super().action_cursor_up(select)
        elif not self._recall(-1) and not self.text:
            self.post_message(self.Left())

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the end of a recalled prompt to the one after it."""
        if select or not self.cursor_at_end_of_text or not self._recall(1):
            super().action_cursor_down(select)

    def action_copy(self) -> None:
        """Copy the selection by the route that works; without one, the key belongs to the screen."""
        if not self.selected_text:
            raise SkipAction
        self.post_message(self.CopyRequested(_to_raw(self.selected_text)))

    def raw_of(self, text: str) -> str:
        """Return a part of the document as it was pasted."""
        return _to_raw(text)

    def shown_of(self, raw: str) -> str:
        """Return a raw text as the document keeps it."""
        return _to_document(raw)

    def discard(self) -> bool:
        """Empty the prompt; Up brings the draft back. Return whether there was one."""
        if not self.text or self.read_only:
            return False
        self.remember(self.value)
        self.load_text("")
        self._entries = []
        return True

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        return Text(_to_display(self.document.get_line(line_index)), end="", no_wrap=True)

    def _recall(self, step: int) -> bool:
        if not self._entries:
            if step > 0 or not self._history:
                return False
            self._entries = [*self._history, self.value]
            self._position = len(self._entries) - 1
        target = self._position + step
        if not 0 <= target < len(self._entries):
            return False
        self._entries[self._position] = self.value
        self._position = target
        self.value = self._entries[target]
        self.move_cursor((0, 0) if step < 0 else self.document.end)
        return True

    def height_changed(self, rows: int) -> None:
        """Tell the box around how many rows the draft has."""
        if rows != self._rows_shown:
            self._rows_shown = rows
            self.post_message(self.RowsChanged(rows))

    def on_resize(self, event: events.Resize) -> None:
        """Show the whole draft where there is room for it, else the place of the cursor."""
        if self.wrapped_document.height <= self.content_size.height:
            self.scroll_to(0, 0, animate=False)
        else:
            self.scroll_cursor_visible(animate=False)


def _is_hidden(character: str) -> bool:
    return character not in "\n\t" and safe_text(character) != character


def _to_document(raw: str) -> str:
    """Replace what must not reach a terminal by private characters of one cell each."""
    if raw.isascii() and raw.replace("\n", " ").isprintable():
        return raw
    return replace_hidden(
        raw, lambda character: character if character in "\n\t" else _stand_in(ord(character))
    )


def _stand_in(code: int) -> str:
    """Return the private character for a code; unique for every code that safe_text replaces.

    Plane 16 is all private use and no font draws it, so a paste practically never holds it.
    """
    if code in _TAGS:
        return chr(_TAG_STAND_IN + code - _TAGS.start)
    if code < 0xFFFE:
        return chr(_STAND_IN + code)
    stand_in = _OTHERS.setdefault(code, chr(_OTHER_STAND_IN + len(_OTHERS)))
    _CODES[stand_in] = chr(code)
    return stand_in


def _original(character: str) -> str:
    code = ord(character)
    if code < _STAND_IN:
        return character
    if _TAG_STAND_IN <= code < _TAG_STAND_IN + len(_TAGS):
        return chr(_TAGS.start + code - _TAG_STAND_IN)
    if character in _CODES:
        return _CODES[character]
    original = chr(code - _STAND_IN)
    return original if _is_hidden(original) or is_mark(original) else character


def _to_raw(text: str) -> str:
    return text if text.isascii() else text.translate(_ORIGINALS)


def _to_display(text: str) -> str:
    return text if text.isascii() else text.translate(_PICTURES)


def _picture(character: str) -> str:
    original = _original(character)
    if original == character:
        return character
    return "\ufffd" if is_mark(original) else safe_text(original)


class _Table(dict[int, str]):
    """A table for ``str.translate`` that is filled as characters turn up."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        self[code] = self._of(chr(code))
        return self[code]


_ORIGINALS = _Table(_original)
_PICTURES = _Table(_picture)
