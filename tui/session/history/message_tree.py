"""Trees of messages, as other programs keep the branches of a chat, made into turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from tui.core.lazy_dataclass import dataclass
from tui.session.history.incoming import ForeignTurn

_MOST_MESSAGES = 100
"""Messages of one answer: with its calls of tools it may be several."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a tree."""

    parent: str | None
    role: str = ""
    """``user`` or ``assistant``; any other one is passed over, and what follows it stays in its place."""
    text: str = ""
    reasoning: str = ""
    model: str = ""
    at: str = ""
    """ISO 8601; empty: unknown."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands."""

    begins: str | None
    """The message that begins its turn; ``None``: no turn has begun yet."""
    follows: str | None
    """The message that ends the turn before it."""
    end: str | None
    """The last message of the turn until here: what is passed over ends none."""


_NOWHERE = _Place(None, None, None)


def tree_turns(messages: Mapping[str, Message], current: str | None) -> tuple[list[ForeignTurn], str | None]:
    """Return the turns of a tree, every branch of it, and the last turn of the branch that is shown.

    Only the links to parents count: what is no tree (a missing parent, a circle) begins a branch of its own.
    ``current`` is the last message that was shown; without it, the branch of the last leaf is.
    """
    places: dict[str, _Place] = {}
    ends: set[str] = set()
    continued: set[str] = set()
    for name in _in_order(messages):
        message = messages[name]
        before = places.get(message.parent or "", _NOWHERE)
        if before is not _NOWHERE:
            continued.add(message.parent or "")
        if message.role == "user":
            places[name] = _Place(name, before.end, name)
            ends.update(filter(None, (before.end,)))
        elif message.role == "assistant":
            places[name] = _Place(before.begins or name, before.follows, name)
        else:
            places[name] = before
    ends |= {place.end for name, place in places.items() if name not in continued and place.end}
    turns = [_turn(name, place, messages) for name, place in places.items() if name in ends]
    shown = next((name for name in _up(current, messages) if name in ends), None)
    return turns, shown or next((name for name in reversed(list(messages)) if name in ends), None)


def _in_order(messages: Mapping[str, Message]) -> Iterator[str]:
    """Yield every message, each behind its parent, siblings in the order in which they are told."""
    children: dict[str, list[str]] = {}
    roots = []
    for name, message in messages.items():
        if message.parent is None or message.parent not in messages or message.parent == name:
            roots.append(name)
        else:
            children.setdefault(message.parent, []).append(name)
    seen: set[str] = set()
    for first in (*roots, *messages):  # behind the roots only what stands in circles is left
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                yield name
                waiting += reversed(children.get(name, ()))


def _turn(end: str, place: _Place, messages: Mapping[str, Message]) -> ForeignTurn:
    begins = place.begins or end
    first = messages[begins]
    said: list[Message] = []
    for name in islice(_up(end, messages), _MOST_MESSAGES):
        if messages[name].role == "assistant":
            said.insert(0, messages[name])
        if name == begins:
            break
    return ForeignTurn(
        end,
        first.text if first.role == "user" else "",
        answer=_joined(message.text for message in said),
        reasoning=_joined(message.reasoning for message in said),
        model=next((message.model for message in reversed(said) if message.model), first.model),
        started_at=first.at,
        parent=place.follows,
    )


def _up(name: str | None, messages: Mapping[str, Message]) -> Iterator[str]:
    """Yield a message and those before it, each once."""
    seen: set[str] = set()
    while name is not None and name in messages and name not in seen:
        seen.add(name)
        yield name
        name = messages[name].parent


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, texts))
