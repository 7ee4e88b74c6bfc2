"""Assigns the pieces of streamed tool calls: to which call they belong, and what is new in their arguments.

The call is found by its id, else by its index, else by its position. Gemini's compatible API and some
gateways send parallel calls without an index, or all with index 0, and distinguish them only by their ids;
others send an id only with the first piece, or a new one with every piece of the same call. Some begin with
an empty object before the arguments, or repeat the complete arguments at the end; Baidu's Qianfan and some
gateways send all arguments so far with every piece.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum, auto

from tui.core.lazy_dataclass import dataclass
from tui.wire.lenient_json import begins_json
from tui.wire.strict_json import StrictJsonError, is_json, parse_json_object

_MOST_CALLS = 10_000
_LONGEST_WHOLE = 100_000
"""The longest arguments, in characters, that are checked for completeness."""
_LONGEST_EMPTY = 64
_SHORTEST = 2
"""The shortest common beginning of two pieces, in characters, that is no coincidence."""


class _Kind(Enum):
    """How the pieces of a call's arguments relate to each other."""

    UNKNOWN = auto()
    DELTA = auto()
    WHOLE_SO_FAR = auto()


@dataclass(slots=True)
class _Call:
    identity: str
    name: str
    arguments: list[str]
    """The pieces passed on."""
    held: list[str]
    """Later pieces that may be of either kind."""
    kind: _Kind = _Kind.UNKNOWN
    length: int = 0
    is_broken: bool = False
    """More arrived after the complete arguments."""

    @property
    def is_whole(self) -> bool:
        """Whether the arguments so far are a JSON object, after which nothing can follow."""
        parts = self.held or self.arguments
        if self.length > _LONGEST_WHOLE or not parts or not parts[-1].rstrip().endswith("}"):
            return False
        text = self._text.strip()
        return text.startswith("{") and is_json(text)

    @property
    def is_empty(self) -> bool:
        """Whether only an empty object arrived, which the real arguments may follow."""
        return self.length <= _LONGEST_EMPTY and "".join(self._text.split()) == "{}"

    @property
    def _text(self) -> str:
        """The arguments so far; while their kind is unknown, as if each piece had all of them."""
        return self.held[-1] if self.held else "".join(self.arguments)

    def repeats(self, arguments: str) -> bool:
        """Return whether these are the complete arguments again."""
        before = self._text
        if arguments.strip() == before.strip():
            return True
        again = _canonical(arguments)
        return again is not None and again == _canonical(before)

    def add(self, arguments: str) -> str:
        """Add a piece of the arguments, and return what to pass on."""
        released = ""
        if (
            self.held
            and not arguments.startswith(self._text)
            and not (self.is_whole and self.repeats(arguments))
        ):
            self.kind = _Kind.DELTA
            released = self._release()
        return released + self._add(arguments)

    def _add(self, arguments: str) -> str:
        if arguments.lstrip().startswith("{") and not self.is_broken and self.is_whole:
            if self.repeats(arguments):
                return ""
            if self.is_empty:  # dropped when the pieces are joined (``ToolCall.add``)
                self.arguments.clear()
            else:
                self.is_broken = True
        self.length += len(arguments)
        if self.kind is _Kind.UNKNOWN and self.arguments:
            return self._as_sent(arguments)
        if self.kind is _Kind.WHOLE_SO_FAR:
            return self._grow(arguments)
        self.arguments.append(arguments)
        return arguments

    def _as_sent(self, arguments: str) -> str:
        """Add a piece while it is unknown whether pieces are deltas or contain all arguments so far.

        If each piece begins with the previous one, they contain all arguments once joining them can no longer
        give JSON; valid JSON is never mistaken for that, however it was split.
        """
        last = self._text
        if not arguments.startswith(last):
            self.kind = _Kind.DELTA
            self.arguments.append(arguments)
            return arguments
        self.held.append(arguments)
        if len(last) >= _SHORTEST and not begins_json(self._joined) and begins_json(arguments):
            self.kind = _Kind.WHOLE_SO_FAR
            self.held.clear()
            return self._grow(arguments)
        return ""

    @property
    def _joined(self) -> str:
        return "".join((*self.arguments, *self.held))

    def _release(self) -> str:
        new = "".join(self.held)
        self.held.clear()
        self.arguments.append(new)
        return new

    def _grow(self, arguments: str) -> str:
        before = "".join(self.arguments)
        if before.startswith(arguments):
            return ""
        if not arguments.startswith(before):
            self.is_broken = True
            self.arguments.append(arguments)
            return arguments
        self.arguments[:] = [arguments]
        return arguments[len(before) :]

    def finish(self) -> str:
        """Return what was held back."""
        if self.held and self.is_whole and not is_json(self._joined):
            last = self.held[-1]
            self.held.clear()
            return self._grow(last)
        return self._release()


class ToolCallOrder:
    """Assigns each piece the number of its call: 0 for the first one seen, then 1, 2…"""

    __slots__ = ("_by_identity", "_by_index", "_calls", "_last")

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_identity: dict[str, int] = {}
        self._by_index: dict[int, int] = {}
        self._last: int | None = None

    @property
    def has_broken_call(self) -> bool:
        """Whether different content followed the complete arguments of a call."""
        return any(call.is_broken for call in self._calls)

    def finish(self) -> Iterator[tuple[int, str]]:
        """Yield what was held back: the number of each such call, and the rest of its arguments."""
        for number, call in enumerate(self._calls):
            if rest := call.finish():
                yield number, rest

    def place(
        self, index: object, position: int, identity: str, name: str, arguments: str
    ) -> tuple[int, str]:
        """Return the number of the call that a piece continues or begins, and the new part of its arguments.

        Args:
            index: the piece's own ``index``, or any other value if it has none.
            position: its position in the list of the delta; -1 if it is the only one.
            identity: its ``id``, empty if it has none.
            name: its function name, empty if it has none.
            arguments: its part of the arguments.
        """
        where = index if isinstance(index, int) and 0 <= index < _MOST_CALLS else None
        has_index = where is not None
        if where is None:
            where = max(0, position)
        number = self._by_identity.get(identity) if identity else None
        if number is None:
            is_rest = not has_index and position < 0 and not identity and not name
            number = self._last if is_rest else self._by_index.get(where)
            if number is not None:
                call = self._calls[number]
                is_again = has_index and self._comes_again(call, identity, name, arguments)
                if not is_again and self._begins_another(call, identity, name):
                    number = None
            if number is None:
                number = self._begin(identity, name)
        self._by_index[where] = self._last = number
        call = self._calls[number]
        if identity:
            self._by_identity.setdefault(identity, number)
            call.identity = call.identity or identity
        call.name = call.name or name
        return number, call.add(arguments) if arguments else ""

    def _begin(self, identity: str, name: str) -> int:
        if len(self._calls) >= _MOST_CALLS:
            return len(self._calls) - 1
        self._calls.append(_Call(identity, name, [], []))
        return len(self._calls) - 1

    @staticmethod
    def _begins_another(call: _Call, identity: str, name: str) -> bool:
        """Return whether a piece at the position of a call begins a new one.

        It does if it has a name, and either a different id or follows a complete call.
        """
        if not name or not call.name:
            return False
        if identity and call.identity:
            return call.identity != identity and (name != call.name or call.is_whole or not call.arguments)
        return call.is_whole

    @staticmethod
    def _comes_again(call: _Call, identity: str, name: str, arguments: str) -> bool:
        """Return whether a piece repeats the call at its index.

        A piece without an id cannot begin a call of its own if the others have one. If each piece has all
        arguments so far, the last one may be repeated.
        """
        if identity or name != call.name:
            return False
        if not call.identity:
            return (call.kind is _Kind.WHOLE_SO_FAR or bool(call.held)) and call.repeats(arguments)
        return call.is_empty or (call.is_whole and call.repeats(arguments))


def _canonical(text: str) -> str | None:
    try:
        return json.dumps(parse_json_object(text.strip()), sort_keys=True)
    except (StrictJsonError, RecursionError):
        return None
