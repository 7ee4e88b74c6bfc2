"""What the transcript tells the screen that holds it."""

from __future__ import annotations

from textual.message import Message

from tui.core.turn import Turn


class CopyRequested(Message, namespace="transcript"):
    """Text is to be copied; the screen does it and says how it went."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what
        """What it is, in words: ``answer``, ``prompt``, ``code``, ``reasoning``."""


class LinkActivated(Message, namespace="transcript"):
    """The person asked to open a link."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class FollowChanged(Message, namespace="transcript"):
    """The view follows the end, or does not and there is (or is not) output not seen yet."""

    def __init__(self, following: bool, unseen: bool) -> None:
        super().__init__()
        self.following = following
        self.unseen = unseen


class VariantRequested(Message, namespace="transcript"):
    """The person asked for the answer before (-1) or after (1) a turn's to the same prompt."""

    def __init__(self, turn: Turn, step: int) -> None:
        super().__init__()
        self.turn = turn
        self.step = step


class AttachedWanted(Message, namespace="transcript"):
    """The person asked for the contents of what is attached to a message."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


class OfferChosen(Message, namespace="transcript"):
    """The person clicked on an offer."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        """The screen's action, as ``run_action`` takes it."""


class MatchChanged(Message, namespace="transcript"):
    """The search went to another match."""
