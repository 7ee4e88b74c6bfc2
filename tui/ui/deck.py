"""The interface between a screen and the program around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.screen import Screen

if TYPE_CHECKING:
    from tui.core.diagnosis_subject import DiagnosisSubject
    from tui.core.provider import Provider
    from tui.core.search_place import HitPlace, SearchScope
    from tui.runtime.contract import ScreenRuntime


class Router(Protocol):
    """Opens the screens, which do not know each other."""

    def chat(
        self,
        provider_name: str | None = None,
        conversation: str | None = None,
        *,
        is_fork: bool = False,
        instead: bool = False,
        place: HitPlace | None = None,
    ) -> Screen[None]:
        """Open a chat with a provider (``None``: the default one), a saved conversation, or a copy of it.

        ``instead`` of the screen that is shown; at a ``place`` in the conversation.
        """

    def conversations(self) -> None:
        """Open the list of saved conversations."""

    def costs(self) -> None:
        """Show what was spent."""

    def abilities(self) -> None:
        """Show what the providers can do."""

    def diagnosis(
        self, subject: DiagnosisSubject, then: Callable[[Mapping[str, str] | None], None] | None = None
    ) -> None:
        """Open a diagnosis; ``then`` is given the corrections that it found."""

    def discover(self, then: Callable[[str | None], None]) -> None:
        """Look for servers on this machine; ``then`` is given the name of the provider that was added."""

    def form(
        self,
        provider: Provider | None = None,
        *,
        is_clone: bool = False,
        is_prefilled: bool = False,
        field: str = "",
        then: Callable[[str | None], None] | None = None,
    ) -> None:
        """Open the form of a provider (``None``: a new one), at a ``field`` where one is named; ``then`` is
        given the name that was saved.

        A built-in one cannot be changed: that is said instead of the form.
        """


class Deck(Protocol):
    """The app, as its screens see it."""

    runtime: ScreenRuntime
    router: Router
    is_calm: bool
    is_warm: bool

    def end_toasts(self) -> None:
        """Take away the toasts of a screen that is left."""

    def ask_to_quit(self, body: str = "") -> None:
        """Ask whether to quit; ``body`` says what would be lost."""

    def action_help_quit(self) -> None:
        """Tell how to quit."""

    def settings_notices(self) -> tuple[str, ...]:
        """Return what of the settings could not be used."""

    def report_defect(self, error: Exception) -> None:
        """Say that a background task died of a defect, and keep the report."""

    def keep_notice(self, message: str, severity: SeverityLevel) -> None:
        """Keep what was told in the list of notices."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a plain web address."""

    async def edit_outside(self, text: str) -> str | None:
        """Have a text edited in the user's editor; ``None``: it stays as it is. Says what went wrong."""


def deck_of(node: DOMNode) -> Deck:
    """Return the app that a screen or widget is in."""
    return cast(Deck, node.app)


def runtime_of(node: DOMNode) -> ScreenRuntime:
    """Return the runtime of the app that a screen or widget is in."""
    return deck_of(node).runtime


@runtime_checkable
class UnsavedWork(Protocol):
    """A screen with unsaved work that the end of the program would lose."""

    def unsaved_reason(self) -> str | None:
        """Return what would be lost, as a sentence, or ``None``."""


@runtime_checkable
class ChecksReachability(Protocol):
    """A screen that shows which providers answer, and checks once the network is loaded."""

    def check_reachability(self) -> None:
        """Ask in the background."""


@runtime_checkable
class NoticesEdits(Protocol):
    """A screen that shows a file that users also edit by hand."""

    def notice_edits(self) -> bool:
        """Reread the file if it has changed; return whether it had."""


@runtime_checkable
class NamesActions(Protocol):
    """A screen on which a key has a different action for some rows."""

    def action_name(self, action: str) -> str | None:
        """Return what the key bar calls an action now; ``None``: what it is always called; empty: it leaves
        the action out."""


@runtime_checkable
class ShowsConversation(Protocol):
    """A screen that shows one conversation."""

    def use_provider(self, name: str) -> None:
        """Continue with another provider."""

    def replace_conversation(self, identity: str, *, is_fork: bool, place: HitPlace | None = None) -> None:
        """Show another one, or a copy of it, at its end or at a place in it."""


@runtime_checkable
class NarrowsSearch(Protocol):
    """A screen that is about a provider or a conversation."""

    @property
    def search_scope(self) -> SearchScope:
        """What a search from here can be narrowed to."""
