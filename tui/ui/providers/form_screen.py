"""The provider form at work: suggestions from the endpoint, a test before saving, saving, leaving."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.content import Content

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.endpoint_url import inspect_url
from tui.core.failure import LmdeckError
from tui.core.provider import Category, Provider
from tui.core.provider_schema import ROWS
from tui.core.provider_texts import row_of, tested_values, values_of
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_trial import ProviderFormTrial
from tui.ui.providers.model_field import ModelField
from tui.ui.shell.dialogs import Choice, ChoiceDialog
from tui.ui.shell.title_bar import TitleBar

_EDITING_ACTIONS = ("save", "save_exit", "repair")
_ENDPOINT_FIELDS = ("provider_url", "api_key")
"""Fields that decide which models there are."""
_NO_MODELS = "The endpoint lists no models. Type for common names."


class ProviderFormScreen(ProviderFormTrial):
    """Edits one provider; ends with the name under which it was saved last, or ``None``."""

    # ── Suggestions ─────────────────────────────────────────────────────────────────────────

    def on_form_row_changed(self, event: FormRow.Changed) -> None:
        """Another endpoint has other models."""
        if event.name in _ENDPOINT_FIELDS:
            self._models, self._asked = None, None
        if event.name == "category":
            self._follow_category()
        self._trial.compare(tested_values(self.values()))

    def _follow_category(self) -> None:
        """Change the text of the test with the category, where nobody has written one."""
        row, category = self.row("test_prompt"), Category(self.row("category").value)
        if row.value in {other.test_prompt for other in Category if other is not category}:
            row.value = category.test_prompt

    def on_form_row_left(self, event: FormRow.Left) -> None:
        """A new endpoint is asked for its models."""
        if event.name in _ENDPOINT_FIELDS:
            self._ask_models()

    def on_model_field_models_wanted(self) -> None:
        """Ask the endpoint for its models."""
        self._ask_models()

    def _ask_models(self) -> None:
        values = self.values()
        report = inspect_url(values["provider_url"])
        asked = (values["provider_url"], values["api_key"])
        if report.models_url is None or asked == self._asked or self.is_view_only:
            return
        self._asked = asked
        self.query_one(ModelField).say(f"… asking {report.models_url}")
        in_background(self, self._fetch_models, group="models", exclusive=True)

    async def _fetch_models(self) -> None:
        field = self.query_one(ModelField)
        try:
            provider, key_text = self._for_request()
            found = await self.runtime.list_models(provider, key_text)
        except LmdeckError as error:
            self._models = None
            field.offer(None)
            field.say(f"{failure_text(error.failure)} Type for common names.")
            return
        self._models = tuple(model.identifier for model in found.models)
        field.offer(self._models)
        count = len(self._models)
        field.say(f"{count} model{'' if count == 1 else 's'} at this endpoint" if count else _NO_MODELS)
        self._judge()

    # ── Diagnosing ──────────────────────────────────────────────────────────────────────────

    def action_diagnose(self) -> None:
        """Diagnose the endpoint with the values as they stand; a repair comes back into the form."""
        if self.is_view_only:
            self.deck.router.diagnosis(DiagnosisSubject(self._original))
        else:
            self._when_sendable(self._diagnose)

    def _diagnose(self) -> None:
        provider, key_text = self._for_request()
        known = self._trial.failure_with(tested_values(self.values()))
        subject = DiagnosisSubject(provider, key_text, is_saved=False, known=known)
        self.deck.router.diagnosis(subject, self._apply)

    def _apply(self, changes: Mapping[str, str] | None) -> None:
        """Take the corrections that a diagnosis found."""
        for name, text in (changes or {}).items():
            self.row(name).value = text
            self._touched.add(name)

    # ── Saving ──────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now; hide what never can."""
        if self.is_view_only and action in _EDITING_ACTIONS:
            return False
        if action == "clone":
            return self.is_view_only
        if action == "repair":
            return True if self._repair is not None else None
        return True

    def action_save(self) -> None:
        """Save and stay."""
        self._save(lambda: None)

    def action_save_exit(self) -> None:
        """Save and go back to the list."""
        self._save(lambda: self.dismiss(self._saved_name))

    def _save(self, afterwards: Callable[[], object]) -> None:
        self._touched.update(field.name for field in ROWS)
        self._judge()
        errors = self.reading().errors
        if errors:
            self._go_to(errors[0])
            return
        self._after_key_question(lambda: self._write(afterwards))

    def _write(self, afterwards: Callable[[], object]) -> None:
        """Save, and go on where that was possible."""
        values, provider, previous = self.values(), self.reading().provider, self._previous_name
        key_text = values["api_key"] if values["api_key"] != self._baseline["api_key"] else None

        def saved(provider: Provider) -> None:
            self._take_saved(provider, values["api_key"])
            afterwards()

        self.writes.write(lambda: self.runtime.directory.save(provider, key_text, previous), saved)

    def _take_saved(self, saved: Provider, key_text: str) -> None:
        """Go on from what was saved; what was typed while it waited stays a change."""
        before = tested_values(self.values())
        self._original, self._saved_name, self._previous_name = saved, saved.name, saved.name
        self._source, self._is_clone = saved, False
        self._baseline = values_of(saved)
        if self.row("api_key").value == key_text:
            self.row("api_key").value = self._baseline["api_key"]  # the same key, by its reference
            self._trial.rename(before, tested_values(self.values()))
        label = self._stored_key_label()
        self.row("api_key").note(Content.styled(label, "dim") if label else None)
        self.query_one(TitleBar).place = self._place()
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
        copy = ProviderFormScreen(self._original, is_clone=True)
        self.app.push_screen(copy, self._after_clone)

    def _after_clone(self, saved_name: str | None) -> None:
        """Go on to the list; a callback that returned what ``dismiss`` does would be awaited, and fail."""
        self.dismiss(saved_name)

    def action_cancel(self) -> None:
        """Stop a test or give up a save; else go back, after asking where something would be lost."""
        if self._stop_test() or self.writes.give_up():
            return
        if not self.has_changes:
            self.dismiss(self._saved_name)
            return
        ways = (
            Choice("save", "Save & Exit", "s"),
            Choice("discard", "Discard", "d", is_dangerous=True),
            Choice("keep", "Keep editing", "k"),
        )
        question = ChoiceDialog("Leave the form?", "It has changes that are not saved.", ways)
        self.app.push_screen(question, self._leave)

    def _leave(self, answer: str | None) -> None:
        if answer == "save":
            self.action_save_exit()
        elif answer == "discard":
            self.dismiss(self._saved_name)

    def action_next(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_previous(self) -> None:
        """Go to the field above."""
        self.focus_previous()
