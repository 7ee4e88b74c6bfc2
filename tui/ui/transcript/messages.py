"""The messages from the transcript to its screen."""

from __future__ import annotations

from textual.message import Message

from tui.core.turn import Turn


class CopyRequested(Message, namespace="transcript"):
    """Text should be copied."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what
        """Its kind: ``answer``, ``prompt``, ``code`` or ``reasoning``."""


class LinkActivated(Message, namespace="transcript"):
    """The user wants to open a link."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class FollowChanged(Message, namespace="transcript"):
    """The view now follows the end, or does not and there is (or is not) unseen output."""

    def __init__(self, following: bool, unseen: bool) -> None:
        super().__init__()
        self.following = following
        self.unseen = unseen


class VariantRequested(Message, namespace="transcript"):
    """The user wants the previous (-1) or next (1) answer to the same prompt."""

    def __init__(self, turn: Turn, step: int) -> None:
        super().__init__()
        self.turn = turn
        self.step = step


class AttachedWanted(Message, namespace="transcript"):
    """The user wants the content of an attachment."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


class OfferChosen(Message, namespace="transcript"):
    """The user clicked an offer."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        """The screen's action, for ``run_action``."""


class MatchChanged(Message, namespace="transcript"):
    """The search went to another match."""
