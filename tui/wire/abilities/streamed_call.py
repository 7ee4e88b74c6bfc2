"""The test of streamed tool calls: whether the pieces can be joined by index, like clients do.

Known variants: no index (Ollama before 0.12), index 0 for all calls and new ids, the id in every piece, the
complete arguments repeated in the last piece, all arguments so far in each piece, ``{}`` before the object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

from tui.core.abilities import Finding
from tui.core.counted import Counted
from tui.core.lazy_dataclass import dataclass
from tui.texts import abilities as texts
from tui.wire.abilities import tools, words
from tui.wire.abilities.refusal import judge_chat
from tui.wire.abilities.reply import Reply, broken, ignored, not_finished, not_tried, shown, yes
from tui.wire.choices import choices_of, deltas_of
from tui.wire.strict_json import is_json


@dataclass(frozen=True, slots=True)
class _Piece:
    index: object
    identity: str
    name: str
    arguments: object


def judge(reply: Reply) -> Finding:
    """Judge a stream that should contain a tool call."""
    finding = judge_chat(reply, words.TOOLS, words.TOOLS_KNOWN)
    if finding is not None:
        return finding
    if not reply.chunks:
        return ignored(texts.NOT_STREAMED)
    pieces = list(_pieces(reply))
    if reply.broke_off and not is_enough(reply):
        return not_tried(texts.BROKE_OFF.format(title=reply.broke_off))
    if not pieces:
        return tools.without_call(reply) or ignored(texts.PROSE.format(text=shown(reply.content)))
    found = _judge_pieces(pieces)
    return not_finished() if reply.is_cut and not isinstance(found, tools.Call) else _told(found, pieces)


def is_enough(reply: Reply) -> bool:
    """Return whether a truncated stream already has a complete call."""
    pieces = list(_pieces(reply))
    return bool(pieces) and isinstance(_judge_pieces(pieces), tools.Call)


def _pieces(reply: Reply) -> Iterator[_Piece]:
    for chunk in reply.chunks:
        for choice in choices_of(chunk.get("choices")):
            for delta in deltas_of(choice):
                calls = delta.get("tool_calls")
                for call in calls if isinstance(calls, list) else ():
                    if isinstance(call, dict):
                        yield _read(call)


def _read(call: dict[str, object]) -> _Piece:
    function = call.get("function")
    parts = function if isinstance(function, dict) else {}
    identity, name = call.get("id"), parts.get("name")
    return _Piece(
        call.get("index"),
        identity if isinstance(identity, str) else "",
        name if isinstance(name, str) else "",
        parts.get("arguments"),
    )


def _judge_pieces(pieces: list[_Piece]) -> tools.Call | Finding:
    if not all(isinstance(piece.index, int) for piece in pieces):
        return broken(texts.NO_INDEX)
    first = [piece for piece in pieces if piece.index == pieces[0].index]
    identities = list(dict.fromkeys(piece.identity for piece in first if piece.identity))
    if not identities:
        return broken(texts.NO_ID)
    if len(identities) > 1:
        return broken(texts.SHARED_INDEX.format(count=len(identities), index=pieces[0].index))
    name = next((piece.name for piece in first if piece.name), "")
    parts = [piece.arguments for piece in first if piece.arguments is not None]
    if any(isinstance(part, dict) for part in parts):
        return broken(texts.ARGUMENTS_NO_TEXT)
    pieces_of_text = [part for part in parts if isinstance(part, str)]
    joined = "".join(pieces_of_text)
    return _doubled(joined) or _growing(pieces_of_text) or tools.judge_call(identities[0], name, joined)


def _growing(parts: list[str]) -> Finding | None:
    """Return the problem with pieces that repeat all arguments so far."""
    is_growing = len(parts) > 1 and all(after.startswith(before) for before, after in pairwise(parts))
    return broken(texts.ARGUMENTS_GROW) if is_growing and not is_json("".join(parts)) else None


def _doubled(joined: str) -> Finding | None:
    """Return the problem with arguments that are more than one JSON value."""
    try:
        _, end = json.JSONDecoder().raw_decode(joined)
    except (ValueError, RecursionError):
        return None
    first, rest = joined[:end].strip(), joined[end:].strip()
    if not rest:
        return None
    return broken(texts.EMPTY_FIRST if first == "{}" else texts.ARGUMENTS_TWICE.format(text=shown(joined)))


def _told(found: tools.Call | Finding, pieces: list[_Piece]) -> Finding:
    if isinstance(found, Finding):
        return found
    repeats = len(pieces) > 1 and all(piece.identity for piece in pieces)
    text = texts.STREAMED_WITH_IDS if repeats else texts.STREAMED
    return yes(text.format(call=found.text, pieces=Counted(len(pieces))))
