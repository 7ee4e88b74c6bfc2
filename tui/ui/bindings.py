"""The bindings of the table in ``bindings.txt``: footers, help and the README's key table are made from it.

Identifiers are stable and dotted: a person's settings may map them to other keys.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from textual.binding import Binding, BindingType

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One binding of the table."""

    identifier: str
    keys: str
    """Names of keys as Textual writes them, separated by commas; the first one is shown."""
    action: str
    description: str
    """One or two words, for the footer."""
    tooltip: str
    """A sentence, for the help."""
    show: bool = False
    """Whether the footer has it: at most six in a group."""
    priority: bool = False
    """Whether it works even while a widget that takes text has the focus."""
    display: str | None = None
    deletes: bool = False
    """Whether it takes something away, asked for or not: the palette never selects it by itself."""
    is_offer: bool = False
    """Whether the footer has it only while there is something to use it on: it applies what was found."""
    spends: bool = False
    """Whether it may send a request that is paid for: the palette never selects it by itself."""

    def binding(self) -> Binding:
        """Return the binding for a ``BINDINGS`` list."""
        return Binding(
            self.keys,
            self.action,
            self.description,
            show=self.show,
            key_display=self.display,
            priority=self.priority,
            tooltip=self.tooltip,
            id=self.identifier,
        )


@dataclass(frozen=True, slots=True)
class PaletteAction:
    """What an entry of the palette does."""

    run: Callable[[], Awaitable[object]]
    is_risky: bool
    """Whether it deletes or spends: then it is never the entry that is selected by itself."""

    async def __call__(self) -> None:
        """Do it."""
        await self.run()


def _read(text: str) -> tuple[dict[str, str], dict[str, tuple[Key, ...]]]:
    """Return the titles and the keys of the groups of the table."""
    titles: dict[str, str] = {}
    keys: dict[str, tuple[Key, ...]] = {}
    group = ""
    for line in text.splitlines():
        if line.startswith("["):
            group, _, titles[group] = line[1:].partition("] ")
            keys[group] = ()
        elif line and not line.startswith("#"):
            keys[group] += (_key(*line.split(" | ")),)
    return titles, keys


def _key(identifier: str, keys: str, action: str, description: str, tooltip: str, flags: str = "") -> Key:
    flags, _, display = flags.partition("shown=")
    names = flags.split()
    return Key(
        identifier,
        keys,
        action,
        description,
        tooltip,
        show="footer" in names,
        priority="always" in names,
        display=display or None,
        deletes="deletes" in names,
        is_offer="offer" in names,
        spends="spends" in names,
    )


GROUP_TITLES, KEYS = _read(Path(__file__).with_name("bindings.txt").read_text("utf-8"))
"""The titles of the groups, in the order of the help and the README, and every binding, by group."""

RISKY = frozenset(key.identifier for group in KEYS.values() for key in group if key.deletes or key.spends)
"""What is only done where the person chose it: it deletes, or sends a request that is paid for."""

OFFERS = frozenset(key.identifier for group in KEYS.values() for key in group if key.is_offer)
"""What no footer shows greyed: where nothing is offered there is nothing to use it on."""

IDENTIFIERS = frozenset(key.identifier for group in KEYS.values() for key in group)
"""What a person's settings may map to other keys."""


def bindings_of(*groups: str) -> list[BindingType]:
    """Return the bindings of groups, for a ``BINDINGS`` list."""
    return [key.binding() for group in groups for key in KEYS[group]]


def remapped(key: Key, keys: Mapping[str, str]) -> Key:
    """Return the binding with the keys that a person's settings give it."""
    own = keys.get(key.identifier)
    return key if own is None else replace(key, keys=own.replace(" ", ""), display=None)


def key_names(key: Key) -> str:
    """Return the keys of a binding as people write them: ``F5, Ctrl+T``."""
    if key.display:
        return key.display
    return ", ".join(spelled_key(name) for name in key.keys.split(","))


_SPELLINGS = {
    "slash": "/",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "asterisk": "*",
    "escape": "Esc",
    "delete": "Del",
    "question_mark": "?",
}


def spelled_key(name: str) -> str:
    """Return a key as people write it: ``Ctrl+T`` for what Textual calls ``ctrl+t``."""
    if len(name) == 1:
        return name
    parts = name.split("+")
    spelled = [_SPELLINGS.get(part, part if len(part) == 1 else part.capitalize()) for part in parts]
    return "+".join(part.upper() if len(parts) > 1 and len(part) == 1 else part for part in spelled)


def key_table() -> str:
    """Return the README's table of all keys, in Markdown."""
    return "\n".join(_table_lines(GROUP_TITLES))


def _table_lines(groups: Iterable[str]) -> Iterator[str]:
    for group in groups:
        yield f"| {GROUP_TITLES[group]} | | |"
        yield "| --- | --- | --- |"
        for key in KEYS[group]:
            yield f"| `{key_names(key)}` | {key.tooltip} | `{key.identifier}` |"
        yield ""
