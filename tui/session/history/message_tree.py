"""Converts trees of messages, in which other programs store the branches of a chat, to turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tui.core.lazy_dataclass import dataclass
from tui.session.history.incoming import ForeignTurn

_MOST_REPEATED = 100_000_000
"""In characters. Since branches of one answer repeat its common beginning, a file of a few megabytes could
expand to any size."""
_OF_A_MESSAGE = 100
"""The minimum count of a message in characters, since empty ones take work, too."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a tree."""

    parent: str | None
    role: str = ""
    """``user`` or ``assistant``; messages with other roles are skipped, with their followers in their
    place."""
    text: str = ""
    reasoning: str = ""
    model: str = ""
    at: str = ""
    """ISO 8601; empty if unknown."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a message."""

    begins: str | None
    """The message that begins its turn; ``None`` if no turn has begun yet."""
    follows: str | None
    """The message that ends the preceding turn."""
    end: str | None
    """The last message of the turn so far; skipped messages are not included."""
    said: str | None = None
    """The last message so far that is part of the turn's answer."""
    before: str | None = None
    """The preceding message."""


_NOWHERE = _Place(None, None, None)


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a tree, including all branches."""

    turns: list[ForeignTurn]
    shown: str | None
    """The last turn of the current branch."""
    is_cut: bool
    """The beginnings of answers are omitted, since the branches would repeat too much."""


def tree_turns(messages: Mapping[str, Message], current: str | None) -> Turns:
    """Return the turns of a tree.

    Only the links to parents count: a missing parent or a cycle begins a new branch. ``current`` is the last
    message shown, by default that of the branch with the last leaf.
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
            places[name] = _Place(before.begins or name, before.follows, name, name, before.said)
        else:
            places[name] = before
    ends |= {place.end for name, place in places.items() if name not in continued and place.end}
    answers = _Answers(messages, places)
    turns = [answers.turn(name) for name in places if name in ends]
    shown = next((name for name in _up(current, messages) if name in ends), None)
    shown = shown or next((name for name in reversed(list(messages)) if name in ends), None)
    return Turns(turns, shown, answers.is_cut)


def _in_order(messages: Mapping[str, Message]) -> Iterator[str]:
    """Yield every message after its parent, siblings in the order of the file."""
    children: dict[str, list[str]] = {}
    roots = []
    for name, message in messages.items():
        if message.parent is None or message.parent not in messages or message.parent == name:
            roots.append(name)
        else:
            children.setdefault(message.parent, []).append(name)
    seen: set[str] = set()
    for first in (*roots, *messages):  # after the roots, only cycles are left
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                yield name
                waiting += reversed(children.get(name, ()))


class _Answers:
    """Joins the messages of answers, repeating at most ``_MOST_REPEATED``."""

    def __init__(self, messages: Mapping[str, Message], places: Mapping[str, _Place]) -> None:
        self._messages = messages
        self._places = places
        self._left = _MOST_REPEATED + sum(map(_size, messages.values()))
        self.is_cut = False

    def turn(self, end: str) -> ForeignTurn:
        """Return the turn that ends with a message."""
        place = self._places[end]
        first = self._messages[place.begins or end]
        said = self._said(place)
        return ForeignTurn(
            end,
            first.text if first.role == "user" else "",
            answer=_joined(message.text for message in said),
            reasoning=_joined(message.reasoning for message in said),
            model=next((message.model for message in reversed(said) if message.model), first.model),
            started_at=first.at,
            parent=place.follows,
        )

    def _said(self, place: _Place) -> list[Message]:
        said: list[Message] = []
        name = place.said
        while name is not None:
            message = self._messages[name]
            self._left -= _size(message)
            if self._left < 0:
                self.is_cut = True
                break
            said.append(message)
            name = self._places[name].before
        said.reverse()
        return said


def _size(message: Message) -> int:
    return max(_OF_A_MESSAGE, len(message.text) + len(message.reasoning))


def _up(name: str | None, messages: Mapping[str, Message]) -> Iterator[str]:
    """Yield a message and its ancestors, each once."""
    seen: set[str] = set()
    while name is not None and name in messages and name not in seen:
        seen.add(name)
        yield name
        name = messages[name].parent


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, texts))
