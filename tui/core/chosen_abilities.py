"""Parses a list of ability names."""

from __future__ import annotations

from tui.core.abilities import Ability
from tui.core.causes import explain
from tui.core.closest import closest_name
from tui.core.failure import UsageError
from tui.texts import abilities as texts


def chosen_abilities(names: str) -> tuple[Ability, ...]:
    """Return the abilities in a list such as ``tools,json_schema``, in their usual order.

    Raises:
        UsageError: an unknown name, or no name at all.
    """
    wanted = [name.strip().lower().replace("-", "_") for name in names.split(",") if name.strip()]
    if not wanted:
        raise _wrong_usage(texts.NO_ABILITY.format(names=", ".join(Ability)))
    known = tuple(str(ability) for ability in Ability)
    for name in wanted:
        if name not in known:
            closest = closest_name(name, known)
            reason = texts.UNKNOWN_CLOSE if closest else texts.UNKNOWN
            raise _wrong_usage(reason.format(name=name, closest=closest, names=", ".join(known)))
    return tuple(ability for ability in Ability if ability in wanted)


def _wrong_usage(reason: str) -> UsageError:
    return UsageError(explain("usage", reason=reason, command="check"))
