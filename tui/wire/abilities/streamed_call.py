"""The test of a tool call that is streamed: do the pieces join to the call, for clients that join by index?

Seen: no index (Ollama before 0.12), all calls with index 0 and new ids, the id with every piece, the whole
arguments a second time in the last piece, all of them so far in each piece, ``{}`` first and the object after
it.
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
    """Return what a stream shows that was to bring a call."""
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
    """Return whether a stream that was cut has a whole call already."""
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
    """Return what is wrong with pieces that have all of the arguments so far, instead of what is new."""
    is_growing = len(parts) > 1 and all(after.startswith(before) for before, after in pairwise(parts))
    return broken(texts.ARGUMENTS_GROW) if is_growing and not is_json("".join(parts)) else None


def _doubled(joined: str) -> Finding | None:
    """Return what is wrong with arguments that are more than one JSON value."""
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
