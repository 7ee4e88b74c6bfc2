"""One row of the form: a label, what edits the value, and below it what is wrong and what to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from tui.core.lazy_dataclass import dataclass
from tui.core.provider_field import Kind, ProviderField
from tui.core.provider_rules import FieldProblem
from tui.core.safe_text import safe_line, safe_text
from tui.ui.bindings import bindings_of
from tui.ui.providers.api_key_field import ApiKeyField
from tui.ui.providers.model_field import ModelField
from tui.ui.shell.choice_field import ChoiceField
from tui.ui.shell.plain_input import PlainInput


class PlainArea(TextArea):
    """Several lines of text without a blinking cursor; Tab leaves it."""

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            text,
            id=id,
            compact=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False


class FormRow(Vertical):
    """A row of the form. Its problems are shown as text with a sign, never by colour alone."""

    @dataclass
    class Changed(Message):
        """The value is another one now."""

        name: str

    @dataclass
    class Left(Message):
        """The focus has left the row."""

        name: str

    class Resized(Message):
        """The row takes more or fewer lines: what lies below has moved."""

    def __init__(self, field: ProviderField, value: str) -> None:
        super().__init__(id=f"row-{field.name}")
        self.field = field
        self.help_text = f"{field.label}: {field.help}"
        self._value = value
        self._note: Content | None = None
        self._problem: FieldProblem | None = None

    def compose(self) -> ComposeResult:
        """Lay the label beside the editor, notes and problems below."""
        with Horizontal(classes="form-line"):
            yield Label(Content(self.field.label), classes="form-label")
            yield self._editor()
        yield Static(classes="form-note")
        yield Static(classes="form-problem")

    def on_mount(self) -> None:
        """Begin without a note, and with what was found before the row was laid out."""
        self.query_one(".form-note").display = False
        self._show_problem()

    def _editor(self) -> Widget:
        field, identity = self.field, f"field-{self.field.name}"
        if field.choices:
            return ChoiceField(field.choices, self._value, id=identity)
        if field.kind is Kind.LOCKED:
            return Static(Content(safe_line(self._value)), id=identity, classes="form-locked")
        if field.is_long:
            return PlainArea(self._value, id=identity)
        if field.kind is Kind.MODEL:
            return ModelField(self._value, field.placeholder, field_id=identity)
        if field.kind is Kind.KEY:
            return ApiKeyField(self._value, field.placeholder, id=identity)
        return PlainInput(self._value, field.placeholder, id=identity)

    @property
    def editor(self) -> Widget:
        """What edits the value."""
        return self.query_one(f"#field-{self.field.name}")

    @property
    def value(self) -> str:
        """The text of the field, laid out or not."""
        if not self.is_mounted:
            return self._value
        editor = self.editor
        if isinstance(editor, TextArea):
            return editor.text
        if isinstance(editor, Input | ChoiceField):
            return editor.value
        return self._value

    @value.setter
    def value(self, text: str) -> None:
        is_same = text == self.value
        self._value = text
        if is_same or not self.is_mounted:
            return
        editor = self.editor
        if isinstance(editor, TextArea):
            editor.text = text
            editor.move_cursor(editor.document.end)
        elif isinstance(editor, Input):
            editor.value = text
            editor.action_end()
        elif isinstance(editor, ChoiceField):
            editor.value = text
        elif isinstance(editor, Static):
            editor.update(Content(safe_line(text)))

    def note(self, content: Content | None) -> None:
        """Show a quiet line under the field, or none."""
        if content == self._note:
            return
        self._note = content
        widget = self.query_one(".form-note", Static)
        widget.display = content is not None
        widget.update(content or Content(""))

    def show_problems(self, problems: Sequence[FieldProblem]) -> None:
        """Show the first problem, which is the gravest, and the repair it offers; without one, nothing."""
        problem = problems[0] if problems else None
        if problem == self._problem:
            return
        self._problem = problem
        if self.is_mounted:
            self._show_problem()

    def _show_problem(self) -> None:
        problem = self._problem
        self.set_class(problem is not None and problem.is_error, "-error")
        widget = self.query_one(".form-problem", Static)
        widget.display = problem is not None
        widget.update(_problem_text(problem) if problem else Content(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the form."""
        event.stop()
        self.post_message(self.Changed(self.field.name))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell the form."""
        event.stop()
        self.post_message(self.Changed(self.field.name))

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Tell the form."""
        event.stop()
        self.post_message(self.Changed(self.field.name))

    def on_resize(self) -> None:
        """Tell the form."""
        self.post_message(self.Resized())

    def on_descendant_focus(self) -> None:
        """Mark the row; the pseudo-class for it comes one focus too late (seen in Textual 8.2.8)."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Tell the form."""
        self.remove_class("-focused")
        self.post_message(self.Left(self.field.name))


class FormScroll(VerticalScroll):
    """Scrolls the rows as little as shows the whole one that has the focus, and what is wrong there."""

    _is_due = False

    @property
    def focused_row(self) -> FormRow | None:
        """The row that has the focus."""
        focused = self.screen.focused
        rows = (node for node in focused.ancestors if isinstance(node, FormRow)) if focused else ()
        return next(iter(rows), None)

    @property
    def focused_name(self) -> str | None:
        """The name of the field that has the focus."""
        row = self.focused_row
        return row.field.name if row is not None else None

    def on_descendant_focus(self) -> None:
        """Show the whole row, not its field alone."""
        self._keep_in_sight()

    def on_form_row_resized(self) -> None:
        """A message came or went: the row that has the focus may have moved out of sight."""
        self._keep_in_sight()

    def on_resize(self) -> None:
        """The same for a window of another size."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._show)

    def show_later(self, row: FormRow) -> None:
        """Show a row once it is laid out, as far as the one with the focus stays in sight."""
        self.call_after_refresh(self._show, row)

    def _show(self, first: FormRow | None = None) -> None:
        self._is_due = False
        for row in (first, self.focused_row):
            if row is not None:
                self.scroll_to_widget(row, animate=False, immediate=True)

    def has_room(self, other: FormRow, tail: int) -> bool:
        """Return whether another row with so many lines more can be seen beside the one with the focus."""
        row = self.focused_row
        if row is None or row is other:
            return True
        places = (row.virtual_region, other.virtual_region)
        height = max(place.bottom for place in places) + tail - min(place.y for place in places)
        return height <= self.scrollable_content_region.height


class EditScroll(FormScroll, inherit_bindings=False):
    """Leaves the arrows to the form, which goes from field to field."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.scroll")


def _problem_text(problem: FieldProblem) -> Content:
    sign, colour = ("✗", "$text-error") if problem.is_error else ("!", "$text-warning")
    text = Content.styled(f"{sign} {safe_text(problem.message)}", colour)
    if problem.repair is None:
        return text
    is_said = problem.field == "api_key" or problem.repair in problem.message
    what = " repairs it" if is_said else f" writes {safe_line(problem.repair, 60)}"
    return text + Content.assemble("  ", ("F4", "bold $primary"), (what, "dim"))
