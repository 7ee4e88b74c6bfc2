"""What the transcript tells the screen that holds it."""

from __future__ import annotations

from textual.message import Message


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
