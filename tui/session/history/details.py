"""The HTML that Open WebUI inserts into answers: reasoning and tool calls.

Source: ``serialize_content_blocks`` and ``serialize_output`` of its ``utils/middleware.py``: a block begins
and ends on separate lines, each line of reasoning is quoted, and newer versions escape it.
"""

from __future__ import annotations

import re
from html import unescape

from tui.core.lazy_pattern import lazy_pattern

_OPENING = lazy_pattern(r'^<details type="(reasoning|tool_calls)"[^>\n]*>\n<summary>[^\n]*</summary>', re.M)
_CLOSING = "\n</details>"
_FENCE = "```"


def split_details(text: str) -> tuple[str, str, bool]:
    """Return an answer without such blocks, their reasoning, and whether tools were called.

    Code blocks and unterminated blocks are left unchanged.
    """
    answer: list[str] = []
    reasoning: list[str] = []
    has_calls = in_code = False
    done = looked = 0
    while found := _OPENING.search(text, looked):
        in_code ^= text.count(_FENCE, looked, found.start()) % 2 == 1
        looked = found.end()
        if in_code:
            continue
        end = text.find(_CLOSING, looked)
        if end < 0:
            break
        answer.append(text[done : found.start()])
        if found[1] == "reasoning":
            reasoning.append(_unquoted(text[looked:end]))
        else:
            has_calls = True
        done = looked = end + len(_CLOSING)
    if not done:
        return text, "", False
    answer.append(text[done:])
    parts = (part.strip("\n") for part in answer)
    return "\n\n".join(filter(None, parts)), "\n\n".join(filter(None, reasoning)), has_calls


def _unquoted(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if all(line.startswith(("&gt;", ">")) for line in lines) and any(line[0] == "&" for line in lines):
        lines = unescape("\n".join(lines)).split("\n")
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
