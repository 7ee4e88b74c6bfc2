"""Questions of the plain chat that are confirmed by sending the same message again."""

from __future__ import annotations


class PlainConsent:
    """The confirmations of one message; sending a different one discards them."""

    def __init__(self) -> None:
        self._message: tuple[object, ...] | None = None
        self._asked: set[object] = set()

    def begin(self, *message: object) -> None:
        """Set what is about to be sent, and in which chat."""
        if message != self._message:
            self._message, self._asked = message, set()

    def end(self) -> None:
        """Forget the confirmations: the message was sent."""
        self._message, self._asked = None, set()

    @property
    def is_asked(self) -> bool:
        """Whether a question was asked about the current message."""
        return bool(self._asked)

    def is_given(self, question: object) -> bool:
        """Return whether the user confirmed a question by sending the message again; otherwise ask it now."""
        if question in self._asked:
            return True
        self._asked.add(question)
        return False
