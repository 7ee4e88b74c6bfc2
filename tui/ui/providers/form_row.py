"""One row of the form: label and editor, with the error and its fix below."""

from __future__ import annotations

from collections.abc import Sequence

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from tui.core.lazy_dataclass import dataclass
from tui.core.provider_field import Kind, ProviderField
from tui.core.provider_rules import FieldProblem
from tui.core.safe_text import safe_line
from tui.texts import chat
from tui.texts import form as texts
from tui.ui.providers.api_key_field import ApiKeyField
from tui.ui.providers.model_field import ModelField
from tui.ui.shell.choice_field import ChoiceField
from tui.ui.shell.key_button import KeyButton
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput
from tui.ui.shell.readline import ReadlineArea

_WIDTHS = {
    **dict.fromkeys((Kind.PRICE, Kind.NUMBER, Kind.COUNT), "-short"),
    Kind.TEXT: "-medium",
    Kind.MODEL: "-medium",
}
_WIDE = {"provider_url": "-long", "pinned_sha256": "-long"}
_BUTTONS = {
    Kind.KEY: ((texts.SHOW_KEY, "screen.reveal_key"),),
    Kind.TEST: ((texts.TEST, "screen.test"), (chat.OFFER_DIAGNOSE, "screen.diagnose")),
}
_LONGEST_REPAIR = 24
_BUTTON_EDGES = 5
"""The cells of a button besides its label."""


class PlainArea(ReadlineArea):
    """Multi-line text without a blinking cursor; Tab leaves it."""

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

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; on the last line, to the next field."""
        if not select and self.cursor_at_last_line:
            raise SkipAction
        super().action_cursor_down(select)

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; on the first line, to the previous field."""
        if not select and self.cursor_at_first_line:
            raise SkipAction
        super().action_cursor_up(select)


class FormRow(Vertical):
    """A row of the form. Its problems are shown as text with a sign, never by colour alone."""

    @dataclass
    class Changed(Message):
        """The value has changed."""

        name: str

    @dataclass
    class Left(Message):
        """The focus has left the row."""

        name: str

    class Resized(Message):
        """The height of the row has changed, which moves the rows below."""

    def __init__(self, field: ProviderField, value: str, *, is_view_only: bool = False) -> None:
        is_boxed = not field.choices and field.kind is not Kind.LOCKED
        super().__init__(id=f"row-{field.name}", classes="-boxed" if is_boxed else "")
        self._is_view_only = is_view_only
        self.field = field
        self.help_text = f"{field.label}: {field.help}"
        self._value = value
        self._note: Content | None = None
        self._problem: FieldProblem | None = None
        self.is_problem_cut = False
        """Whether the message of the problem is cut."""

    def compose(self) -> ComposeResult:
        """Create label and editor, with notes and problems below."""
        with Horizontal(classes="form-line"):
            yield Label(Content(self.field.label), classes="form-label")
            editor = self._editor()
            editor.disabled = self._is_view_only
            yield editor
            for label, action in _BUTTONS.get(self.field.kind, ()):
                yield KeyButton(label, action)
        yield Static(classes="form-note")
        with Horizontal(classes="form-problem-line"):
            yield Static(classes="form-problem")
            yield KeyButton(texts.FIX, f"screen.fix('{self.field.name}')", classes="form-fix")

    def on_mount(self) -> None:
        """Show the problems found before the layout."""
        self.query_one(".form-note").display = False
        self._follow_key()
        self._show_problem()

    def _editor(self) -> Widget:
        field, identity = self.field, f"field-{self.field.name}"
        if field.choices:
            is_switch = field.kind is Kind.FLAG
            return ChoiceField(
                field.choices, self._value, label_of=field.label_of, is_switch=is_switch, id=identity
            )
        if field.kind is Kind.LOCKED:
            return Static(Content(safe_line(self._value)), id=identity, classes="form-locked")
        if field.is_long:
            return PlainArea(self._value, id=identity)
        if field.kind is Kind.MODEL:
            return ModelField(self._value, field.placeholder, field_id=identity)
        width = _WIDE.get(field.name) or _WIDTHS.get(field.kind, "-long")
        make = ApiKeyField if field.kind is Kind.KEY else PlainInput
        return make(self._value, field.placeholder, id=identity, classes=width)

    @property
    def editor(self) -> Widget:
        """Return the widget that edits the value."""
        return self.query_one(f"#field-{self.field.name}")

    @property
    def value(self) -> str:
        """The text of the field, before and after the layout."""
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
        """Show or hide a quiet line below the field."""
        if content == self._note:
            return
        self._note = content
        widget = self.query_one(".form-note", Static)
        widget.display = content is not None
        widget.update(content or Content(""))

    def show_problems(self, problems: Sequence[FieldProblem]) -> None:
        """Show the most serious problem and its repair, or nothing."""
        problem = problems[0] if problems else None
        if problem == self._problem:
            return
        self._problem = problem
        if self.is_mounted:
            self._show_problem()

    def _show_problem(self) -> None:
        problem = self._problem
        self.set_class(problem is not None and problem.is_error, "-error")
        self.query_one(".form-problem-line").display = problem is not None
        self.query_one(".form-problem", Static).update(self.problem_text or Content(""))
        fix = self.query_one(".form-fix", KeyButton)
        fix.display = problem is not None and problem.repair is not None
        if problem is not None and problem.repair is not None:
            fix.call_it(_fix_label(problem))
        self._fit_problem()

    def _fit_problem(self) -> None:
        """Cut the message to leave room for the button, which follows it."""
        if self._problem is None:
            return
        message, fix = self.query_one(".form-problem"), self.query_one(".form-fix", KeyButton)
        line = self.query_one(".form-problem-line")
        room = self.size.width - line.styles.margin.width - line.styles.padding.width
        room -= Content(str(fix.label)).cell_length + _BUTTON_EDGES if fix.display else 0
        wanted = (self.problem_text or Content("")).cell_length
        self.is_problem_cut = wanted > room
        message.styles.width = max(8, min(wanted, room))

    @property
    def problem(self) -> FieldProblem | None:
        """The problem that is shown."""
        return self._problem

    @property
    def how_to(self) -> str:
        """How to fill in the field, if not by typing."""
        if self.field.kind is Kind.FLAG:
            return texts.TOGGLE.format(open=key_of(self, "choice.open"))
        if self.field.kind is Kind.MODEL:
            return texts.OPEN_LIST.format(key=key_of(self, "model.open"))
        if not self.field.choices:
            return ""
        names = ("open", "previous", "next")
        return texts.OPEN_CHOICES.format(**{name: key_of(self, f"choice.{name}") for name in names})

    @property
    def problem_text(self) -> Content | None:
        """Return the problem with its mark."""
        problem = self._problem
        if problem is None:
            return None
        sign, colour = ("✗", "$text-error") if problem.is_error else ("!", "$text-warning")
        return Content.styled(f"{sign} {safe_line(problem.message)}", colour)

    def _follow_key(self) -> None:
        """Offer to reveal the key."""
        editor = self.editor
        if isinstance(editor, ApiKeyField):
            self.query_one(KeyButton).display = editor.is_secret

    def on_input_changed(self, event: Input.Changed) -> None:
        """Notify the form."""
        event.stop()
        self._follow_key()
        self.post_message(self.Changed(self.field.name))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Notify the form."""
        event.stop()
        self.post_message(self.Changed(self.field.name))

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Notify the form."""
        event.stop()
        self.post_message(self.Changed(self.field.name))

    def on_resize(self) -> None:
        """Notify the form."""
        self._fit_problem()
        self.post_message(self.Resized())

    def on_descendant_focus(self) -> None:
        """Mark the row; the pseudo-class is set one focus too late (Textual 8.2.8)."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Notify the form."""
        self.remove_class("-focused")
        self.post_message(self.Left(self.field.name))


def _fix_label(problem: FieldProblem) -> str:
    """Return the label of the button: the new value, unless the message contains it; never a key."""
    label = texts.USE if problem.field == "compatible_provider" else texts.FIX
    is_said = problem.field == "api_key" or (problem.repair or "") in problem.message
    return label if is_said else f"{label} → {safe_line(problem.repair or '', _LONGEST_REPAIR)}"
