"""Validates the keys that the settings assign to bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from textual.keys import Keys

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.texts import shell as texts
from tui.ui.bindings import (
    BY_IDENTIFIER,
    CHORD,
    EARLIER,
    IDENTIFIERS,
    KEYS,
    Key,
    character_of,
    remapped,
    types_text,
)

_EVERYWHERE = "everywhere"
_TOGETHER = (
    ("providers", "table", "table.columns"),
    ("conversations", "table"),
    ("costs", "table"),
    ("abilities", "table"),
    ("discover", "table"),
    ("chat", "chat.reading", "transcript"),
    ("form", "form.scroll", "form.choice"),
    ("diagnosis", "diagnosis.list"),
    ("diagnosis.details", "diagnosis.text"),
    ("chat.figures", "chat.figures.text"),
)
"""Groups whose keys are active at the same time."""
_FIELDS = {
    "chat": ("chat.prompt", "text"),
    "chat.reading": ("chat.prompt", "text"),
    "form": ("form.model", "form.key", "text.lines", "text"),
    "chat.setup": ("text.lines", "text"),
    "chat.rename": ("text",),
    "picker": ("text",),
    "help": ("text",),
    "providers": ("text",),
    "conversations": ("text",),
}
"""The keys of text fields in a place, which take precedence over those of the place and global ones."""
_HOME_FIELDS = frozenset(("chat", "form"))
"""Places where a text field usually has the focus: all their keys have to work in it."""
_PASSING = frozenset(("chat.edit", "chat.recall", "chat.completion"))
"""Groups whose keys take precedence in a field only while they are active."""
_FIELD_GROUPS = _PASSING.union(*_FIELDS.values())
_SELECTING = frozenset(
    f"{keys}+{name}"
    for keys, names in (
        ("shift", ("left", "right", "up", "down", "home", "end")),
        ("ctrl+shift", ("left", "right")),
    )
    for name in names
)
"""Keys of all text fields that are not in the table: they select text."""
_MODIFIERS = frozenset(("ctrl", "alt", "shift", "super", "hyper", "meta"))
_NAMES = frozenset(key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<"))
_GROUP_OF = {key.identifier: group for group, keys in KEYS.items() for key in keys}


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The validated keys from the settings."""

    usable: Mapping[str, str]
    notices: tuple[str, ...]
    """The problems of rejected keys, whose bindings keep their default keys; one sentence each."""


_NONE = OwnKeys({}, ())


def own_keys(own: Mapping[str, str]) -> OwnKeys:
    """Validate the keys in the settings, by binding name."""
    return _judged(tuple(own.items())) if own else _NONE


@lru_cache(maxsize=4)
def _judged(items: tuple[tuple[str, str], ...]) -> OwnKeys:
    usable = dict(items)
    notices = []
    for name, keys in items:
        if name not in IDENTIFIERS:
            del usable[name]
            notices.append(texts.NO_BINDING.format(name=safe_line(name, 60)))
        elif (odd := next((key for key in _split(keys) if not _can_be_pressed(key)), None)) is not None:
            del usable[name]
            notices.append(texts.NO_SUCH_KEY.format(key=safe_line(odd, 40), name=name))
    # A rejected binding has its default key again, which another one may have been given.
    while (found := next(_taken(usable), None)) is not None:
        name, notice = found
        del usable[name]
        notices.append(notice)
    return OwnKeys(usable, tuple(notices))


def _split(keys: str) -> list[str]:
    return [key for key in keys.replace(" ", "").split(",") if key]


def _can_be_pressed(name: str) -> bool:
    """Return whether a keyboard can send a key; both keys of a chord must be possible."""
    return all(map(_is_key, name.split(CHORD))) if len(name) > 1 else True


def _is_key(name: str) -> bool:
    stem, _, last = name.rpartition("+") if name != "+" else ("", "", name)
    is_known = len(last) == 1 or last in _NAMES or types_text(last)
    return is_known and (not stem or _MODIFIERS.issuperset(stem.split("+")))


def _taken(own: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each binding in the settings, the last one first, whose key is already used."""
    now = {identifier: remapped(key, own) for identifier, key in BY_IDENTIFIER.items()}
    for name in reversed(own):
        key = now[EARLIER.get(name, name)]
        given = _pressed(key) - _pressed(BY_IDENTIFIER[key.identifier])
        group = _GROUP_OF[key.identifier]
        if group in _FIELD_GROUPS and (typed := set(filter(types_text, given))):
            yield name, texts.KEY_TYPES.format(key=_as_given(key, typed), name=name)
        if (selects := given & _SELECTING) and (key.is_always or group in _FIELD_GROUPS):
            yield name, texts.KEY_SELECTS.format(key=_as_given(key, selects), name=name)
        for other in now.values():
            shared = _shared(given, _pressed(other))
            if shared and other is not key and _are_in_the_way(key, other, shared):
                taken = texts.KEY_TAKEN.format(key=_as_given(key, shared), name=name, other=other.identifier)
                yield name, taken


def _pressed(key: Key) -> set[str]:
    """Return the keys of a binding; those that type a character, by that character."""
    return {character_of(name) or name for name in key.names}


def _as_given(key: Key, pressed: set[str]) -> str:
    """Return the first of these keys as spelled in the settings."""
    return next(name for name in key.names if (character_of(name) or name) in pressed)


def _shared(given: set[str], others: set[str]) -> set[str]:
    """Return the keys that are in both, or the first key of a chord."""
    return {
        key
        for key in given
        for other in others
        if key == other or key.startswith(f"{other}{CHORD}") or other.startswith(f"{key}{CHORD}")
    }


def _are_in_the_way(key: Key, other: Key, shared: set[str]) -> bool:
    """Return whether two bindings cannot have the same key."""
    group, beside = _GROUP_OF[key.identifier], _GROUP_OF[other.identifier]
    if beside in (group, _EVERYWHERE) or any(group in places and beside in places for places in _TOGETHER):
        return True
    if any(group in fields and beside in fields for fields in _FIELDS.values()):
        return True
    if not all(map(types_text, shared)) and (
        _is_taken_in_field(key, beside) or _is_taken_in_field(other, group)
    ):
        return True
    # Such a key takes precedence everywhere: its former binding may lose it if it has another.
    comes_first = group == _EVERYWHERE and key.is_always
    return comes_first and not _pressed(other) - {name for name in shared if not types_text(name)}


def _is_taken_in_field(key: Key, of_field: str) -> bool:
    """Return whether bindings of a place and of a text field there cannot have the same key."""
    group = _GROUP_OF[key.identifier]
    if group == _EVERYWHERE:
        return of_field in _FIELD_GROUPS
    fields = _FIELDS.get(group, ())
    if of_field in _PASSING:
        return key.is_always and "chat.prompt" in fields
    return of_field in fields and (key.is_always or group in _HOME_FIELDS)
