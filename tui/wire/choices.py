"""Extracts choices and deltas from a chunk, also from complete messages in place of deltas."""

from __future__ import annotations

from collections.abc import Mapping

from tui.wire.numbers import read_count
from tui.wire.reasoning import find_reasoning, flatten, is_reasoning_field

_MOST_KEPT = 10_000


def choices_of(value: object) -> list[Mapping[str, object]]:
    """Return the choices of a chunk: a list of objects, or a single object."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def deltas_of(choice: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the deltas of a choice: an object, a plain text, or several of them."""
    delta = choice.get("delta")
    items = delta if isinstance(delta, list) else [delta]
    parts = [{"content": item} if isinstance(item, str) else item for item in items]
    return [part for part in parts if isinstance(part, dict) and part]


def message_of(choice: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return what replaces the delta of a choice.

    A ``message``, the ``text`` of a legacy completion, or the fields of a message themselves.
    """
    message = choice.get("message")
    if isinstance(message, str):
        return {"content": message}
    if isinstance(message, dict):
        return message
    if choice.get("text"):
        return {"content": choice["text"]}
    return {"content": choice["content"]} if choice.get("content") else None


class MessageParts:
    """The new text in each of several messages of one stream.

    Some servers send the next part with each message, others the complete answer so far.
    """

    __slots__ = ("_are_parts", "_so_far")

    def __init__(self) -> None:
        self._so_far = ("", "")
        self._are_parts = False

    def rest(
        self, message: Mapping[str, object], has_reasoning: bool, has_calls: bool, *, is_last: bool
    ) -> Mapping[str, object]:
        """Return what is new in the next message, as a delta.

        Args:
            message: the message as received.
            has_reasoning: whether the reasoning came in deltas, so that the message repeats it.
            has_calls: whether tool calls were already received, which the message repeats.
            is_last: whether the answer ends with this message, which may then repeat everything.
        """
        whole = "" if has_reasoning else find_reasoning(message)[0], flatten(message.get("content"))
        reasoning, answer = new = self._new_in(whole, is_last)
        if new == whole and not has_reasoning and not has_calls:
            return message
        left_out = ("content", "tool_calls", "function_call") if has_calls else ("content",)
        kept = {
            name: value
            for name, value in message.items()
            if name not in left_out and not is_reasoning_field(name)
        }
        return {**kept, "reasoning": reasoning, "content": answer}

    def _new_in(self, whole: tuple[str, str], is_last: bool) -> tuple[str, str]:
        before = self._so_far
        if not self._are_parts and (whole != before or is_last or whole == ("", "")):
            if all(text.startswith(known) for text, known in zip(whole, before, strict=True)):
                self._so_far = whole
                return whole[0][len(before[0]) :], whole[1][len(before[1]) :]
            if is_last and [text.strip() for text in whole] == [text.strip() for text in before]:
                return "", ""
        self._are_parts = True
        return whole


class OtherChoices:
    """Choices other than the first, shown only if the first never arrives."""

    __slots__ = ("_index", "_kept")

    def __init__(self) -> None:
        self._index: int | None = None
        self._kept: list[Mapping[str, object]] = []

    def keep(self, choice: Mapping[str, object]) -> bool:
        """Store a choice that is not the first, and return whether it was stored."""
        index = read_count(choice.get("index"))
        if not index:
            return False
        if self._index is None:
            self._index = index
        if index == self._index and len(self._kept) < _MOST_KEPT:
            self._kept.append({**choice, "index": 0})
        return True

    def take(self) -> list[Mapping[str, object]]:
        """Return the stored choices, as if they were the first."""
        kept, self._kept = self._kept, []
        return kept
