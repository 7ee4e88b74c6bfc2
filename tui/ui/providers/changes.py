"""Changes to providers from the list, each with its undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider, State
from tui.core.safe_text import safe_line
from tui.texts import provider_list as texts
from tui.ui.providers.details import Fix
from tui.ui.providers.key_question import ask_before_key_moves
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.model_choice import ModelChoice
from tui.ui.shell.offers import key_of

_UNDO = "providers.undo"


@dataclass(frozen=True, slots=True)
class _Undo:
    name: str
    restore: Callable[[], object]
    done: str
    """The message after undoing it."""


class ListChanges:
    """Changes providers for a screen. ``shown`` is called after each change, with the name to select."""

    def __init__(self, screen: LmdeckScreen[Any], shown: Callable[[str | None], None]) -> None:
        self._screen = screen
        self._shown = shown
        self._undo: list[_Undo] = []

    @property
    def can_undo(self) -> bool:
        """Return whether there is a change to undo."""
        return bool(self._undo)

    def write(self, change: Callable[[], object], done: str = "", select: str | None = None) -> None:
        """Write a change, update the list and show the message; show the problem if it fails."""

        def follow(_: object) -> None:
            self._shown(select)
            if done:
                self._screen.notify(done)

        self._screen.writes.write(change, follow)

    def delete(self, provider: Provider) -> None:
        """Delete after confirmation."""
        name = provider.name
        title = texts.DELETE_TITLE.format(name=name)
        body = texts.DELETE_BODY.format(key=self._undo_key)
        go_on = partial(self._delete, name)
        confirm(self._screen, title, body, go_on, texts.DELETE, texts.KEEP, is_dangerous=True)

    def _delete(self, name: str) -> None:
        def change() -> None:
            restore = self._screen.runtime.provider_changes.delete(name)
            self._undo.append(_Undo(name, restore, texts.RESTORED.format(name=name)))

        self.write(change, texts.DELETED.format(name=name, key=self._undo_key))

    def default(self, provider: Provider) -> None:
        """Make the provider the default."""
        self.write(partial(self._screen.runtime.provider_changes.set_default, provider.name))

    def turn(self, provider: Provider) -> None:
        """Deactivate or activate the provider."""
        state = State.INACTIVE if provider.is_active else State.ACTIVE
        self.write(partial(self._screen.runtime.provider_changes.set_state, provider.name, state))

    def apply(self, provider: Provider, fix: Fix) -> None:
        """Apply the fix for a provider, after asking for a model if several are offered."""
        if fix.changes:
            self._apply(provider, fix.changes)
            return

        def chosen(model: str | None) -> None:
            if model is not None:
                self._apply(provider, {"compatible_provider": model})

        self._screen.app.push_screen(ModelChoice(provider.name, fix.models), chosen)

    def _apply(self, provider: Provider, changes: Mapping[str, str]) -> None:
        list_changes = self._screen.runtime.provider_changes
        repaired, key_text = DiagnosisSubject(provider).repaired(changes)
        name, is_model = provider.name, "compatible_provider" in changes
        value = safe_line(next(iter(changes.values())), 80)
        before = safe_line(provider.model if is_model else provider.provider_url, 80)

        def change() -> None:
            written = list_changes.save(repaired, key_text, name, base=provider)
            back = partial(list_changes.save, provider, None, name, base=written)
            self._undo.append(_Undo(name, back, texts.UNDONE.format(name=name, value=before)))

        done = texts.APPLIED.format(name=name, value=value, key=self._undo_key)
        ask_before_key_moves(self._screen, provider, repaired, partial(self.write, change, done, name))

    def undo(self) -> None:
        """Undo the last change."""
        if not self._undo:
            return
        last = self._undo[-1]

        def change() -> None:
            last.restore()
            self._undo.remove(last)

        self.write(change, last.done, last.name)

    @property
    def _undo_key(self) -> str:
        return key_of(self._screen, _UNDO)
