"""Answers for benchmarks: the model's name determines the kind, number and rate of tokens.

``bench-n<N>-r<R>[-list|-table|-code|-para|-mixed][-think<T>]``: N answer tokens (the last two are a blank
line and the marker) after T reasoning tokens, R per second; ``r0`` sends as fast as the socket accepts. The
marker is ``FIN<nonce>Z``, with the prompt's last word as nonce, so that a reader of the screen can tell when
the very last character is visible. A prompt that begins with ``warm`` gets 30 tokens at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.demo.tokens import tokenise

_NAME = lazy_pattern(
    r"bench-n(?P<tokens>\d{1,7})-r(?P<rate>\d{1,7})(?:-(?P<shape>list|table|code|para|mixed))?"
    r"(?:-think(?P<think>\d{1,7}))?"
)
_FILLER = (" plain", " words", " fill", " what", " is", " left", " of", " the", " count")
_WARM_UP_TOKENS = 30

_PARAGRAPH = (
    "A terminal shows a **small** part of a *long* answer, and draws it anew for every word that comes; so "
    "`wrap()` has to be cheap, [links](https://example.com/a/b?c=d) have to be measured once, and a line "
    "that is finished should never be looked at again, however long the paragraph grows after it. "
)
_MIXED = (
    "## A heading with `code`\n\n"
    "- a first item with **strong** words\n- a second one, long enough to be wrapped where the terminal is "
    "as narrow as most of them are in practice\n  - below it an item\n  - and another with `code`\n- the "
    "last one\n\n",
    _PARAGRAPH * 2 + "\n\n",
    "```python\nasync def total(numbers: list[int]) -> int:\n    result = 0\n    for number in numbers:\n"
    "        if number % 2:\n            continue  # odd ones do not count\n        result += number\n"
    "    return result\n```\n\n",
    "| Name | Value | Note |\n| --- | ---: | :---: |\n| alpha | 1.25 | one |\n| beta | 22.5 | *two* |\n"
    "| 日本語 | 1024 | 全角 |\n\n",
    "流式输出的每个字都占两个单元格,换行要按显示宽度来算。日本語も한국어도 같습니다. "
    "And emoji: 🚀 👩‍💻 🇫🇷 ✅ café naïve.\n\n",
    "1. First do **this**.\n2. Then `that`.\n3. Then look.\n\n> A remark that a reader made at length, "
    "and that runs over the end of the line for that reason.\n\n",
)
_SECTIONS: dict[str, tuple[str, ...]] = {
    "mixed": _MIXED,
    "para": (_PARAGRAPH * 4 + "\n\n",),
    "list": ("- item {i} with **strong** words and `code`, about one line of a terminal long\n",),
    "table": ("| row {i} | {i}.25 | `code` and *words* in a cell |\n",),
    "code": ("    value_{i} = compute({i}, scale=[1, 2, 3], name='value {i}')  # comment {i}\n",),
}
_HEADS = {
    "code": "The code:\n\n```python\ndef main():\n",
    "table": "| Name | Value | Note |\n| --- | ---: | :--- |\n",
}
_TAILS = {"code": "```"}
_FILLED = ("mixed", "para")
"""The shapes that may end in plain words, which would end the list, table or code of the others."""


@dataclass(frozen=True, slots=True)
class BenchScript:
    """The parameters of a benchmark's answer."""

    reasoning: tuple[str, ...]
    answer: tuple[str, ...]
    rate: float
    marker: str


def bench_script(model: str, prompt: str) -> BenchScript | None:
    """Return the script for a benchmark's model name, or ``None`` for any other name."""
    match = _NAME.fullmatch(model)
    if match is None:
        return None
    tokens, rate, think = int(match["tokens"]), float(match["rate"]), int(match["think"] or 0)
    words = prompt.split()
    if words and words[0] == "warm":
        tokens, rate, think = _WARM_UP_TOKENS, 0.0, 0
    nonce = re.sub(r"[^A-Za-z0-9]", "", words[-1])[:32] if words else ""
    marker = f"FIN{nonce or 0}Z"
    reasoning = _body(think, "para") if think else ()
    return BenchScript(
        reasoning, (*_body(tokens - 2, match["shape"] or "mixed"), "\n\n", marker), rate, marker
    )


@lru_cache(maxsize=16)
def _body(count: int, shape: str) -> tuple[str, ...]:
    """Return ``count`` tokens of Markdown with a shape; at most that many if it cannot be padded."""
    tail = tokenise(_TAILS.get(shape, ""))
    head = tokenise(_HEADS.get(shape, ""))
    room = max(0, count - len(tail))
    body = list(head if len(head) <= room else ())
    for section in _sections(shape):
        if len(body) + len(section) > room:
            break
        body.extend(section)
    if shape in _FILLED:
        body.extend(_FILLER[index % len(_FILLER)] for index in range(room - len(body)))
    return (*body, *tail)


def _sections(shape: str) -> Iterator[tuple[str, ...]]:
    sections = _SECTIONS[shape]
    index = 0
    while True:
        yield tokenise(sections[index % len(sections)].replace("{i}", str(index)))
        index += 1
