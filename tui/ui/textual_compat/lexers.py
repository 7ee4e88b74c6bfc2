"""The rules of Pygments' regular-expression lexers, which it keeps under private names (2.19)."""

from __future__ import annotations

from typing import Any


def has_plain_rules(lexer: Any) -> bool:
    """Whether a lexer is nothing but its rules: then its state can be kept between two lines."""
    from pygments.lexer import RegexLexer  # type: ignore[import-untyped]

    return isinstance(lexer, RegexLexer) and (
        type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed
    )


def rules_of(lexer: Any) -> Any:
    """Return by state: what matches, what it means (a token type, or a callback), the states to go to."""
    return lexer._tokens


def is_token_type(action: object) -> bool:
    """Whether a rule's meaning is a token type, not a callback."""
    return isinstance(action, tuple)
