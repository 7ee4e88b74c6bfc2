"""Exports saved conversations to files, for the screens."""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.runtime.history import History
from tui.session.history.formats import FORMATS, Format, left_out
from tui.store.export_file import current_folder, is_folder, write_export
from tui.store.joined_records import SavedConversation
from tui.store.paths import Paths
from tui.texts import history as texts

_BY_SUFFIX = {name: FORMATS[name] for name in ("md", "html", "json", "jsonl")}


@dataclass(frozen=True, slots=True)
class Exported:
    """The result of an export."""

    paths: tuple[str, ...]
    sentences: tuple[str, ...]
    """What the files lack, without duplicates."""


def default_place(paths: Paths) -> str:
    """Return the suggested folder."""
    return f"{current_folder(paths)}/"


def export_conversations(history: History, identities: Sequence[str], place: str) -> Exported:
    """Write conversations to a folder (one file each) or to one file, in the format of its suffix.

    Raises:
        LmdeckError: one cannot be read, or a file exists or cannot be written.
    """
    into_folder = is_folder(place)
    how = _BY_SUFFIX["md"] if into_folder else _format_of(place)
    if how.is_single and len(identities) > 1 and not into_folder:
        raise UsageError(explain("usage", reason=texts.ONE_CHAT_A_FILE))
    each = [[identity] for identity in identities] if into_folder else [list(identities)]
    paths: list[str] = []
    sentences: dict[str, None] = {}
    for together in each:
        found = [history.read(identity) for identity in together]
        name = f"{together[0]}.{how.suffix}"
        advice = texts.OTHER_NAME
        paths.append(write_export(place, name, how.text(found), replaces=False, advice=advice))
        sentences |= dict.fromkeys(_sentences(found, how))
    return Exported(tuple(paths), tuple(sentences))


def _sentences(found: Sequence[SavedConversation], how: Format) -> list[str]:
    return [sentence for saved in found for sentence in (*saved.transcript.notices, *left_out(how, saved))]


def _format_of(place: str) -> Format:
    suffix = place.rpartition(".")[2].casefold()
    if suffix not in _BY_SUFFIX:
        raise UsageError(explain("export-name", reason=texts.UNKNOWN_ENDING))
    return _BY_SUFFIX[suffix]
