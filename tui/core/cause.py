"""An entry of the catalogue of failures, and how its sentences are filled with facts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line

LINE_WIDTH = 80
LINE_LIMIT = 2
"""The most lines of 80 columns for a filled sentence; long facts are cut to fit.

The server's own message is never cut: if it does not fit, it is left out, since it is shown in full below.
"""
SERVER_MESSAGE = "server_message"
_REASON = "reason"
"""A fact that is mostly one of our own sentences: it is cut last, and at a word."""
_FACT_LIMITS = ((72, None), (48, None), (48, 110), (48, 72), (32, 48), (20, 32), (12, 20))
"""Lengths to try for facts and for reasons, until the sentence fits."""
_WHOLE_FACT = 1000
"""The length of facts in sentences of any length: an argument may be the content of a file."""

_FACT = lazy_pattern(r"\{([a-z_0-9]+)(:,)?\}")
_LARGE = lazy_pattern(r"(?<![\d.,])\d{4,}")
_CONDITION = lazy_pattern(r"\{\?([a-z_0-9]+)\}")
"""A fact that a part of a sentence requires but does not show."""
_OPTIONAL = lazy_pattern(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cause:
    """A failure by name. In its sentences ``{name}`` is a fact, ``[[…]]`` a part that is left out where
    one of its facts is missing, and ``[[…||…]]`` alternatives: the first that has all its facts. A part
    that begins with ``{?name}`` needs that fact without showing it. ``{name:,}`` is a number that may be
    large: it is shown with separators."""

    identifier: str
    title: str
    """What is wrong, in one sentence."""
    advice: str
    """What to do, in one sentence."""
    is_warning: bool = False
    """The endpoint still works: the diagnosis reports a warning and does not fail."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that the sentences can use, in order."""
        text = self.title + self.advice
        return _names_in(text)


def fill(template: str, facts: Mapping[str, str]) -> str:
    """Fill in a sentence with facts, each sanitised, on one line and cut to fit. Never raises.

    A fact missing outside an optional part is written as ``?``; the catalogue has no such case.
    """
    filled = _fill(template, facts, None, None)
    if not _fits(filled) and facts.get(SERVER_MESSAGE):
        facts = {**facts, SERVER_MESSAGE: ""}
    for limit, reason_limit in _FACT_LIMITS:
        filled = _fill(template, facts, limit, reason_limit)
        if _fits(filled):
            break
    return filled


def fill_whole(template: str, facts: Mapping[str, str]) -> str:
    """Fill in a sentence with as many lines as it needs; its reason is not cut."""
    is_whole = _fits(_fill(template, facts, None, None))
    return _fill(template, facts if is_whole else {**facts, SERVER_MESSAGE: ""}, _WHOLE_FACT, None)


def _fill(template: str, facts: Mapping[str, str], limit: int | None, reason_limit: int | None) -> str:
    def show(match: re.Match[str]) -> str:
        fact = facts.get(match[1])
        if fact and match[2]:
            fact = _LARGE.sub(lambda number: f"{int(number[0]):,}", fact)
        return _show_reason(fact, reason_limit) if match[1] == _REASON else _show(fact, limit)

    text = _OPTIONAL.sub(lambda match: _choose(match[1], facts), template)
    return _FACT.sub(show, text)


def _fits(text: str) -> bool:
    return len(textwrap.wrap(text, LINE_WIDTH, break_on_hyphens=False)) <= LINE_LIMIT


def _choose(part: str, facts: Mapping[str, str]) -> str:
    for alternative in part.split("||"):
        if all(map(facts.get, _names_in(alternative))):
            return _CONDITION.sub("", alternative)
    return ""


def _names_in(text: str) -> tuple[str, ...]:
    shown = (match[1] for match in _FACT.finditer(text))
    return tuple(dict.fromkeys((*_CONDITION.findall(text), *shown)))


def _show(fact: str | None, limit: int | None) -> str:
    if not fact:
        return "?"
    text = " ".join(fact.split())
    return safe_line(text.rstrip(".") or text, limit)


def _show_reason(fact: str | None, limit: int | None) -> str:
    text = _show(fact, limit)
    whole = text.removesuffix("…")
    if whole == text or " " not in whole:
        return text
    return f"{whole.rpartition(' ')[0].rstrip(',:;(')}…"
