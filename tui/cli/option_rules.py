"""Invalid combinations of options: rejected, because an ignored option is misleading."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from tui.texts import command_help as texts


class Rule(NamedTuple):
    """The options that an option requires, or cannot be combined with."""

    option: str
    others: tuple[str, ...]
    is_need: bool

    def broken(self, parsed: argparse.Namespace) -> str:
        """Return what is wrong with a command line; empty if it follows the rule."""
        if not _is_given(self.option, parsed):
            return ""
        given = [other for other in self.others if _is_given(other, parsed)]
        if self.is_need:
            return "" if given else texts.NEEDS.format(option=self.option, others=texts.OR.join(self.others))
        return texts.NOT_WITH.format(option=self.option, other=given[0]) if given else ""


def needs(option: str, *others: str) -> Rule:
    """Return the rule that an option only has an effect together with one of others."""
    return Rule(option, others, is_need=True)


def excludes(option: str, *others: str) -> Rule:
    """Return the rule that an option cannot be combined with any of others."""
    return Rule(option, others, is_need=False)


def place_of(option: str) -> str:
    """Return the attribute of the parsed arguments for an option."""
    return option.lstrip("-").replace("-", "_")


def _is_given(option: str, parsed: argparse.Namespace) -> bool:
    value = getattr(parsed, place_of(option))
    return value is not None and value is not False and value != []  # 0 is a value, but equals False
