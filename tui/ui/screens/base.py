"""What every screen of the program shares: its runtime, its keys for the help, its reason not to quit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast, runtime_checkable

from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import Worker

if TYPE_CHECKING:
    from tui.runtime.runtime import Runtime
    from tui.ui.app import LmdeckApp

ResultType = TypeVar("ResultType")


@runtime_checkable
class HoldsWork(Protocol):
    """A screen that may lose something when the program ends."""

    def quit_hindrance(self) -> str | None:
        """Return what would be lost, as a clause (``an answer is still streaming``), or ``None``."""


@runtime_checkable
class ChecksReachability(Protocol):
    """A screen that shows who answers, and asks once the network is loaded."""

    def check_reachability(self) -> None:
        """Ask in the background."""


@runtime_checkable
class NoticesEdits(Protocol):
    """A screen that shows a file which people also edit by hand."""

    def notice_edits(self) -> bool:
        """Read the file again where somebody changed it; return whether that was so."""


class LmdeckScreen(Screen[ResultType]):
    """A screen that finds its runtime in the app."""

    KEY_GROUPS: ClassVar[tuple[str, ...]] = ()
    """Groups of ``tui.ui.bindings`` that the help of this screen shows."""

    HELP_TEXT: ClassVar[str] = ""
    """One or two plain sentences on what the screen is for."""

    @property
    def deck(self) -> LmdeckApp:
        """The app, by its own type."""
        return cast("LmdeckApp", self.app)

    @property
    def runtime(self) -> Runtime:
        """The runtime that was passed to the app."""
        return self.deck.runtime

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Never swallow what a background task died of."""
        self.deck.report_worker(event)


def runtime_of(node: DOMNode) -> Runtime:
    """Return the runtime of the app that a screen or widget is in."""
    return cast("LmdeckApp", node.app).runtime
