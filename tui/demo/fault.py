"""The type of a simulated failure, and the registry filled by the fault modules."""

from __future__ import annotations

from collections.abc import Callable

from tui.core.lazy_dataclass import dataclass
from tui.demo.connection import Connection
from tui.demo.plan import Plan
from tui.texts.demo import FAULTS

CHAT = "/chat/completions"
MODELS = "/models"

REGISTRY: dict[str, Fault] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """A simulated failure."""

    cause: str
    summary: str
    """What the server does; completes "it …"."""
    answer: Callable[[Connection], bool]
    """Answers a request and returns true, or returns false to leave it to the routes."""


Answer = Callable[[Connection], bool]


def fault(cause: str) -> Callable[[Answer], Answer]:
    """Register a function as the fault for a cause; ``texts.demo.FAULTS`` describes the server."""

    def register(answer: Answer) -> Answer:
        REGISTRY[cause] = Fault(cause, FAULTS[cause], answer)
        return answer

    return register


def chat_fault(cause: str) -> Callable[[Callable[[Connection], object]], Answer]:
    """Register a function that answers every chat; other requests are left to the routes."""

    def register(answer: Callable[[Connection], object]) -> Answer:
        return fault(cause)(lambda connection: is_chat(connection) and _done(answer(connection)))

    return register


def stream_fault(cause: str) -> Callable[[Callable[[Connection, Plan], object]], Answer]:
    """Register a function that answers streamed chats, given the plan of each answer."""

    def register(answer: Callable[[Connection, Plan], object]) -> Answer:
        @fault(cause)
        def streamed(connection: Connection) -> bool:
            plan = connection.demo.plan(connection) if is_chat(connection) else None
            return plan is not None and plan.is_streamed and _done(answer(connection, plan))

        return streamed

    return register


def _done(_: object) -> bool:
    return True


def is_chat(connection: Connection) -> bool:
    """Return whether a request is a chat."""
    return connection.command == "POST" and connection.route.endswith(CHAT)
