"""What a fault is, and the registry that the modules of faults fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.demo.connection import Connection

CHAT = "/chat/completions"
MODELS = "/models"

REGISTRY: dict[str, Fault] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to fail."""

    cause: str
    summary: str
    """What the server does: goes on after "it"."""
    answer: Callable[[Connection], bool]
    """Answers a request and returns true, or leaves it to the routes and returns false."""


def fault(cause: str, summary: str) -> Callable[[Callable[[Connection], bool]], Callable[[Connection], bool]]:
    """Register a function as the fault of a cause."""

    def register(answer: Callable[[Connection], bool]) -> Callable[[Connection], bool]:
        REGISTRY[cause] = Fault(cause, summary, answer)
        return answer

    return register


def is_chat(connection: Connection) -> bool:
    """Return whether a request is a chat."""
    return connection.command == "POST" and connection.route.endswith(CHAT)
