"""Highlights code line by line, carrying the lexer's state from one line to the next.

Pygments' regular-expression lexers have a stack of states; keeping it between lines gives the same result as
processing the whole file, at a constant cost per line. Other lexers highlight each line separately.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.ui.textual_compat.lexers import has_plain_rules, is_token_type, rules_of
from tui.ui.transcript.lines import Role, Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]

LINE_LIMIT = 400
"""Longer lines are shown in one colour."""
STEP_LIMIT = 4_000
"""The most matches tried on one line; the rest is shown in one colour."""
_COMMENT_OPEN, _COMMENT_CLOSE = "/*", "*/"

_ROLES = (
    ("Token.Comment", Role.COMMENT),
    ("Token.Keyword.Type", Role.TYPE),
    ("Token.Keyword", Role.KEYWORD),
    ("Token.Operator.Word", Role.KEYWORD),
    ("Token.Literal.String", Role.STRING),
    ("Token.Literal.Number", Role.NUMBER),
    ("Token.Name.Function", Role.FUNCTION),
    ("Token.Name.Class", Role.TYPE),
    ("Token.Name.Builtin", Role.TYPE),
    ("Token.Name.Decorator", Role.FUNCTION),
    ("Token.Name.Tag", Role.KEYWORD),
    ("Token.Name.Attribute", Role.FUNCTION),
    ("Token.Operator", Role.OPERATOR),
    ("Token.Generic.Inserted", Role.INSERTED),
    ("Token.Generic.Deleted", Role.DELETED),
    ("Token.Generic.Heading", Role.KEYWORD),
)


@lru_cache(maxsize=256)
def _role(token_type: Any) -> Role:
    name = str(token_type)
    return next(
        (role for prefix, role in _ROLES if name == prefix or name.startswith(prefix + ".")), Role.CODE
    )


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """Return the lexer for the language after a fence, or ``None``."""
    name = re.split(r"[\s,{:]", language.strip().lower(), maxsplit=1)[0]
    if not name or name in ("text", "plain", "plaintext", "txt", "output"):
        return None
    from pygments.lexers import LEXERS, find_lexer_class  # type: ignore[import-untyped]

    # get_lexer_by_name would also import plug-ins of other packages, for any word from a model
    known = next((title for _, title, names, _, _ in LEXERS.values() if name in names), None)
    return None if known is None else find_lexer_class(known)(stripnl=False, ensurenl=True)


def warm() -> None:
    """Import the library and the most common language."""
    Highlighter("python").spans("def warm(): pass")


class Highlighter:
    """Highlights the lines of one code block, from first to last."""

    __slots__ = ("_in_comment", "_lexer", "_stack")

    def __init__(self, language: str) -> None:
        self._lexer = lexer_for(language)
        self._stack: tuple[str, ...] = ("root",)
        self._in_comment = False

    def copy(self) -> Highlighter:
        """Return an independent highlighter in the same state."""
        twin = Highlighter.__new__(Highlighter)
        twin._lexer, twin._stack, twin._in_comment = self._lexer, self._stack, self._in_comment
        return twin

    def spans(self, line: str) -> list[Span]:
        """Return a line of code as spans and update the state."""
        if self._lexer is None or not line:
            return [Span(line, Role.CODE)] if line else self._blank()
        if len(line) > LINE_LIMIT:
            return [Span(line, Role.CODE)]
        if self._in_comment:
            return self._within_comment(line)
        pairs = list(self._tokens(line))
        last = pairs[-1] if pairs else None
        opened = line.rfind(_COMMENT_OPEN)
        if (
            opened > line.rfind(_COMMENT_CLOSE, opened + 2)
            and last is not None
            and self._opens_comment(line, opened)
        ):
            self._in_comment = True
            head = [Span(text, role) for role, text in self._cropped(pairs, opened)]
            return [*head, Span(line[opened:], Role.COMMENT)]
        return [Span(text, role) for role, text in pairs]

    def _blank(self) -> list[Span]:
        if self._lexer is not None and not self._in_comment:
            list(self._tokens(""))  # a blank line ends some states
        return []

    def _within_comment(self, line: str) -> list[Span]:
        end = line.find(_COMMENT_CLOSE)
        if end < 0:
            return [Span(line, Role.COMMENT)]
        self._in_comment = False
        rest = line[end + 2 :]
        return [Span(line[: end + 2], Role.COMMENT), *(self.spans(rest) if rest else [])]

    def _opens_comment(self, line: str, opened: int) -> bool:
        """Return whether ``/*`` opens a comment here, judging by how the lexer colours a closed one."""
        probe = self.copy()
        position = 0
        for role, text in probe._tokens(line[:opened] + "/* */"):
            if position <= opened < position + len(text):
                return role is Role.COMMENT
            position += len(text)
        return False

    @staticmethod
    def _cropped(pairs: Iterable[tuple[Role, str]], length: int) -> Iterator[tuple[Role, str]]:
        for role, text in pairs:
            if length <= 0:
                return
            yield role, text[:length]
            length -= len(text)

    def _tokens(self, line: str) -> Iterator[tuple[Role, str]]:
        """Yield role and text of each token of a line, without its line feed."""
        left = len(line)
        for token_type, text in self._raw_tokens(line + "\n"):
            if left <= 0:
                continue  # states still change at the line feed
            text = text[:left]
            left -= len(text)
            if text:
                yield _role(token_type), text
        if left > 0:
            yield Role.CODE, line[-left:]

    def _raw_tokens(self, text: str) -> Iterator[tuple[Any, str]]:
        lexer = self._lexer
        if lexer is None:
            return
        if has_plain_rules(lexer):
            yield from self._stateful_tokens(lexer, text)
        else:
            yield from ((kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text))

    def _stateful_tokens(self, lexer: Any, text: str) -> Iterator[tuple[Any, str]]:
        """Run the lexer's rules on one line, from the state at the end of the last line."""
        stack = list(self._stack)
        rules = rules_of(lexer)
        position = steps = 0
        while position < len(text) and steps < STEP_LIMIT:
            for match_rule, action, new_state in rules[stack[-1]]:
                steps += 1
                match = match_rule(text, position)
                if match is None:
                    continue
                if action is not None:
                    if is_token_type(action):
                        yield action, match.group()
                    else:
                        yield from ((kind, value) for _, kind, value in action(lexer, match))
                position = match.end()
                if new_state is not None:
                    _move(stack, new_state)
                break
            else:
                if text[position] == "\n":
                    stack = ["root"]
                position += 1
                yield None, text[position - 1]  # no rule matches
        self._stack = tuple(stack[-32:])


def _move(stack: list[str], new_state: Any) -> None:
    """Apply a rule's transition: names to push, ``#pop``, ``#push``, or a number to pop."""
    for step in new_state if isinstance(new_state, tuple) else (new_state,):
        if step == "#pop":
            if len(stack) > 1:
                stack.pop()
        elif step == "#push":
            stack.append(stack[-1])
        elif isinstance(step, int):
            del stack[max(1, len(stack) + step if step < 0 else len(stack) - step) :]
        else:
            stack.append(step)
