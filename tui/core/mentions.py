"""Files mentioned in a message: ``@path``, ``@path:12-40``, ``@"path with spaces"``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from tui.core.attachment import split_lines
from tui.core.lazy_pattern import lazy_pattern

MARK = "@"
_MENTION = lazy_pattern(r'(?<!\S)@(?:"([^"\n]+)"((?::[0-9]{1,9}(?:-[0-9]{1,9})?)?)|([^\s"]\S*))')
_OPEN = lazy_pattern(r'(?<!\S)@(?:"([^"\n]*)|([^\s"]*))$')
_QUOTED = lazy_pattern(r"""(["'])(.+)\1((?::[0-9]{1,9}(?:-[0-9]{1,9})?)?)""")
_ENDS = ".,;:!?)]}'\"»"
"""Characters after a path that are not part of it."""


class Mention(NamedTuple):
    """A mentioned file, and its position."""

    start: int
    end: int
    reference: str
    """The path and the lines, without ``@`` and quotes."""
    is_quoted: bool = False

    @property
    def readings(self) -> Iterator[str]:
        """Yield what it may mean: the whole text, or without the punctuation at its end."""
        reference = self.reference
        yield reference
        while not self.is_quoted and len(reference) > 1 and reference[-1] in _ENDS:
            reference = reference[:-1]
            yield reference


def mentions(text: str) -> Iterator[Mention]:
    """Yield the mentions in a text: at the start or after a space, not inside ``code``."""
    for match in _MENTION.finditer(text):
        if not _is_code(text, match.start()):
            quoted, lines, bare = match.groups()
            yield Mention(match.start(), match.end(), bare or quoted + lines, bare is None)


def open_mention(text: str) -> Mention | None:
    """Return the mention being typed at the end of a text."""
    match = _OPEN.search(text)
    if match is None or _is_code(text, match.start()):
        return None
    quoted, bare = match.groups()
    return Mention(match.start(), match.end(), bare if quoted is None else quoted, quoted is not None)


def meant(text: str, is_file: Callable[[str], bool], without: Collection[str] = ()) -> Iterator[str]:
    """Yield the references in a text that mean files; ``without``: references that are plain words."""
    for mention in mentions(text):
        if mention.reference not in without and (found := next(filter(is_file, mention.readings), None)):
            yield found


def filled_in(message: str, typed: str) -> set[str]:
    """Return the mentions in a message that are not in the typed line.

    Those come from a preset or the clipboard and count as plain text.
    """
    if message in typed:
        return set()
    return {found.reference for found in mentions(message)} - {found.reference for found in mentions(typed)}


def mention_of(reference: str) -> str:
    """Return what has to be typed to mention a file."""
    if not any(character.isspace() for character in reference) and reference[:1] != '"':
        return f"{MARK}{reference}"
    with_lines = split_lines(reference)
    if with_lines is None:
        return f'{MARK}"{reference}"'
    path, (first, last) = with_lines
    return f'{MARK}"{path}":{first}-{last}'


def unquoted(name: str) -> str:
    """Return the argument of a command without shell quotes around a path."""
    match = _QUOTED.fullmatch(name)
    return name if match is None else match[2] + match[3]


def _is_code(text: str, place: int) -> bool:
    line = text.rfind("\n", 0, place) + 1
    return text.count("`", line, place) % 2 == 1
