"""Questions of the plain chat that are answered by sending the same message again."""

from __future__ import annotations


class PlainConsent:
    """The confirmations of one message; sending a different one discards them."""

    def __init__(self) -> None:
        self._message: tuple[object, ...] | None = None
        self._asked: set[object] = set()

    def begin(self, *message: object) -> None:
        """Tell what is to be sent now, and in which chat."""
        if message != self._message:
            self._message, self._asked = message, set()

    def end(self) -> None:
        """Forget what was asked: the message is sent."""
        self._message, self._asked = None, set()

    @property
    def is_asked(self) -> bool:
        """Whether something was asked about the message that is to be sent."""
        return bool(self._asked)

    def is_given(self, question: object) -> bool:
        """Whether the user was asked this and sent the message again; else it counts as asked from now on."""
        if question in self._asked:
            return True
        self._asked.add(question)
        return False
