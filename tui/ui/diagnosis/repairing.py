"""Applies the fix that a diagnosis offers: saves it, passes it to a form, or saves a copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from tui.core.api_key_reference import STORED
from tui.core.diagnosis import Repair
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.provider import Provider
from tui.texts import diagnosis as texts
from tui.texts.chat import CANCEL
from tui.ui.providers.key_question import ask_before_key_moves
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm


class Repairing:
    """Applies fixes for a screen."""

    def __init__(
        self, screen: LmdeckScreen[Mapping[str, str] | None], saved: Callable[[Provider], None]
    ) -> None:
        """Create an instance; ``saved`` receives the saved provider."""
        self._screen = screen
        self._saved = saved

    def apply(self, subject: DiagnosisSubject, repair: Repair) -> None:
        """Apply a fix to the diagnosed provider; unsaved values return to their form."""
        if not subject.is_saved:
            self._screen.dismiss(dict(repair.changes))
        elif subject.provider.is_remote:
            self._offer_clone(subject, repair)
        else:
            repaired, _ = subject.repaired(repair.changes)
            save = partial(self._save, subject, repair)
            ask_before_key_moves(self._screen, subject.provider, repaired, save)

    def _save(self, subject: DiagnosisSubject, repair: Repair) -> None:
        provider, key_text = subject.repaired(repair.changes)
        changes, base = self._screen.runtime.provider_changes, subject.provider
        self._screen.writes.write(lambda: changes.save(provider, key_text, base.name, base=base), self._saved)

    def _offer_clone(self, subject: DiagnosisSubject, repair: Repair) -> None:
        """Offer a copy with the fix; a stored key is not copied, so it is sent nowhere else."""
        provider, _ = subject.repaired(repair.changes)
        copied = replace(provider, api_key=None) if provider.api_key == STORED else provider
        clone = partial(self._screen.deck.router.form, provider, is_clone=True)
        ask = partial(ask_before_key_moves, self._screen, subject.provider, copied, clone)
        confirm(self._screen, texts.CLONE_TITLE, texts.CLONE_BODY, ask, texts.CLONE, CANCEL)
