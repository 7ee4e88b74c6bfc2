"""The provider form: rows, what is wrong at each and what to write instead, a test before saving, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Collapsible, Input, Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.endpoint_url import inspect_url
from tui.core.failure import LmdeckError
from tui.core.provider import Category, Provider
from tui.core.provider_field import ProviderField
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ADVANCED_ROWS, MAIN_ROWS, ROWS
from tui.core.provider_texts import Reading, row_of
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.builtin import read_only_words
from tui.runtime.form_control import FormControl
from tui.texts import shell as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.providers.form_row import EditScroll, FormRow, FormScroll
from tui.ui.providers.form_trial import Trial
from tui.ui.providers.model_field import ModelField
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import Choice, ChoiceDialog, confirm
from tui.ui.shell.title_bar import TitleBar

_EDITING_ACTIONS = ("save", "save_exit", "repair")
_NO_MODELS = "The endpoint lists no models. Type for common names."
_LONGEST_RESULT = 14
"""Lines of the result of a test, as in the style sheet."""


class ProviderFormScreen(LmdeckScreen[str | None]):
    """Edits one provider; ends with the name under which it was saved last, or ``None``."""

    CSS_PATH = "form_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form", "form.scroll")
    AUTO_FOCUS = ""

    def __init__(
        self, provider: Provider | None, *, is_clone: bool = False, is_prefilled: bool = False
    ) -> None:
        """``is_prefilled``: the provider is not saved yet, its values are a beginning."""
        super().__init__()
        self._opened = (provider, is_clone, is_prefilled)
        self._rows: dict[str, FormRow] = {}
        self._repair: FieldProblem | None = None

    # ── Parts ───────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _control(self) -> FormControl:
        provider, is_clone, is_prefilled = self._opened
        return FormControl(self.runtime, provider, is_clone=is_clone, is_prefilled=is_prefilled)

    @property
    def form(self) -> FormControl:
        """The form without the screen, with the texts as they stand in the rows."""
        self._control.values = {name: row.value for name, row in self._rows.items()} or self._control.values
        return self._control

    @cached_property
    def _trial(self) -> Trial:
        show = self.query_one(FormScroll).show_later
        return Trial(self, self._control, lambda: show(self.row("test_prompt")))

    def row(self, name: str) -> FormRow:
        """Return the row of a field."""
        return self._rows[name]

    @property
    def has_changes(self) -> bool:
        """Whether something would be lost."""
        return self.form.has_changes

    def unsaved_reason(self) -> str | None:
        """Return what would be lost."""
        return texts.LOSS_FORM if self.has_changes else None

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Lay out the rows; those of *Advanced* come when their fold is opened."""
        form = self._control
        self._rows = {field.name: self._new_row(field) for field in ROWS}
        yield TitleBar(f"Providers › {form.title}")
        if form.is_view_only:
            text = f"{read_only_words(form.original).capitalize()}. F6 makes an editable copy."
            yield Static(Content(text), id="form-banner")
        with FormScroll(id="form") if form.is_view_only else EditScroll(id="form", can_focus=False):
            yield from self._rows_of(MAIN_ROWS)
            yield Collapsible(title="", collapsed=True, id="advanced")
        yield BindingBar()

    def _new_row(self, field: ProviderField) -> FormRow:
        row = FormRow(field, self._control.baseline[field.name])
        row.disabled = self._control.is_view_only
        return row

    def _rows_of(self, fields: Iterable[ProviderField]) -> list[FormRow]:
        return [self._rows[field.name] for field in fields]

    async def on_collapsible_expanded(self) -> None:
        """Lay out the rows of *Advanced*."""
        rows = self._rows_of(ADVANCED_ROWS)
        if not rows[0].is_attached:
            await self.query_one("#advanced Contents").mount(*rows)

    def on_mount(self) -> None:
        """Put the focus on the first field, and say what is known from the start."""
        self.query_one(Collapsible).title = Content("Advanced: thinking, sampling, headers, TLS")  # type: ignore[assignment]
        self.row("test_prompt").mount(self._trial.result)
        self._show_key_note()
        (self.query_one("#form") if self._control.is_view_only else self.row("name").editor).focus()
        self.call_after_refresh(self._judge_first)
        self.call_after_refresh(self.refresh_bindings)

    def _show_key_note(self) -> None:
        note = self._control.key_note
        self.row("api_key").note(Content.styled(note, "dim") if note else None)

    # ── Judging ─────────────────────────────────────────────────────────────────────────────

    def _judge_first(self) -> None:
        self.form.touch_stored()
        self._judge()

    def _judge(self) -> None:
        """Show what is wrong at every field that was touched."""
        form = self.form
        address = inspect_url(form.values["provider_url"]).chat_url
        note = Content.styled(safe_line(f"→ {address}"), "dim") if address else None
        self.row("provider_url").note(note)
        if form.is_view_only:
            return
        reading = form.reading()
        for name, row in self._rows.items():
            row.show_problems(reading.at(name) if name in form.touched else ())
        self._offer(form.repair(reading, self.query_one(FormScroll).focused_name))
        self._show_status(reading)
        self.row("sub_type").value = reading.provider.sub_type
        self.row("output_price").display = reading.provider.category is Category.MODEL

    def _offer(self, repair: FieldProblem | None) -> None:
        if (repair is None) != (self._repair is None):
            self.call_after_refresh(self.refresh_bindings)
        self._repair = repair

    def _show_status(self, reading: Reading) -> None:
        wrong = sum(row_of(problem) in self._control.touched for problem in reading.errors)
        parts = [f"✗ {wrong} to correct"] if wrong else []
        if self._control.has_changes:
            parts.append("● not saved")
        self.query_one(TitleBar).status = "  ".join(parts)

    def on_form_row_changed(self, event: FormRow.Changed) -> None:
        """Judge while it is typed; a field still empty is judged when it is left."""
        self.form.touch_changed(event.name)
        if self._control.decides_models(event.name):
            self._control.forget_models()
        if event.name == "category":
            self.row("test_prompt").value = self._control.follow_category()
        self._judge()
        self._trial.result.compare(self._control.tested())

    def on_form_row_left(self, event: FormRow.Left) -> None:
        """Judge the field that was left; a new endpoint is asked for its models."""
        self._control.touched.add(event.name)
        self._judge()
        if self._control.decides_models(event.name):
            self.on_model_field_models_wanted()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        self.focus_next()

    def _go_to(self, problem: FieldProblem) -> None:
        """Put the focus on the field that is wrong."""
        self.call_later(self._focus_row, row_of(problem))

    async def _focus_row(self, name: str) -> None:
        if self._rows[name].field in ADVANCED_ROWS:
            await self.on_collapsible_expanded()
            self.query_one(Collapsible).collapsed = False
        self.call_after_refresh(self.row(name).editor.focus)

    # ── Suggestions ─────────────────────────────────────────────────────────────────────────

    def on_model_field_models_wanted(self) -> None:
        """Ask the endpoint for its models."""
        if (address := self.form.models_to_ask()) is not None:
            self.query_one(ModelField).say(f"… asking {address}")
            in_background(self, self._fetch_models, group="models", exclusive=True)

    async def _fetch_models(self) -> None:
        field = self.query_one(ModelField)
        try:
            models = await self._control.fetch_models()
        except LmdeckError as error:
            field.offer(None)
            field.say(f"{failure_text(error.failure)} Type for common names.")
            return
        field.offer(models)
        count = len(models)
        field.say(f"{count} model{'' if count == 1 else 's'} at this endpoint" if count else _NO_MODELS)
        self._judge()

    # ── Asking ──────────────────────────────────────────────────────────────────────────────

    def action_test(self) -> None:
        """Send the test line with the values as they stand."""
        self._unless(self.form.unsendable(), self._start_test)

    def _start_test(self) -> None:
        self._go_to_test()
        self._trial.start()

    def _go_to_test(self) -> None:
        """Move the focus to the row of the test, where its result and the present row cannot both be seen."""
        self.query_one(ModelField).close()
        test, result = self.row("test_prompt"), self._trial.result
        tail = _LONGEST_RESULT - (result.size.height if result.display else 0)
        if not self.query_one(FormScroll).has_room(test, tail):
            test.editor.focus()

    def action_diagnose(self) -> None:
        """Diagnose the endpoint with the values as they stand; a repair comes back into the form."""
        if self._control.is_view_only:
            self.deck.router.diagnosis(DiagnosisSubject(self._control.original))
        else:
            self._unless(self.form.unsendable(), self._diagnose)

    def _diagnose(self) -> None:
        provider, key_text = self.form.for_request()
        known = self._trial.result.failure_with(self._control.tested())
        subject = DiagnosisSubject(provider, key_text, is_saved=False, known=known)
        self.deck.router.diagnosis(subject, self._apply)

    def _apply(self, changes: Mapping[str, str] | None) -> None:
        """Take the corrections that a diagnosis found."""
        for name, text in (changes or {}).items():
            self.row(name).value = text
            self._control.touched.add(name)

    def _unless(self, problem: FieldProblem | None, go_on: Callable[[], object]) -> None:
        """Go to what is in the way; else go on, once the key may go where it would be sent."""
        self._judge()
        if problem is not None:
            self._go_to(problem)
        elif (question := self.form.key_question()) is None:
            go_on()
        else:

            def allow() -> None:
                self.form.allow_key()
                self._judge()
                go_on()

            body = f"{safe_line(question)} Your answer is kept with this provider."
            confirm(self, "Send the key unencrypted?", body, allow, "Allow", "Go back", is_dangerous=True)

    # ── Saving ──────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now; hide what never can."""
        if self._control.is_view_only and action in _EDITING_ACTIONS:
            return False
        if action == "clone":
            return self._control.is_view_only
        if action == "repair":
            return True if self._repair is not None else None
        return True

    def action_save(self) -> None:
        """Save and stay, once a save before it is done: its key comes before the others."""
        self.call_next(self._save, lambda: None)

    def action_save_exit(self) -> None:
        """Save and go back to the list."""
        self.call_next(self._save, self._leave)

    def _leave(self) -> None:
        self.dismiss(self._control.saved_name)

    def _save(self, afterwards: Callable[[], object]) -> None:
        self._unless(self.form.unsavable(), lambda: self._write(afterwards))

    def _write(self, afterwards: Callable[[], object]) -> None:
        """Save, and go on where that was possible."""
        save, key_text = self.form.to_save(), self._control.values["api_key"]

        def saved(provider: Provider) -> None:
            self._take_saved(provider, key_text)
            afterwards()

        self.writes.write(save, saved)

    def _take_saved(self, saved: Provider, key_text: str) -> None:
        """Go on from what was saved; a key that was typed stands there by its reference."""
        before = self.form.tested()
        self._control.saved(saved)
        if self.row("api_key").value == key_text:
            self.row("api_key").value = self._control.baseline["api_key"]
            self._trial.result.rename(before, self.form.tested())
        self._show_key_note()
        self.query_one(TitleBar).place = f"Providers › {self._control.title}"
        self.notify(f"Saved {saved.name}.")
        self._judge()

    def action_repair(self) -> None:
        """Apply the correction that is offered."""
        problem = self._repair
        if problem is not None and problem.repair is not None:
            self.row(row_of(problem)).value = problem.repair
            self.row(row_of(problem)).editor.focus()

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    def action_clone(self) -> None:
        """Open a copy of the provider in a form of its own, in place of this one."""
        copy = ProviderFormScreen(self._control.original, is_clone=True)
        self.app.push_screen(copy, self._after_clone)

    def _after_clone(self, saved_name: str | None) -> None:
        """Go on to the list; a callback that returned what ``dismiss`` does would be awaited, and fail."""
        self.dismiss(saved_name)

    def action_cancel(self) -> None:
        """Stop a test or give up a save; else go back, after asking where something would be lost."""
        if self._trial.stop() or self.writes.give_up():
            return
        if not self.has_changes:
            self._leave()
            return
        ways = (
            Choice("save", "Save & Exit", "s"),
            Choice("discard", "Discard", "d", is_dangerous=True),
            Choice("keep", "Keep editing", "k"),
        )
        question = ChoiceDialog("Leave the form?", "It has changes that are not saved.", ways)
        self.app.push_screen(question, self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "save":
            self.action_save_exit()
        elif answer == "discard":
            self._leave()

    def action_next(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_previous(self) -> None:
        """Go to the field above."""
        self.focus_previous()
