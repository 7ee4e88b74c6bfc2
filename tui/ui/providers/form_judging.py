"""Validates the values of the form: problems of each row, their fixes, the server's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from textual.content import Content
from textual.widgets import Collapsible

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.endpoint_url import inspect_url, request_url_of
from tui.core.provider import Category
from tui.core.provider_rules import FieldProblem
from tui.core.provider_texts import Reading, per_million, row_of
from tui.core.safe_text import safe_line
from tui.runtime.form_control import FormControl
from tui.texts import form as texts
from tui.ui.providers.form_look import ServerLook
from tui.ui.providers.form_panes import QuietText, SidePane, field_help
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_scroll import FormScroll
from tui.ui.providers.key_question import ask_before_key_moves
from tui.ui.providers.model_field import ModelField
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.key_button import KeyButton
from tui.ui.shell.title_bar import TitleBar

_TOKEN_PRICES = ("input_price", "output_price", "cached_input_price")


class FormJudging:
    """Validates a form and shows the problems at its rows, once per change.

    ``go_to`` focuses a row.
    """

    def __init__(
        self,
        screen: LmdeckScreen[Any],
        form: FormControl,
        rows: Mapping[str, FormRow],
        go_to: Callable[[str], object],
    ) -> None:
        self._screen = screen
        self._form = form
        self._rows = rows
        self._go_to = go_to
        self._look = ServerLook(screen, form, self.show_server)
        self.repair: FieldProblem | None = None
        """The correction that is offered."""

    @property
    def values(self) -> dict[str, str]:
        """Return the texts of the rows."""
        return {name: row.value for name, row in self._rows.items()}

    def take_values(self) -> FormControl:
        """Store the texts of the rows in the form, and return it."""
        self._form.values = self.values
        return self._form

    # ── Validation ──────────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        """Validate the initial values, and query the server if appropriate."""
        self.take_values().touch_stored()
        if self._screen.runtime.settings.check_reachability or not self._form.saved_name:
            self._look.now()
        self.show_server()

    def changed(self, name: str) -> None:
        """Validate while typing; an empty field is validated when it is left."""
        form = self.take_values()
        form.touch_changed(name)
        if name == "category":
            self._rows["test_prompt"].value = form.follow_category()
        if not form.server.is_decided_by(name):
            self.judge()
            return
        form.server.forget()
        if name == "provider_url":
            self._look.typed()
        self.show_server()

    def left(self, name: str) -> None:
        """Validate a field that was left; a new endpoint is queried, now with the key."""
        form = self.take_values()
        form.touched.add(name)
        if form.server.is_decided_by(name):
            self._look.now()
            self.show_server()
        else:
            self.judge()

    def models_wanted(self) -> None:
        """Request the server's models, if not done yet."""
        self.take_values()
        if self._look.now():
            self.show_server()

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def show_server(self) -> None:
        """Show the server's answer, and its effect on the fields."""
        self._screen.query_one(SidePane).show_server(self._look.facts)
        self._screen.query_one(ModelField).offer(self._form.server.models)
        self.judge()

    def judge(self) -> None:
        """Show the problems of all touched fields."""
        form = self.take_values()
        if not form.is_view_only:
            reading = form.reading()
            is_choosing = self._screen.query_one(ModelField).is_open
            for name, row in self._rows.items():
                is_quiet = is_choosing and name == "compatible_provider"
                row.show_problems(() if is_quiet else form.shown_at(reading, name))
            self._offer(form.repair(reading, self._screen.query_one(FormScroll).focused_name))
            self._show_status(reading)
            self._rows["sub_type"].value = reading.provider.sub_type
            self._rows["output_price"].display = reading.provider.category is Category.MODEL
        self.show_address()
        self.show_hint()

    def _offer(self, repair: FieldProblem | None) -> None:
        if (repair is None) != (self.repair is None):
            self._screen.call_after_refresh(self._screen.refresh_bindings)
        self.repair = repair

    def _show_status(self, reading: Reading) -> None:
        wrong = sum(row_of(problem) in self._form.touched for problem in reading.errors)
        parts = [texts.ONE_ERROR if wrong == 1 else texts.ERRORS.format(count=wrong)] if wrong else []
        if self._form.has_changes:
            parts.append(texts.UNSAVED)
        elif self._form.saved_name is not None:
            parts.append(texts.SAVED_STATUS)
        self._screen.query_one(TitleBar).status = " · ".join(parts)

    def show_address(self) -> None:
        """Show the request URL below the URL, and the server's summary if there is no pane for it."""
        base = inspect_url(self._form.values["provider_url"]).normalised
        lines = []
        if base:
            is_embedding = Category(self._form.values["category"]) is Category.EMBEDDING
            address = request_url_of(base, is_embedding=is_embedding)
            lines.append(Content.styled(safe_line(f"→ {address}"), "dim"))
        if (summary := self._look.summary) is not None and not self._screen.has_class("-wide"):
            lines.append(summary)
        self._rows["provider_url"].note(Content("\n").join(lines) if lines else None)

    def show_hint(self) -> None:
        """Show the help of the focused field, next to the form or below the field."""
        screen, focused = self._screen, self._screen.focused
        row = screen.query_one(FormScroll).focused_row
        title, text, problem = "", Content(""), None
        if row is not None:
            title, text = row.field.label, field_help(row, self._more_on(row.field.name))
            problem = row.problem_text if row.is_problem_cut else None
        elif isinstance(focused, KeyButton):
            title, text = str(focused.label), Content(str(focused.tooltip or ""))
        elif focused is not None and focused.parent is screen.query_one(Collapsible):
            title, text = texts.ADVANCED.partition(":")[0], Content(texts.ADVANCED_HINT)
        whole = problem + Content("\n") + text if problem is not None else text
        screen.query_one(SidePane).show_field(title, whole)
        hint = screen.query_one("#hint", QuietText)
        size = hint.content_size
        is_cut = row is not None and size.width > 0 and len(text.wrap(size.width)) > size.height
        hint.show(problem or (Content(row.field.help) if row is not None and is_cut else text))

    def _more_on(self, field: str) -> str:
        """Return further help on the value of a field."""
        if field == "compatible_provider":
            return self._screen.query_one(ModelField).hint
        values = self._form.values
        amount = per_million(values[field], values["currency"]) if field in _TOKEN_PRICES else ""
        return texts.PER_MILLION.format(amount=amount) if amount else ""

    # ── Obstacles ───────────────────────────────────────────────────────────────────────────

    def unless(self, problem: FieldProblem | None, proceed: Callable[[], object]) -> None:
        """Focus the field with the problem; otherwise proceed, confirming first where the key is sent."""
        self.judge()
        if problem is not None:
            self._go_to(row_of(problem))
        elif (question := self._form.key_question()) is None:
            proceed()
        else:

            def allow() -> None:
                self._form.allow_key()
                self.judge()
                proceed()

            body = texts.OPEN_KEY_BODY.format(question=safe_line(question))
            title = texts.OPEN_KEY_TITLE
            confirm(self._screen, title, body, allow, texts.ALLOW, texts.BACK, is_dangerous=True)

    # ── Corrections ─────────────────────────────────────────────────────────────────────────

    def apply(self, changes: Mapping[str, str]) -> None:
        """Apply corrections to their fields, after confirmation if a key would be sent to another server."""
        provider, key_text = self.take_values().for_request()
        repaired, _ = DiagnosisSubject(provider, key_text).repaired(changes)
        ask_before_key_moves(self._screen, provider, repaired, partial(self._write, changes))

    def _write(self, changes: Mapping[str, str]) -> None:
        for name, text in changes.items():
            self._rows[name].value = text
            self._form.touched.add(name)
