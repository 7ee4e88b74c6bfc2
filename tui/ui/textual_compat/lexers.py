"""The rules of Pygments' regular-expression lexers, which are private (2.19)."""

from __future__ import annotations

from typing import Any


def has_plain_rules(lexer: Any) -> bool:
    """Return whether a lexer only has rules, so that its state can be kept between lines."""
    from pygments.lexer import RegexLexer  # type: ignore[import-untyped]

    return isinstance(lexer, RegexLexer) and (
        type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed
    )


def rules_of(lexer: Any) -> Any:
    """Return the rules by state: the pattern, its meaning (a token type, or a callback), the next states."""
    return lexer._tokens


def is_token_type(action: object) -> bool:
    """Return whether the meaning of a rule is a token type, not a callback."""
    return isinstance(action, tuple)
