"""The interface between a screen and the app."""

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
    from tui.ui.notices import NoticeLog


class Router(Protocol):
    """Opens screens, which do not know each other."""

    def chat(
        self,
        provider_name: str | None = None,
        conversation: str | None = None,
        *,
        is_fork: bool = False,
        instead: bool = False,
        place: HitPlace | None = None,
    ) -> Screen[None]:
        """Open a chat with a provider (``None``: the default), a saved conversation, or a copy of it.

        ``instead``: replace the current screen. ``place``: a position in the conversation.
        """

    def conversations(self) -> None:
        """Open the list of saved conversations."""

    def costs(self) -> None:
        """Show the costs."""

    def abilities(self) -> None:
        """Show the abilities of the providers."""

    def diagnosis(
        self, subject: DiagnosisSubject, then: Callable[[Mapping[str, str] | None], None] | None = None
    ) -> None:
        """Open a diagnosis; ``then`` receives the repairs to apply."""

    def discover(self, then: Callable[[str | None], None]) -> None:
        """Search for servers on this machine; ``then`` receives the name of an added provider."""

    def form(
        self,
        provider: Provider | None = None,
        *,
        is_clone: bool = False,
        is_prefilled: bool = False,
        field: str = "",
        then: Callable[[str | None], None] | None = None,
    ) -> None:
        """Open the form of a provider (``None``: a new one), optionally at a ``field``.

        ``then`` receives the saved name. For a built-in provider, a message is shown instead.
        """


class Deck(Protocol):
    """The app as seen by its screens."""

    runtime: ScreenRuntime
    router: Router
    is_calm: bool
    is_warm: bool

    def end_toasts(self) -> None:
        """Remove the toasts of a screen being left."""

    def ask_to_quit(self, body: str = "") -> None:
        """Ask whether to quit; ``body`` is what would be lost."""

    def action_help_quit(self) -> None:
        """Show how to quit."""

    def settings_notices(self) -> tuple[str, ...]:
        """Return the problems with the settings."""

    def report_defect(self, error: Exception) -> None:
        """Report that a background task crashed, and write a crash report."""

    @property
    def notices(self) -> NoticeLog:
        """What was reported since the start."""

    def keep_notice(self, message: str, severity: SeverityLevel) -> None:
        """Keep what was told in the list of notices."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a web or mail address."""

    async def edit_outside(self, text: str) -> str | None:
        """Edit a text in the user's editor; ``None`` if unchanged. Shows problems."""


def deck_of(node: DOMNode) -> Deck:
    """Return the app of a screen or widget."""
    return cast(Deck, node.app)


def runtime_of(node: DOMNode) -> ScreenRuntime:
    """Return the runtime of a screen's or widget's app."""
    return deck_of(node).runtime


@runtime_checkable
class UnsavedWork(Protocol):
    """A screen with unsaved work that quitting would lose."""

    def unsaved_reason(self) -> str | None:
        """Return what would be lost, as a sentence, or ``None``."""


@runtime_checkable
class ChecksReachability(Protocol):
    """A screen that shows which providers respond, and checks them once the network is loaded."""

    def check_reachability(self) -> None:
        """Check in the background."""


@runtime_checkable
class NoticesEdits(Protocol):
    """A screen that shows a file that users may also edit by hand."""

    def notice_edits(self) -> bool:
        """Read the file again if it has changed; return whether it had."""


@runtime_checkable
class NamesActions(Protocol):
    """A screen on which a key has a different name for some rows."""

    def action_name(self, action: str) -> str | None:
        """Return the current name of an action in the footer.

        ``None`` is the usual name; an empty one hides the action.
        """


@runtime_checkable
class ShowsConversation(Protocol):
    """A screen that shows one conversation."""

    def use_provider(self, name: str) -> None:
        """Continue with another provider."""

    def replace_conversation(self, identity: str, *, is_fork: bool, place: HitPlace | None = None) -> None:
        """Show another conversation, or a copy of it, at its end or at a place in it."""


@runtime_checkable
class NarrowsSearch(Protocol):
    """A screen for a provider or a conversation."""

    @property
    def search_scope(self) -> SearchScope:
        """Return the filters for a search from here."""
