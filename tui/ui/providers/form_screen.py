"""The provider form: rows, what is wrong at each and how to fix it, a test before saving, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Collapsible, Input, Static

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.endpoint_url import inspect_url
from tui.core.provider import Category, Provider
from tui.core.provider_field import ProviderField
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ADVANCED_ROWS, MAIN_ROWS, ROWS
from tui.core.provider_texts import Reading, row_of
from tui.core.safe_text import safe_line
from tui.runtime.form_control import FormControl
from tui.texts import form as texts
from tui.texts import shell as shell_texts
from tui.ui.bindings import bindings_of
from tui.ui.providers.api_key_field import ApiKeyField
from tui.ui.providers.form_look import ServerLook
from tui.ui.providers.form_panes import FormButtons, QuietText, SidePane, field_help
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_scroll import EditScroll, FormScroll
from tui.ui.providers.form_trial import Trial
from tui.ui.providers.model_field import ModelField
from tui.ui.providers.trial_result import TrialResult
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import Choice, ChoiceDialog, confirm
from tui.ui.shell.key_button import KeyButton
from tui.ui.shell.title_bar import TitleBar

_EDITING_ACTIONS = ("save", "save_exit", "repair")
_CLICK_SECONDS = 0.25
_LONGEST_RESULT = 14
"""Lines of the result of a test, as in the style sheet."""


class ProviderFormScreen(LmdeckScreen[str | None]):
    """Edits one provider; ends with the name under which it was saved last, or ``None``."""

    CSS_PATH = "form_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form", "form.scroll")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - no class variable in Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-mid"), (38, "-high")]  # noqa: RUF012 - the same

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
        """The form without the screen, with the current texts of the rows."""
        self._control.values = {name: row.value for name, row in self._rows.items()} or self._control.values
        return self._control

    @cached_property
    def _trial(self) -> Trial:
        show = self._scroll.show_later
        return Trial(
            self, self._control, list(self.query(TrialResult)), lambda: show(self.row("test_prompt"))
        )

    @cached_property
    def _look(self) -> ServerLook:
        return ServerLook(self, self._control, self._show_server)

    @property
    def _scroll(self) -> FormScroll:
        return self.query_one(FormScroll)

    def row(self, name: str) -> FormRow:
        """Return the row of a field."""
        return self._rows[name]

    @property
    def has_changes(self) -> bool:
        """Whether something would be lost."""
        return self.form.has_changes

    def unsaved_reason(self) -> str | None:
        """Return what would be lost."""
        return shell_texts.LOSS_FORM if self.has_changes else None

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Lay out the rows; those of *Advanced* come when their fold is opened."""
        form = self._control
        is_view_only = form.is_view_only
        self._rows = {
            field.name: FormRow(field, form.baseline[field.name], is_view_only=is_view_only) for field in ROWS
        }
        yield TitleBar(texts.TITLE.format(name=form.title))
        yield Static(id="form-banner")
        with Horizontal(id="body"):
            with FormScroll(id="form") if is_view_only else EditScroll(id="form", can_focus=False):
                yield from self._rows_of(MAIN_ROWS)
                yield Collapsible(title="", collapsed=True, id="advanced")
            yield SidePane(id="side")
        yield QuietText(id="hint")
        yield FormButtons(form)
        yield BindingBar()

    def _rows_of(self, fields: Iterable[ProviderField]) -> list[FormRow]:
        return [self._rows[field.name] for field in fields]

    async def on_collapsible_expanded(self) -> None:
        """Lay out the rows of *Advanced* and scroll to them."""
        rows = self._rows_of(ADVANCED_ROWS)
        if not rows[0].is_attached:
            await self.query_one("#advanced Contents").mount(*rows)
        self.call_after_refresh(self._scroll.scroll_to_widget, self.query_one(Collapsible), top=True)

    async def on_mount(self) -> None:
        """Put the focus on the first field, and show what is known from the start."""
        self.query_one(Collapsible).title = Content(texts.ADVANCED)  # type: ignore[assignment]
        await self.row("test_prompt").mount(TrialResult(id="trial-result"))
        self._show_key_note()
        self.show_banner(self._read_only_text)
        (self._scroll if self._control.is_view_only else self.row("name").editor).focus()
        self.watch(self, "focused", self._show_hint, init=False)
        self.call_after_refresh(self._judge_first)
        self.call_after_refresh(self.refresh_bindings)

    @property
    def _read_only_text(self) -> str:
        form = self._control
        if not form.is_view_only:
            return ""
        label = safe_line(form.original.label, 60)
        return texts.BUILT_IN.format(label=label) if form.is_built_in else texts.SITE_WIDE.format(label=label)

    def show_banner(self, text: str) -> None:
        """Show a sentence above the rows, or none."""
        banner = self.query_one("#form-banner", Static)
        banner.update(Content(text))
        banner.display = bool(text)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show what went wrong above the rows: a toast would cover them, and go away."""
        if severity == "information" or self._is_dismissed:
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
        else:
            self.show_banner(message)

    def _show_key_note(self) -> None:
        note = self._control.key_note
        self.row("api_key").note(Content.styled(note, "dim") if note else None)

    # ── Judging ─────────────────────────────────────────────────────────────────────────────

    def _judge_first(self) -> None:
        self.form.touch_stored()
        if self.runtime.settings.check_reachability or not self._control.saved_name:
            self._look.now()
        self._judge()

    def _judge(self) -> None:
        """Show what is wrong at every field that was touched."""
        form = self.form
        if not form.is_view_only:
            reading = form.reading()
            is_choosing = self.query_one(ModelField).is_open
            for name, row in self._rows.items():
                is_quiet = is_choosing and name == "compatible_provider"
                row.show_problems(() if is_quiet else form.shown_at(reading, name))
            self._offer(form.repair(reading, self._scroll.focused_name))
            self._show_status(reading)
            self.row("sub_type").value = reading.provider.sub_type
            self.row("output_price").display = reading.provider.category is Category.MODEL
        self._show_address()
        self._show_hint()

    def _show_address(self) -> None:
        address = inspect_url(self._control.values["provider_url"]).chat_url
        lines = [Content.styled(safe_line(f"→ {address}"), "dim")] if address else []
        if (summary := self._look.summary) is not None and not self.has_class("-wide"):
            lines.append(summary)
        self.row("provider_url").note(Content("\n").join(lines) if lines else None)

    def _show_hint(self) -> None:
        """Explain the focused field: beside the form, or below it."""
        row = self._scroll.focused_row
        if row is not None:
            source = self.query_one(ModelField).hint if row.field.name == "compatible_provider" else ""
            title, text = row.field.label, field_help(row, source)
        else:
            is_fold = self.focused is not None and self.focused.parent is self.query_one(Collapsible)
            title, text = "", Content(texts.ADVANCED_HINT if is_fold else "")
        self.query_one(SidePane).show_field(title, text)
        self.query_one("#hint", QuietText).show(text)

    def _show_server(self) -> None:
        """Show what the server says, and what follows from it for the fields."""
        self.query_one(SidePane).show_server(self._look.facts)
        self.query_one(ModelField).offer(self._control.models)
        self._judge()

    def _offer(self, repair: FieldProblem | None) -> None:
        if (repair is None) != (self._repair is None):
            self.call_after_refresh(self.refresh_bindings)
        self._repair = repair

    def _show_status(self, reading: Reading) -> None:
        wrong = sum(row_of(problem) in self._control.touched for problem in reading.errors)
        parts = [texts.ONE_ERROR if wrong == 1 else texts.ERRORS.format(count=wrong)] if wrong else []
        if self._control.has_changes:
            parts.append(texts.UNSAVED)
        elif self._control.saved_name is not None:
            parts.append(texts.SAVED_STATUS)
        self.query_one(TitleBar).status = " · ".join(parts)

    def on_form_row_changed(self, event: FormRow.Changed) -> None:
        """Judge while it is typed; a field still empty is judged when it is left."""
        self.form.touch_changed(event.name)
        if self._control.decides_models(event.name):
            self._control.forget_models()
        if event.name == "category":
            self.row("test_prompt").value = self._control.follow_category()
        if event.name == "provider_url":
            self._look.typed()
        self._judge()
        self._trial.compare()

    def on_form_row_left(self, event: FormRow.Left) -> None:
        """Judge the field that was left, a moment later: a row that moves would lose the click."""
        self.set_timer(_CLICK_SECONDS, partial(self._judge_left, event.name))

    def _judge_left(self, name: str) -> None:
        """Judge a field; a new endpoint is asked, now with the key."""
        self._control.touched.add(name)
        self._judge()
        if self._control.decides_models(name):
            self.on_model_field_models_wanted()

    def on_model_field_models_wanted(self) -> None:
        """Ask the server for its models."""
        self.form  # noqa: B018 - takes over the current texts
        self._look.now()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        self.action_next()

    def on_resize(self) -> None:
        """The server's summary stands in the rows where there is no pane for it."""
        self.call_after_refresh(self._show_address)

    def _go_to(self, problem: FieldProblem) -> None:
        """Put the focus on the field that is wrong."""
        self.call_later(self._focus_row, row_of(problem))

    async def _focus_row(self, name: str) -> None:
        if self._rows[name].field in ADVANCED_ROWS:
            await self.on_collapsible_expanded()
            self.query_one(Collapsible).collapsed = False
        self.call_after_refresh(self.row(name).editor.focus)

    # ── Asking ──────────────────────────────────────────────────────────────────────────────

    def action_test(self) -> None:
        """Send the test line with the current values."""
        self._unless(self.form.unsendable(), self._start_test)

    def _start_test(self) -> None:
        self._go_to_test()
        self._trial.start()

    def _go_to_test(self) -> None:
        """Move the focus to the row of the test, where its result and the present row cannot both be seen."""
        self.query_one(ModelField).close()
        test = self.row("test_prompt")
        tail = 0 if self.has_class("-wide") else _LONGEST_RESULT - self._trial.height
        if not self._scroll.has_room(test, tail):
            test.editor.focus()

    def action_diagnose(self) -> None:
        """Diagnose the endpoint with the current values; a correction comes back into the form."""
        if self._control.is_view_only:
            self.deck.router.diagnosis(DiagnosisSubject(self._control.original))
        else:
            self._unless(self.form.unsendable(), self._diagnose)

    def _diagnose(self) -> None:
        provider, key_text = self.form.for_request()
        subject = DiagnosisSubject(provider, key_text, is_saved=False, known=self._trial.failure())
        self.deck.router.diagnosis(subject, self._apply)

    def _apply(self, changes: Mapping[str, str] | None) -> None:
        """Write the corrections that a diagnosis found into their fields."""
        for name, text in (changes or {}).items():
            self.row(name).value = text
            self._control.touched.add(name)

    def _unless(self, problem: FieldProblem | None, proceed: Callable[[], object]) -> None:
        """Go to what is in the way; else proceed, once the key may be sent where it would go."""
        self._judge()
        if problem is not None:
            self._go_to(problem)
        elif (question := self.form.key_question()) is None:
            proceed()
        else:

            def allow() -> None:
                self.form.allow_key()
                self._judge()
                proceed()

            body = texts.OPEN_KEY_BODY.format(question=safe_line(question))
            confirm(self, texts.OPEN_KEY_TITLE, body, allow, texts.ALLOW, texts.BACK, is_dangerous=True)

    # ── Saving ──────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now; hide what never can."""
        if self._control.is_view_only and action in _EDITING_ACTIONS:
            return False
        if action == "clone":
            return self._control.is_view_only and not self._control.is_built_in
        if action == "repair":
            return True if self._repair is not None else None
        return True

    def action_save(self) -> None:
        """Save and stay, once a save before it is done: its key comes before the others."""
        self.call_next(self._save, lambda: None)

    def action_save_exit(self) -> None:
        """Save and go back to the list."""
        self.call_next(self._save, self._leave_saved)

    def _leave_saved(self) -> None:
        self._leave()
        self.app.notify(texts.SAVED.format(name=safe_line(self._control.saved_name or "")))

    def _leave(self) -> None:
        self.dismiss(self._control.saved_name)

    def _save(self, afterwards: Callable[[], object]) -> None:
        self.show_banner("")
        self._unless(self.form.unsavable(), lambda: self._write(afterwards))

    def _write(self, afterwards: Callable[[], object]) -> None:
        """Save, then do what follows where that was possible."""
        save, key_text = self.form.to_save(), self._control.values["api_key"]

        def saved(provider: Provider) -> None:
            self._follow_saved(provider, key_text)
            afterwards()

        self.writes.write(save, saved)

    def _follow_saved(self, saved: Provider, key_text: str) -> None:
        """Continue from what was saved; a key that was typed is shown by its reference."""
        before, is_key_typed = self.form.tested(), key_text != self._control.baseline["api_key"]
        self._control.saved(saved)
        for name, text in self._control.values.items():
            self.row(name).value = text
        after = self.form.tested()
        if is_key_typed and {**before, "api_key": after["api_key"]} == after:
            self._trial.rename(before)
        self._show_key_note()
        self.query_one(TitleBar).place = texts.TITLE.format(name=self._control.title)
        self._judge()

    def action_repair(self) -> None:
        """Apply the correction that is offered."""
        if self._repair is not None:
            self.action_fix(row_of(self._repair))

    def action_fix(self, name: str) -> None:
        """Apply the correction that is offered at a field."""
        problem = self.row(name).problem
        if problem is not None and problem.repair is not None:
            self.row(name).value = problem.repair
            self.row(name).editor.focus()

    def action_reveal_key(self) -> None:
        """Show the key while its field has the focus."""
        field = self.row("api_key").editor
        if isinstance(field, ApiKeyField):
            field.focus()
            self.call_after_refresh(field.action_reveal)

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    def action_clone(self) -> None:
        """Open a copy of the provider in a form of its own, in place of this one."""
        copy = ProviderFormScreen(self._control.original, is_clone=True)
        self.app.push_screen(copy, self._after_clone)

    def _after_clone(self, saved_name: str | None) -> None:
        """Close this form too; a callback that returned what ``dismiss`` does would be awaited, and fail."""
        self.dismiss(saved_name)

    def action_cancel(self) -> None:
        """Stop a test or give up a save; else go back, after asking where something would be lost."""
        if self._trial.stop() or self.writes.give_up():
            return
        if not self.has_changes:
            self._leave()
            return
        ways = (
            Choice("save", texts.SAVE_EXIT, "s"),
            Choice("discard", texts.DISCARD, "d", is_dangerous=True),
            Choice("keep", texts.KEEP_EDITING, "k"),
        )
        self.app.push_screen(ChoiceDialog(texts.CLOSE_TITLE, texts.CLOSE_BODY, ways), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "save":
            self.action_save_exit()
        elif answer == "discard":
            self._leave()

    def action_next(self) -> None:
        """Go to the next field."""
        self._step(1)

    def action_previous(self) -> None:
        """Go to the field above."""
        self._step(-1)

    def _step(self, step: int) -> None:
        """Go from row to row; below the last one, and above the first, are the buttons."""
        row = self._scroll.focused_row
        now = row.editor if row is not None else self.focused
        stops = [*self._scroll.stops(), self.query_one(FormButtons).query(KeyButton).first()]
        place = stops.index(now) if now in stops else len(stops) - 1
        stops[(place + step) % len(stops)].focus()
