"""The prompt: a text area in which Enter sends; the box around it sets its height.

Keys take effect in the order in which they were typed, even if a slow connection delivers many at once. The
screen is laid out again only when the number of rows changes; the cursor does not blink; control characters
of a paste are shown as pictures, while the text is kept unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult

from tui.core.commands import Command, line_of, request_of
from tui.core.completion import Values
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.texts import chat as texts
from tui.texts.commands import PASTED_AS_TEXT
from tui.ui.bindings import bindings_of
from tui.ui.chat.completing_area import CompletingArea
from tui.ui.chat.edited import Edited, edit_words
from tui.ui.chat.mentioning import PathsFound
from tui.ui.chat.prompt_search import PromptSearch
from tui.ui.chat.prompt_text import to_display, to_document
from tui.ui.chat.recall import PromptHistory
from tui.ui.shell.offers import working_key_of
from tui.ui.textual_compat.bursts import Burst
from tui.ui.textual_compat.internals import bindings_for

_GROUPS = ("chat.recall", "chat.completion", "chat.edit", "chat.prompt")
"""What has a key first while it is open, before what is always there."""
_OF_SEARCH = frozenset({"recall", "take_found", "end_search", "delete_left", "copy"})
"""What a key does to a search; any other one uses what was found and then does its work."""
_WHEN_SEARCHING = frozenset({"take_found", "end_search"})
_MOST_WORD = 42
"""How many characters of a pasted command are shown."""


def _no_values(_: Command | None) -> Iterable[tuple[str, str]]:
    return ()


class Prompt(CompletingArea):
    """Edits a prompt. ``send`` gets its raw text and returns whether it was sent; else it stays."""

    KEY_GROUPS: ClassVar[tuple[str, ...]] = (
        "chat.prompt",
        "chat.edit",
        "chat.recall",
        "chat.completion",
        "text",
    )
    HELP_TEXT: ClassVar[str] = texts.PROMPT_HELP
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*_GROUPS)

    takes_bursts: ClassVar[bool] = True
    """Several lines that came at once were pasted, wherever an Enter between them would send."""
    is_streaming = False
    """Whether an answer streams: Esc stops it, and cancels an edit only then."""
    _rows_shown = 0
    _model = ""
    _edit: Edited | None = None
    _search: PromptSearch | None = None
    _recalled = ""
    """The text of the prompt that was recalled last."""
    _pasted_word = ""
    """The first word, if its slash was pasted: while it is unchanged, it is not a command."""

    @dataclass
    class CopyRequested(Message):
        """The selection should be copied."""

        text: str

    @dataclass
    class RowsChanged(Message):
        """The number of wrapped rows of the draft has changed."""

        rows: int

    class Ended(Message):
        """Ctrl+D on an empty prompt."""

    def __init__(
        self,
        send: Callable[[str], bool],
        values: Values = _no_values,
        paths: PathsFound | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(
            values,
            paths,
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            compact=True,
        )
        self._send = send
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._history = PromptHistory()

    @property
    def obeys_commands(self) -> bool:
        """Whether a line that begins with a slash is a command: something can be typed."""
        return not self.read_only

    @property
    def line(self) -> str:
        """The raw text as it would have to be typed: a command or a preset in a paste is text."""
        raw = self.value
        return line_of(raw) if self._pasted_word and request_of(raw) is not None else raw

    def remember(self, raw: str) -> None:
        """Add a prompt to the history, newest last."""
        self._history.remember(raw)

    def offer(self, raw: str) -> bool:
        """Insert a selected text if the prompt is empty: typing replaces it, moving keeps it.

        What the user typed meanwhile is never replaced.
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
        if self._search is not None and event.is_printable:
            self._type_into_search(event.character or "")
            event.stop()
            event.prevent_default()
            return
        for binding in bindings_for(self, event.key):
            if self._search is not None and binding.action not in _OF_SEARCH:
                self.action_take_found()
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
        if isinstance(event, Burst):
            send = working_key_of(self, "prompt.send")
            self.app.notify(texts.LINES_AT_ONCE.format(send=send), timeout=6)
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if self._search is not None:
            self._type_into_search(text)
        elif not self.read_only:
            token = self.pastes.token(text)
            if token is not None and token in self.text:
                self.open_paste(self.flat_text.index(token))  # pasted twice, it is to be seen
            else:
                self._insert_paste(text, token)
            self.focus()

    def _insert_paste(self, text: str, token: str | None) -> None:
        self.mentioning.pasted(text if token is None else "")
        is_pasted = bool(self._pasted_word) or min(self.selection) == (0, 0)
        shown = to_document(text) if token is None else token
        result = self.replace(shown, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)
        self._pasted_word = self._command_word if is_pasted else ""

    @property
    def _command_word(self) -> str:
        """The word with which a command would begin; empty: it does not begin with a slash."""
        line = self.pastes.raw(self.document.get_line(0))
        return line.split(maxsplit=1)[0] if line.startswith("/") else ""

    def edit(self, edit: Edit) -> EditResult:
        """Change the text: editing a pasted command makes it a command."""
        result = super().edit(edit)
        if self._pasted_word and self._command_word != self._pasted_word:
            self._pasted_word = ""
        return result

    def load_text(self, text: str) -> None:
        """Show another text, which was not pasted."""
        super().load_text(text)
        self._pasted_word = ""

    def action_send(self) -> None:
        """Send; what was sent goes from here into the history, as it has to be typed."""
        line = self.line
        pasted = safe_line(self._pasted_word, _MOST_WORD) if line != self.value else ""
        if self._send(line):
            if pasted:
                self.app.notify(PASTED_AS_TEXT.format(word=pasted), timeout=4)
            self._put_away(line)

    def _put_away(self, raw: str) -> None:
        """Put a draft into the history, and show the one from before an edit."""
        self.remember(raw)
        self._end_edit()

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
        """Move up; from the first line, as it is wrapped, to the prompt before this one.

        From the end of a prompt that was recalled the walk goes on, however many lines it has.
        """
        is_walking = self.text == self._recalled and self.cursor_at_end_of_text
        if select or (self._row_of_cursor > 0 and not is_walking) or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the last line, as it is wrapped, of a recalled prompt to the one after it."""
        is_in_last = self._row_of_cursor >= self.wrapped_document.height - 1
        if select or not is_in_last or not self._recall(1):
            super().action_cursor_down(select)

    @property
    def _row_of_cursor(self) -> int:
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def action_copy(self) -> None:
        """Copy the selection by the route that works; without one, the key belongs to the screen."""
        if self._search is not None:
            self.action_end_search()
            return
        if not self.selected_text:
            raise SkipAction
        self.post_message(self.CopyRequested(self.pastes.raw(self.selected_text)))

    def discard(self) -> bool:
        """Empty the prompt; Up brings the draft back. Return whether there was one."""
        if not self.text or self.read_only:
            return False
        self._put_away(self.line)
        return True

    # ── Editing a message that was sent ─────────────────────────────────────────────────────

    @property
    def edited(self) -> Turn | None:
        """The turn whose prompt is edited."""
        return None if self._edit is None else self._edit.turn

    @property
    def unsent(self) -> str:
        """What would be lost: the draft, of an edit only where something was changed."""
        if self._edit is None or self._is_edit_changed:
            return self.line
        return self._edit.draft

    @property
    def _is_edit_changed(self) -> bool:
        return self._edit is not None and bool(self.value.strip()) and self.value != self._edit.raw

    def begin_edit(self, turn: Turn, number: int) -> None:
        """Show a message that was sent, to be edited; the draft comes back afterwards."""
        draft = self.line if self._edit is None else self._edit.draft
        raw = line_of(turn.prompt.words)
        self._edit = Edited(turn, number, raw, draft)
        self._history.end_walk()
        self.value = raw
        self.move_cursor(self.document.end)
        self._edit_changed()

    def action_cancel_edit(self) -> None:
        """Show the draft from before the edit, or none; Up brings back what was changed."""
        if self._is_edit_changed:
            self.remember(self.line)
        self._end_edit()

    def _end_edit(self) -> None:
        self._history.end_walk()
        edit, self._edit = self._edit, None
        self.value = "" if edit is None else edit.draft
        if edit is not None:
            self.move_cursor(self.document.end)
            self._edit_changed()

    def _edit_changed(self) -> None:
        self.show_title()
        self.refresh_bindings()

    # ── Search in the prompts ───────────────────────────────────────────────────────────────

    def name_model(self, model: str) -> None:
        """Say in the border which model is asked next."""
        self._model = safe_line(model, 100)
        self.show_title()

    def show_title(self) -> None:
        """Say which model is asked, what is edited, or what is found while the draft stays in the box."""
        title = Content(self._title())
        if self.border_title != title.markup:
            self.border_title = title

    def _title(self) -> str:
        if self._search is not None:
            return self._search.words
        if self._edit is None:
            return self._model
        return edit_words(self, self._edit.number)

    def action_recall(self) -> None:
        """Search in the prompts, or go to the next older one that matches."""
        if self._search is None and not self.read_only:
            self._set_search(PromptSearch(self._history.prompts))
        elif self._search is not None and not self._search.older():
            self.app.bell()
        self.show_title()

    def _set_search(self, search: PromptSearch | None) -> None:
        self._search = search
        self.show_title()
        self.refresh_bindings()

    def _type_into_search(self, text: str) -> None:
        if self._search is not None:
            self._search.type(text)
            self.show_title()

    def action_delete_left(self) -> None:
        """Delete the character before the cursor; in a search, take back its last step."""
        if self._search is None:
            super().action_delete_left()
        else:
            self._search.erase()
            self.show_title()

    def action_take_found(self) -> None:
        """Use the prompt that was found; Down leads from it back to the draft."""
        hit = self._search.hit if self._search is not None else None
        self._set_search(None)
        if hit is not None:
            index, start = hit
            self.value = prompt = self._history.jump(index, self.line)
            self.flat_move(len(to_document(prompt[:start])))

    def action_end_search(self) -> None:
        """Cancel the search; the draft is what it was."""
        self._set_search(None)

    def action_external_editor(self) -> None:
        """Edit the message in the user's editor; one that was found comes along."""
        if self._search is not None:
            self.action_take_found()
        super().action_external_editor()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a search and of a list to the chat while there is none."""
        if action in _WHEN_SEARCHING:
            return self._search is not None
        if action == "open_paste":
            return bool(self.pastes.within(self.text))
        if action == "cancel_edit":
            return self._edit is not None and not self.is_streaming
        return super().check_action(action, parameters)

    def on_blur(self) -> None:
        """End what belongs to the keys that come here."""
        if self._search is not None:
            self.action_end_search()
        self.action_close_completions()

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        return Text(to_display(self.document.get_line(line_index)), end="", no_wrap=True)

    def _recall(self, step: int) -> bool:
        prompt = self._history.step(step, self.line)
        if prompt is None:
            return False
        self.value = prompt
        self.move_cursor(self.document.end)
        self._recalled = self.text
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
