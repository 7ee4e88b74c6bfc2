"""Saves the provider form, and updates it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.content import Content

from tui.core.provider import Provider
from tui.runtime.form_control import FormControl
from tui.texts import form as texts
from tui.ui.providers.form_judging import FormJudging
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_trial import Trial
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.title_bar import TitleBar


class FormSaving:
    """Saves a form, which continues with the saved values."""

    def __init__(
        self,
        screen: LmdeckScreen[Any],
        form: FormControl,
        rows: Mapping[str, FormRow],
        judging: FormJudging,
        trial: Callable[[], Trial],
    ) -> None:
        self._screen = screen
        self._form = form
        self._rows = rows
        self._judging = judging
        self._trial = trial

    def save(self, afterwards: Callable[[], object]) -> None:
        """Save, then call ``afterwards``; if that is impossible, focus the problem."""
        self._screen.end_told()
        problem = self._judging.take_values().unsavable()
        self._judging.unless(problem, lambda: self._write(afterwards))

    def _write(self, afterwards: Callable[[], object]) -> None:
        form = self._judging.take_values()
        save, key_text = form.to_save(), form.values["api_key"]

        def saved(provider: Provider) -> None:
            self._follow(provider, key_text)
            afterwards()

        self._screen.writes.write(save, saved)

    def _follow(self, saved: Provider, key_text: str) -> None:
        """Continue with the saved values; a typed key is shown as its reference."""
        form = self._judging.take_values()
        before, is_key_typed = form.tested(), key_text != form.baseline["api_key"]
        form.saved(saved)
        for name, text in form.values.items():
            self._rows[name].value = text
        after = self._judging.take_values().tested()
        if is_key_typed and {**before, "api_key": after["api_key"]} == after:
            self._trial().rename(before)
        self.show_key_note()
        self._screen.query_one(TitleBar).place = texts.TITLE.format(name=form.title)
        self._judging.judge()

    def show_key_note(self) -> None:
        """Show whether the key is stored."""
        note = self._form.key_note
        self._rows["api_key"].note(Content.styled(note, "dim") if note else None)
