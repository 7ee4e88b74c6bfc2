"""The prompt: a text area in which Enter sends; the box around it sets its height.

Keys take effect in the order in which they were typed, even if a slow connection delivers many at once. A
layout is only caused by a change in the number of rows; the cursor does not blink; control characters in a
paste are shown as symbols, while the text is kept unchanged.
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
"""Key groups with precedence while active, before those that are always there."""
_OF_SEARCH = frozenset({"recall", "take_found", "end_search", "delete_left", "copy"})
"""Actions that belong to a search; any other key accepts the match and then does its work."""
_WHEN_SEARCHING = frozenset({"take_found", "end_search"})
_MOST_WORD = 42
"""The most characters of a pasted command that are shown."""


def _no_values(_: Command | None) -> Iterable[tuple[str, str]]:
    return ()


class Prompt(CompletingArea):
    """Edits a prompt. ``send`` receives its raw text and returns whether it was sent."""

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
    """Several lines that arrived at once were pasted, even if an Enter between them would send."""
    is_streaming = False
    """Whether an answer streams: then Esc stops it, before cancelling an edit."""
    _rows_shown = 0
    _model = ""
    _invitation = ""
    _edit: Edited | None = None
    _search: PromptSearch | None = None
    _recalled = ""
    """The prompt that was recalled last."""
    _pasted_word = ""
    """The first word, if its slash was pasted: while unchanged, it is not a command."""

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
        """Whether a line that begins with a slash is a command."""
        return not self.read_only

    @property
    def line(self) -> str:
        """The raw text as it would have to be typed: commands and presets in a paste are text."""
        raw = self.value
        return line_of(raw) if self._pasted_word and request_of(raw) is not None else raw

    def remember(self, raw: str) -> None:
        """Add a prompt to the history, as the newest."""
        self._history.remember(raw)

    def offer(self, raw: str) -> bool:
        """Insert a selected text if the prompt is empty: typing replaces it, moving keeps it.

        Text typed meanwhile is never replaced.
        """
        if self.text.strip():
            return False
        self.value = raw
        self.select_all()
        return True

    async def on_key(self, event: events.Key) -> None:
        """Run the action of a key directly.

        On Textual's way through the app, characters that arrived in the same read would overtake it.
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
            event.prevent_default()  # an unbound variant of Enter must not insert a line break

    async def on_paste(self, event: events.Paste) -> None:
        """Insert a paste with normalised line ends."""
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
                self.open_paste(self.flat_text.index(token))  # pasted twice, it is expanded
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
        """Return the first word if it looks like a command; otherwise empty."""
        line = self.pastes.raw(self.document.get_line(0))
        return line.split(maxsplit=1)[0] if line.startswith("/") else ""

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; editing a pasted command makes it a command."""
        result = super().edit(edit)
        if self._pasted_word and self._command_word != self._pasted_word:
            self._pasted_word = ""
        return result

    def load_text(self, text: str) -> None:
        """Show a new text that was not pasted."""
        super().load_text(text)
        self._pasted_word = ""

    def action_send(self) -> None:
        """Send, and add the sent text to the history, as it would have to be typed."""
        line = self.line
        pasted = safe_line(self._pasted_word, _MOST_WORD) if line != self.value else ""
        if self._send(line):
            if pasted:
                self.app.notify(PASTED_AS_TEXT.format(word=pasted), timeout=4)
            self._put_away(line)

    def _put_away(self, raw: str) -> None:
        """Move a draft to the history, and show the one from before an edit."""
        self.remember(raw)
        self._end_edit()

    def action_delete_right(self) -> None:
        """Delete the character under the cursor; in an empty prompt, ask to quit."""
        if self.text:
            super().action_delete_right()
        else:
            self.post_message(self.Ended())

    def action_new_line(self) -> None:
        """Insert a line break."""
        if not self.read_only:
            self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the first wrapped line, to the previous prompt.

        At the end of a recalled prompt, continue to the next older one, however many lines it has.
        """
        is_walking = self.text == self._recalled and self.cursor_at_end_of_text
        if select or (self._row_of_cursor > 0 and not is_walking) or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the last wrapped line of a recalled prompt, to the next one."""
        is_in_last = self._row_of_cursor >= self.wrapped_document.height - 1
        if select or not is_in_last or not self._recall(1):
            super().action_cursor_down(select)

    @property
    def _row_of_cursor(self) -> int:
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def action_copy(self) -> None:
        """Copy the selection; without one, the key belongs to the screen."""
        if self._search is not None:
            self.action_end_search()
            return
        if not self.selected_text:
            raise SkipAction
        self.post_message(self.CopyRequested(self.pastes.raw(self.selected_text)))

    def discard(self) -> bool:
        """Clear the prompt, from where Up restores the draft; return whether there was one."""
        if not self.text or self.read_only:
            return False
        self._put_away(self.line)
        return True

    # ── Editing a sent message ──────────────────────────────────────────────────────────────

    @property
    def edited(self) -> Turn | None:
        """The turn whose prompt is being edited."""
        return None if self._edit is None else self._edit.turn

    @property
    def unsent(self) -> str:
        """The text that would be lost: the draft, or an edit with changes."""
        if self._edit is None or self._is_edit_changed:
            return self.line
        return self._edit.draft

    @property
    def _is_edit_changed(self) -> bool:
        return self._edit is not None and bool(self.value.strip()) and self.value != self._edit.raw

    def begin_edit(self, turn: Turn, number: int) -> None:
        """Show a sent message for editing; the draft is restored afterwards."""
        draft = self.line if self._edit is None else self._edit.draft
        raw = line_of(turn.prompt.words)
        self._edit = Edited(turn, number, raw, draft)
        self._history.end_walk()
        self.value = raw
        self.move_cursor(self.document.end)
        self._edit_changed()

    def action_cancel_edit(self) -> None:
        """Restore the draft from before the edit; Up restores the changes."""
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

    # ── Search in the prompt history ────────────────────────────────────────────────────────

    def name_model(self, model: str) -> None:
        """Show the next model in the border."""
        self._model = safe_line(model, 100)
        self.show_title()

    def show_title(self) -> None:
        """Show the model, the edited message, or the match of a search in the border."""
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
        """Search in the history, or go to the next older match."""
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
        """Delete the character before the cursor; in a search, undo its last step."""
        if self._search is None:
            super().action_delete_left()
        else:
            self._search.erase()
            self.show_title()

    def action_take_found(self) -> None:
        """Use the matching prompt, from where Down leads back to the draft."""
        hit = self._search.hit if self._search is not None else None
        self._set_search(None)
        if hit is not None:
            index, start = hit
            self.value = prompt = self._history.jump(index, self.line)
            self.flat_move(len(to_document(prompt[:start])))

    def action_end_search(self) -> None:
        """Cancel the search and keep the draft."""
        self._set_search(None)

    def action_external_editor(self) -> None:
        """Edit the message, or the match of a search, in the user's editor."""
        if self._search is not None:
            self.action_take_found()
        super().action_external_editor()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of a search or a list while there is none."""
        if action in _WHEN_SEARCHING:
            return self._search is not None
        if action == "open_paste":
            return bool(self.pastes.within(self.text))
        if action == "cancel_edit":
            return self._edit is not None and not self.is_streaming
        return super().check_action(action, parameters)

    def on_blur(self) -> None:
        """End a search and close the list."""
        if self._search is not None:
            self.action_end_search()
        self.action_close_completions()

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def get_line(self, line_index: int) -> Text:
        """Return a line as drawn."""
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
        """Notify the surrounding box about the number of rows."""
        if rows != self._rows_shown:
            self._rows_shown = rows
            self.post_message(self.RowsChanged(rows))

    def invite(self, words: str) -> None:
        """Show what can be done while the prompt is empty."""
        self._invitation = safe_line(words)
        self._show_invitation()

    def _show_invitation(self) -> None:
        room = self.content_size.width or self.app.size.width
        words = Content(self._invitation).truncate(max(1, room), ellipsis=True)
        if str(self.placeholder) != words.plain:
            self.placeholder = words

    def on_resize(self, event: events.Resize) -> None:
        """Show the whole draft if there is room, otherwise the cursor."""
        self._show_invitation()
        if self.wrapped_document.height <= self.content_size.height:
            self.scroll_to(0, 0, animate=False)
        else:
            self.scroll_cursor_visible(animate=False)
