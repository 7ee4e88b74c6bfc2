"""The provider form: rows with their errors and fixes, testing and saving."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Collapsible, Input

from tui.core.provider import Provider
from tui.core.provider_field import ProviderField
from tui.core.provider_schema import ADVANCED_ROWS, MAIN_ROWS, ROWS
from tui.core.provider_texts import row_of
from tui.core.safe_text import safe_line
from tui.runtime.form_control import FormControl
from tui.texts import chat as chat_texts
from tui.texts import form as texts
from tui.texts import shell as shell_texts
from tui.ui.bindings import bindings_of
from tui.ui.providers.api_key_field import ApiKeyField
from tui.ui.providers.form_asking import FormAsking
from tui.ui.providers.form_judging import FormJudging
from tui.ui.providers.form_panes import FormBanner, FormButtons, QuietText, SidePane
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_saving import FormSaving
from tui.ui.providers.form_scroll import EditScroll, FormScroll
from tui.ui.providers.trial_result import TrialResult
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import Choice, ChoiceDialog
from tui.ui.shell.key_button import KeyButton
from tui.ui.shell.title_bar import TitleBar

_EDITING_ACTIONS = ("save", "save_exit", "repair")
_CLICK_SECONDS = 0.25


class ProviderFormScreen(LmdeckScreen[str | None]):
    """Edits one provider; returns the last saved name, or ``None``."""

    CSS_PATH = "form_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form", "form.scroll")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - no class variable in Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-mid"), (38, "-high")]  # noqa: RUF012 - the same

    def __init__(
        self,
        provider: Provider | None,
        *,
        is_clone: bool = False,
        is_prefilled: bool = False,
        field: str = "",
    ) -> None:
        """Create a form.

        Args:
            is_prefilled: the provider is not saved yet, its values are suggestions.
            field: the field to focus.
        """
        super().__init__()
        self._first_field = field
        self._opened = (provider, is_clone, is_prefilled)
        self._rows: dict[str, FormRow] = {}
        self._told_of: dict[str, str] = {}
        """The values that the last message was about."""

    # ── Parts ───────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _control(self) -> FormControl:
        provider, is_clone, is_prefilled = self._opened
        return FormControl(self.runtime, provider, is_clone=is_clone, is_prefilled=is_prefilled)

    @cached_property
    def _judging(self) -> FormJudging:
        return FormJudging(self, self._control, self._rows, partial(self.call_later, self._focus_row))

    @cached_property
    def _saving(self) -> FormSaving:
        return FormSaving(self, self._control, self._rows, self._judging, lambda: self._asking.trial)

    @cached_property
    def _asking(self) -> FormAsking:
        return FormAsking(self, self._control, self.row("test_prompt"), self._judging)

    @property
    def _scroll(self) -> FormScroll:
        return self.query_one(FormScroll)

    def row(self, name: str) -> FormRow:
        """Return the row of a field."""
        return self._rows[name]

    @property
    def has_changes(self) -> bool:
        """Return whether closing would lose changes."""
        return bool(self._rows) and self._control.differs(self._judging.values)

    def unsaved_reason(self) -> str | None:
        """Return what would be lost."""
        return shell_texts.LOSS_FORM if self.has_changes else None

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Create the rows; those of *Advanced* are created when it is expanded."""
        form = self._control
        is_view_only = form.is_view_only
        for field in ROWS:
            self._rows[field.name] = FormRow(field, form.baseline[field.name], is_view_only=is_view_only)
        yield TitleBar(texts.TITLE.format(name=form.title))
        yield FormBanner(form)
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
        """Create the rows of *Advanced* and scroll to them."""
        rows = self._rows_of(ADVANCED_ROWS)
        if not rows[0].is_attached:
            await self.query_one("#advanced Contents").mount(*rows)
        self.call_after_refresh(self._scroll.scroll_to_widget, self.query_one(Collapsible), top=True)

    async def on_mount(self) -> None:
        """Focus the first field, and show what is known."""
        self.query_one(Collapsible).title = Content(texts.ADVANCED)  # type: ignore[assignment]
        await self.row("test_prompt").mount(TrialResult(id="trial-result"))
        self._saving.show_key_note()
        self.end_told()
        (self._scroll if self._control.is_view_only else self.row("name").editor).focus()
        if self._first_field and not self._control.is_view_only:
            await self._focus_row(self._first_field)
        self.watch(self, "focused", self._judging.show_hint, init=False)
        self.call_after_refresh(self._judging.begin)
        self.call_after_refresh(self.refresh_bindings)

    # ── The banner ──────────────────────────────────────────────────────────────────────────

    def tell(
        self, message: str, severity: SeverityLevel = "information", timeout: float | None = None
    ) -> None:
        """Show an error above the rows: a toast would cover them, and expire.

        It stays until the values change, or the action is repeated.
        """
        if severity == "information" or self._is_dismissed:
            super().tell(message, severity, timeout)
        else:
            self._told_of = self._judging.values
            self.query_one(FormBanner).show_told(message)

    def end_told(self) -> None:
        """Clear the last message."""
        self.query_one(FormBanner).show_told("")

    # ── Validation ──────────────────────────────────────────────────────────────────────────

    def on_form_row_changed(self, event: FormRow.Changed) -> None:
        """Validate while typing, clearing a message about other values unless a change is waiting."""
        if self._told_of != self._judging.values and not self.writes.is_waiting:
            self.end_told()
        self._judging.changed(event.name)
        self._asking.trial.compare()

    def on_form_row_left(self, event: FormRow.Left) -> None:
        """Validate the field that was left, after a delay: moving rows would break a click."""
        self.set_timer(_CLICK_SECONDS, partial(self._judging.left, event.name))
        if event.name == "api_key":
            self._saving.show_key_note()

    def on_api_key_field_copy_refused(self) -> None:
        """Show why a key is not copied, while the field has the focus."""
        self.row("api_key").note(Content.styled(f"! {texts.NO_COPY}", "$text-warning"))

    def on_model_field_models_wanted(self) -> None:
        """Request the server's models."""
        self._judging.models_wanted()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Move to the next field on Enter."""
        event.stop()
        self.action_next()

    def on_resize(self) -> None:
        """Show the server's summary in the rows if there is no pane for it."""
        self.call_after_refresh(self._judging.show_address)

    async def _focus_row(self, name: str) -> None:
        if self._rows[name].field in ADVANCED_ROWS:
            await self.on_collapsible_expanded()
            self.query_one(Collapsible).collapsed = False
        self.call_after_refresh(self.row(name).editor.focus)

    # ── Actions ─────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim actions that are unavailable now; hide those that never apply."""
        is_view_only = self._control.is_view_only
        if is_view_only and action in _EDITING_ACTIONS:
            return False
        if action == "clone":
            return is_view_only
        if action == "repair":
            return True if self._judging.repair is not None else None
        return True

    def action_name(self, action: str) -> str | None:
        """Name cancel as close if the provider is read-only."""
        return chat_texts.CLOSE if action == "cancel" and self._control.is_view_only else None

    def action_test(self) -> None:
        """Send the test prompt with the current values."""
        self._asking.test()

    def action_diagnose(self) -> None:
        """Diagnose the endpoint with the current values."""
        self._asking.diagnose()

    def action_save(self) -> None:
        """Save and stay, after an earlier save has finished: keys are saved in order."""
        self.call_next(self._saving.save, lambda: None)

    def action_save_exit(self) -> None:
        """Save and return to the list."""
        self.call_next(self._saving.save, self._leave_saved)

    def _leave_saved(self) -> None:
        self._leave()
        self.app.notify(texts.SAVED.format(name=safe_line(self._control.saved_name or "")))

    def _leave(self) -> None:
        self.dismiss(self._control.saved_name)

    def action_repair(self) -> None:
        """Apply the offered correction."""
        if self._judging.repair is not None:
            self.action_fix(row_of(self._judging.repair))

    def action_fix(self, name: str) -> None:
        """Apply the correction offered at a field."""
        problem = self.row(name).problem
        if problem is not None and problem.repair is not None:
            self._judging.apply({name: problem.repair})
            self.row(name).editor.focus()

    def action_reveal_key(self) -> None:
        """Reveal the key while its field has the focus."""
        field = self.row("api_key").editor
        if isinstance(field, ApiKeyField):
            field.focus()
            self.call_after_refresh(field.action_reveal)

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    def action_clone(self) -> None:
        """Open a copy of the provider in its own form, replacing this one."""
        self.deck.router.form(self._control.original, is_clone=True, then=self._after_clone)

    def _after_clone(self, saved_name: str | None) -> None:
        """Close this form, too; must not return an awaitable, which Textual would await."""
        self.dismiss(saved_name)

    def action_cancel(self) -> None:
        """Cancel a test or a save; otherwise return, after confirmation if changes would be lost."""
        if self._asking.trial.stop() or self.writes.give_up():
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
        """Move to the previous field."""
        self._step(-1)

    def _step(self, step: int) -> None:
        """Move between rows; the buttons come before the first and after the last one."""
        self._scroll.step(step, self.query_one(FormButtons).query(KeyButton).first())
