"""The key bindings in ``bindings.txt``, used for footers, help, palette and ``docs/keys.md``.

Identifiers are stable and dotted: the settings map them, or their former names, to other keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character

from tui.core.lazy_dataclass import dataclass

_UNICODE_NAMES = {short: name for name, short in KEY_NAME_REPLACEMENTS.items()}
CHORD = ">"
"""Separates the two keys of a chord, which are pressed one after another."""
_TWIN = "+"
"""Suffix of the identifier of a second binding for the keys of an action that work in text fields."""


@dataclass(frozen=True, slots=True)
class Key:
    """One binding of the table."""

    identifier: str
    keys: str
    """Key names as in Textual, separated by commas; the first one is shown. Empty for none."""
    action: str
    description: str
    """One or two words for the footer."""
    tooltip: str
    """A sentence for the help."""
    title: str = ""
    """``Verb: object`` for the palette; empty if it is not in there."""
    show: bool = False
    """Whether it is in the footer: at most five per group."""
    is_always: bool = False
    """Whether its keys that do not type text also work while a text field has the focus."""
    deletes: bool = False
    """Whether it deletes something: the palette never preselects it."""
    is_offer: bool = False
    """Whether the footer shows it only while it is applicable."""
    spends: bool = False
    """Whether it may send a paid request: the palette never preselects it."""
    earlier: tuple[str, ...] = ()
    """Former identifiers."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its keys, as named by Textual."""
        return tuple(filter(None, self.keys.split(",")))

    def bindings(self) -> Iterator[Binding]:
        """Yield the bindings for a ``BINDINGS`` list, beginning with keys that text fields also use."""
        for identifier, keys in _split(self, self.names).items():
            yield Binding(
                keys,
                self.action,
                self.description,
                show=self.show,
                priority=identifier.endswith(_TWIN),
                tooltip=self.tooltip,
                id=identifier,
            )


def types_text(name: str) -> bool:
    """Return whether a key types a character into a text field."""
    return character_of(name) != ""


def character_of(name: str) -> str:
    """Return the character that a key types; empty if it types none."""
    character = name if len(name) == 1 else key_to_character(_UNICODE_NAMES.get(name, name))
    return character if character is not None and character.isprintable() else ""


def _split(key: Key, names: Iterable[str]) -> dict[str, str]:
    """Return the keys of an action by the identifiers of its bindings; without keys, an unusable one."""
    if not key.is_always:
        return {key.identifier: ",".join(names) or f"unbound.{key.identifier}"}
    text = [name for name in names if types_text(name)]
    other = [name for name in names if not types_text(name)]
    return {
        identifier: ",".join(some) or f"unbound.{identifier}"
        for identifier, some in ((key.identifier, text), (key.identifier + _TWIN, other))
    }


def identifier_of(binding: Binding) -> str:
    """Return the identifier of a binding in the table; empty if it is not from there."""
    return (binding.id or "").removesuffix(_TWIN)


def _read(text: str) -> tuple[dict[str, str], dict[str, tuple[Key, ...]]]:
    """Parse the titles and bindings of the groups."""
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
    names = flags.split()
    description, _, title = description.partition("; ")
    earlier = [name.removeprefix("was=") for name in names if name.startswith("was=")]
    return Key(
        identifier,
        keys.removeprefix("-"),
        action,
        description,
        tooltip,
        title,
        show="footer" in names,
        is_always="always" in names,
        deletes="deletes" in names,
        is_offer="offer" in names,
        spends="spends" in names,
        earlier=tuple(",".join(earlier).split(",")) if earlier else (),
    )


GROUP_TITLES, KEYS = _read(Path(__file__).with_name("bindings.txt").read_text("utf-8"))
"""The titles of the groups, in the order of the help, and the bindings of each group."""

BY_IDENTIFIER = {key.identifier: key for group in KEYS.values() for key in group}
"""All bindings by identifier."""

EARLIER = {name: key.identifier for key in BY_IDENTIFIER.values() for name in key.earlier}
"""The current identifiers by former ones."""

RISKY = frozenset(key.identifier for key in BY_IDENTIFIER.values() if key.deletes or key.spends)
"""Actions that must be selected explicitly: they delete, or send a paid request."""

OFFERS = frozenset(key.identifier for key in BY_IDENTIFIER.values() if key.is_offer)
"""Bindings that footers hide instead of dimming them when not applicable."""

IDENTIFIERS = frozenset(BY_IDENTIFIER) | frozenset(EARLIER)
"""Names that the settings may map to other keys."""


def bindings_of(*groups: str) -> list[BindingType]:
    """Return the bindings of groups for a ``BINDINGS`` list."""
    return [binding for group in groups for key in KEYS[group] for binding in key.bindings()]


def keymap(own: Mapping[str, str]) -> dict[str, str]:
    """Return the keys in the settings by the identifiers of Textual's bindings."""
    found: dict[str, str] = {}
    for key in BY_IDENTIFIER.values():
        changed = remapped(key, own)
        if changed is not key:
            found |= _split(key, changed.names)
    return found


def every_name(own: Mapping[str, str]) -> Iterator[str]:
    """Yield all keys of the table as changed by the settings."""
    for key in BY_IDENTIFIER.values():
        yield from remapped(key, own).names


def remapped(key: Key, own: Mapping[str, str]) -> Key:
    """Return the binding with the keys from the settings, by its current or a former name."""
    keys = next((own[name] for name in (key.identifier, *key.earlier) if name in own), None)
    return key if keys is None else replace(key, keys=keys.replace(" ", ""))


def key_names(key: Key) -> str:
    """Return the keys of a binding for display: ``F5, Ctrl+T``; empty without keys."""
    return ", ".join(map(spelled_key, key.names))


_SPELLINGS = {
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "delete": "Del",
    "underscore": "_",
    "space": "Space",
}
_SAME = {"ctrl+@": "ctrl+space"}
"""Keys that terminals send in place of others."""


def spelled_key(name: str, *, is_short: bool = False) -> str:
    """Return a key for display: ``Ctrl+T`` (short: ``^T``) for Textual's ``ctrl+t``."""
    if CHORD in name:
        return " ".join(spelled_key(key, is_short=is_short) for key in name.split(CHORD))
    *modifiers, last = _SAME.get(name, name).split("+")
    if last in _SPELLINGS:
        last = _SPELLINGS[last]
    elif character := character_of(last):
        last = character.upper() if modifiers else character
    else:
        last = last.capitalize()
    if is_short and modifiers == ["ctrl"]:
        return f"^{last}"
    return "+".join((*(modifier.capitalize() for modifier in modifiers), last))
