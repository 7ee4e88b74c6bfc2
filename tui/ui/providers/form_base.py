"""The rows of the provider form: laid out, read, and judged while they are typed. Asks and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Collapsible, Input, Static

from tui.core.endpoint_url import inspect_url
from tui.core.key_reference import KeyKind
from tui.core.provider import Category, Provider
from tui.core.provider_field import ProviderField
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ADVANCED_ROWS, MAIN_ROWS, ROWS
from tui.core.provider_texts import Reading, changed_fields, read_form, row_of, values_of
from tui.core.safe_text import safe_line
from tui.runtime.builtin import is_built_in, read_only_words, remote_words
from tui.ui.bindings import bindings_of
from tui.ui.providers.form_row import FormRow, FormScroll
from tui.ui.providers.trial_result import TrialResult
from tui.ui.providers.view import shown_url
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.key_bar import KeyBar
from tui.ui.shell.title_bar import TitleBar

_UNENCRYPTED = "allow_unencrypted_key"
_EDITING_ACTIONS = ("save", "save_exit", "repair")


class ProviderFormBase(LmdeckScreen[str | None]):
    """Shows one provider as a form, and says at each field what to write instead."""

    CSS_PATH = "form_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form", "form.scroll")
    AUTO_FOCUS = ""

    def __init__(
        self, provider: Provider | None, *, is_clone: bool = False, is_prefilled: bool = False
    ) -> None:
        """``is_prefilled``: the provider is not saved yet, its values are a beginning."""
        super().__init__()
        self._is_prefilled = is_prefilled
        self._source = provider
        self._is_clone = is_clone
        self._saved_name: str | None = None
        self._previous_name: str | None = None
        self._touched: set[str] = set()
        self._row_of: dict[str, FormRow] = {}
        self._advanced: list[FormRow] = []
        self._models: tuple[str, ...] | None = None
        self._asked: tuple[str, str] | None = None
        self._repair: FieldProblem | None = None
        self._key_note = ""
        self._trial = TrialResult(id="trial-result")
        self._is_sight_due = False
        self._unencrypted_host: str | None = None
        """The host to which the key may travel unencrypted: another one is asked about anew."""

    # ── Opening ─────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Lay out the rows; those of *Advanced* come when their fold is opened."""
        self._original = self._opened()
        if self._original.allow_unencrypted_key:
            self._unencrypted_host = inspect_url(self._original.provider_url).host
        self._baseline = values_of(self._original)
        if self.is_view_only:
            self._baseline["provider_url"] = shown_url(self._original)
            self._baseline["is_remote"] = remote_words(self._original)
        self._advanced = list(self._rows(ADVANCED_ROWS))
        yield TitleBar(self._place())
        if self.is_view_only:
            text = f"{read_only_words(self._original).capitalize()}. F6 makes an editable copy."
            yield Static(Content(text), id="form-banner")
        with self._scroll():
            yield from self._rows(MAIN_ROWS)
            yield Collapsible(title="", collapsed=True, id="advanced")
        yield KeyBar()

    async def on_collapsible_expanded(self) -> None:
        """Lay out the rows of *Advanced*."""
        await self._lay_out_advanced()

    async def _lay_out_advanced(self) -> None:
        if not self._advanced[0].is_attached:
            await self.query_one("#advanced Contents").mount(*self._advanced)

    def _scroll(self) -> VerticalScroll:
        if self.is_view_only:
            return VerticalScroll(id="form")
        return FormScroll(id="form", can_focus=False)

    def _opened(self) -> Provider:
        """Return the provider that the form begins with."""
        if self._source is None:
            return Provider("")
        if self._is_prefilled:
            return self._source
        if not self._is_clone:
            self._previous_name = self._source.name
            return self._source
        key = self._source.api_key
        if key is not None and key.kind is KeyKind.STORED:
            key, self._key_note = None, "A stored key is not copied: type it again, or leave it empty."
        elif key is not None and self.runtime.directory.command_refusal(self._source.name) is not None:
            key, self._key_note = None, "Others can write the file this is from: its API key is not copied."
        return replace(
            self._source,
            name=self.runtime.directory.clone_name(self._source.name),
            provider_url="" if is_built_in(self._source) else self._source.provider_url,
            api_key=key,
            is_default=False,
            is_remote=False,
            created_time="",
        )

    def _rows(self, fields: Iterable[ProviderField]) -> Iterable[FormRow]:
        for field in fields:
            row = self._row_of[field.name] = FormRow(field, self._baseline[field.name])
            row.disabled = self.is_view_only
            yield row

    def on_mount(self) -> None:
        """Put the focus on the first field, and say what is known from the start."""
        self.query_one(Collapsible).title = Content("Advanced: thinking, sampling, headers, TLS")  # type: ignore[assignment]
        self.row("test_prompt").mount(self._trial)
        if self._key_note:
            self.row("api_key").note(Content.styled(self._key_note, "dim"))
        elif (label := self._stored_key_label()) is not None:
            self.row("api_key").note(Content.styled(label, "dim"))
        (self.query_one("#form") if self.is_view_only else self.row("name").editor).focus()
        self.call_after_refresh(self._judge_first)
        self.call_after_refresh(self.refresh_bindings)

    def _judge_first(self) -> None:
        """Say at once what is wrong with a stored record; a new one is judged as it is filled in."""
        if self._previous_name is not None and not self.is_view_only:
            self._touched.update(row_of(problem) for problem in self.reading().problems)
        self._judge()

    def _stored_key_label(self) -> str | None:
        key = self._original.api_key
        if key is None or key.kind is not KeyKind.STORED or self._previous_name is None:
            return None
        name, directory = self._original.name, self.runtime.directory
        if (refusal := directory.key_refusal) is not None:
            return f"{refusal.title} {refusal.advice}"
        if directory.has_stored_key(name):
            label = self.runtime.key_label(self._original)
            return f"{label} is stored. Type another key over it, or clear the field."
        kept = directory.kept_key_file(name)
        place = f" It may be in {kept}, which could not be read and was kept." if kept else ""
        return f"The stored key is missing.{place} Type it again, or clear the field."

    @property
    def is_view_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._source is not None and self._source.is_remote and not self._is_clone

    def _place(self) -> str:
        if self._source is None or (self._is_prefilled and self._saved_name is None):
            return "Providers › new provider"
        return f"Providers › {'copy of ' if self._is_clone else ''}{self._source.name}"

    # ── Reading and judging ─────────────────────────────────────────────────────────────────

    def row(self, name: str) -> FormRow:
        """Return the row of a field."""
        return self._row_of[name]

    def values(self) -> dict[str, str]:
        """Return the text of every field as it stands."""
        return {field.name: self.row(field.name).value for field in ROWS}

    @property
    def has_changes(self) -> bool:
        """Whether something would be lost."""
        return not self.is_view_only and any(changed_fields(self._baseline, self.values()))

    def quit_hindrance(self) -> str | None:
        """Return what would be lost."""
        return "changes in the provider form that are not saved" if self.has_changes else None

    def reading(self) -> Reading:
        """Return the form as read and checked, with what the endpoint says of the model."""
        providers = self.runtime.directory.providers()
        others = {provider.name for provider in providers if provider.name != self._previous_name}
        values = self.values()
        host = inspect_url(values["provider_url"]).host
        is_allowed = host is not None and host == self._unencrypted_host
        reading = read_form(values, self._original, others, allow_unencrypted_key=is_allowed)
        warning = self._unlisted_warning(reading.provider)
        return reading if warning is None else Reading(reading.provider, (*reading.problems, warning))

    def _unlisted_warning(self, provider: Provider) -> FieldProblem | None:
        model = provider.compatible_provider
        if not self._models or not model or model in self._models:
            return None
        listed = ", ".join(self._models[:3]) + (", …" if len(self._models) > 3 else "")
        message = f"The endpoint does not list this model; it lists {safe_line(listed, 80)}."
        return FieldProblem("compatible_provider", message, None, False)

    def _judge(self) -> None:
        """Show what is wrong at every field that was touched."""
        if self.is_view_only:
            self._show_request_url()
            return
        reading = self.reading()
        for field in ROWS:
            shown = reading.at(field.name) if field.name in self._touched else ()
            self.row(field.name).show_problems(shown)
        self._show_request_url()
        self._choose_repair(reading)
        self._show_status(reading)
        category = reading.provider.category
        self.row("sub_type").value = reading.provider.sub_type
        self.row("output_price").display = category is Category.MODEL

    def _show_request_url(self) -> None:
        report = inspect_url(self.row("provider_url").value)
        address = f"→ {report.chat_url}" if report.chat_url else None
        self.row("provider_url").note(Content.styled(safe_line(address), "dim") if address else None)

    def _choose_repair(self, reading: Reading) -> None:
        """Offer the repair of the focused field, else of the first error shown, else of the first warning."""
        offered = [
            problem
            for problem in reading.problems
            if problem.repair is not None and row_of(problem) in self._touched
        ]
        offered.sort(key=lambda problem: (row_of(problem) != self._focused_name(), not problem.is_error))
        repair = offered[0] if offered else None
        if (repair is None) != (self._repair is None):
            self.call_after_refresh(self.refresh_bindings)
        self._repair = repair

    def _focused_row(self) -> FormRow | None:
        rows = [node for node in self.focused.ancestors if isinstance(node, FormRow)] if self.focused else []
        return rows[0] if rows else None

    def _focused_name(self) -> str | None:
        row = self._focused_row()
        return row.field.name if row else None

    def _show_status(self, reading: Reading) -> None:
        shown = [problem for problem in reading.errors if row_of(problem) in self._touched]
        parts = [f"✗ {len(shown)} to correct"] if shown else []
        if self.has_changes:
            parts.append("● not saved")
        self.query_one(TitleBar).status = "  ".join(parts)

    # ── In sight ────────────────────────────────────────────────────────────────────────────

    def on_descendant_focus(self) -> None:
        """Show the whole row that has the focus now, not its field alone."""
        self._keep_in_sight()

    def on_form_row_resized(self) -> None:
        """A message came or went: the row that has the focus may have moved out of sight."""
        self._keep_in_sight()

    def on_resize(self) -> None:
        """The same for a window of another size."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        if not self._is_sight_due:
            self._is_sight_due = True
            self.call_after_refresh(self._scroll_to_focus)

    def _scroll_to_focus(self) -> None:
        """Scroll as little as shows the row with the focus, what is wrong there and its repair."""
        self._is_sight_due = False
        row = self._focused_row()
        if row is not None:
            self._show_row(row)

    def _show_row(self, row: FormRow) -> None:
        self.query_one("#form").scroll_to_widget(row, animate=False, immediate=True)

    # ── Changes ─────────────────────────────────────────────────────────────────────────────

    def on_form_row_changed(self, event: FormRow.Changed) -> None:
        """Judge while it is typed; a field still empty is judged when it is left."""
        row = self.row(event.name)
        if row.value and row.value != self._baseline[event.name]:
            self._touched.add(event.name)
        self._judge()

    def on_form_row_left(self, event: FormRow.Left) -> None:
        """Judge the field that was left."""
        self._touched.add(event.name)
        self._judge()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        self.focus_next()
