"""The presets of a user: ``presets/NAME.toml`` in the configuration folder, one file each.

Files that other users can write are not used: they could send a conversation elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tui import texts as catalogues
from tui.core.lazy_dataclass import dataclass
from tui.core.preset import Preset, PresetError, read_preset
from tui.store.errors import disk_error, reason_of
from tui.store.files import FileStamp, create_private, ensure_private_directory, stamp_of
from tui.store.paths import Paths
from tui.store.toml_file import TomlDocument, TomlFile
from tui.store.trust import Distrust, distrust_of
from tui.texts import presets as texts

_MOST = 500
_LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class KnownPresets:
    """The presets by name, and a sentence about each unusable file."""

    presets: Mapping[str, Preset]
    problems: Mapping[str, str]
    """By the names of the presets, in lower case; the name is empty for a problem with all of them."""


class PresetStore:
    """The presets; a file is read again only if it has changed."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._folder = paths.presets_dir
        self._read: dict[Path, tuple[FileStamp | None, Preset | str]] = {}

    @property
    def shown(self) -> str:
        """The path of the folder for display."""
        return self._paths.shown(self._folder)

    def known(self) -> KnownPresets:
        """Return the current presets. Never raises: an unusable file gets a notice."""
        try:
            files = sorted(path for path in self._folder.iterdir() if path.suffix == ".toml")
        except FileNotFoundError:
            return KnownPresets({}, {})
        except OSError as error:
            notice = texts.FOLDER_UNREADABLE.format(path=self.shown, reason=reason_of(error))
            return KnownPresets({}, {"": notice})
        found = {path.stem.casefold(): self._of(path) for path in files[:_MOST]}
        presets = {name: item for name, item in found.items() if isinstance(item, Preset)}
        problems = {name: item for name, item in found.items() if isinstance(item, str)}
        if len(files) > _MOST:
            problems[""] = texts.TOO_MANY.format(most=_MOST)
        return KnownPresets(presets, problems)

    def _of(self, path: Path) -> Preset | str:
        """Return a preset, or a sentence on why the file is unusable."""
        stamp = stamp_of(path)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = self._read[path] = (stamp, self._load(path))
        return known[1]

    def _load(self, path: Path) -> Preset | str:
        document = TomlFile(self._paths, path, keep_backup=False, size_limit=_LARGEST).read()
        shown = self._paths.shown(path)
        if document.problem is not None:
            return texts.UNREADABLE.format(path=shown, reason=document.problem)
        if distrust := self._distrust(path, document):
            advice = texts.CLOSE_FILE.format(command=distrust.command) if distrust.command else texts.OWN_FILE
            return texts.UNTRUSTED.format(path=shown, reason=distrust.reason, advice=advice)
        try:
            return read_preset(path.stem, document.table)
        except PresetError as problem:
            return texts.UNREADABLE.format(path=shown, reason=problem)

    def _distrust(self, path: Path, document: TomlDocument) -> Distrust | None:
        return distrust_of(path, self._paths.shown, mode=document.mode, owner=document.owner)

    def install(self) -> tuple[list[str], list[str]]:
        """Write the missing samples; return their names, and those of the existing ones.

        Raises:
            LmdeckError: the disk refuses.
        """
        added: list[str] = []
        kept: list[str] = []
        for sample in sorted((Path(catalogues.__path__[0]) / "samples").glob("*.toml")):
            path = self._folder / sample.name
            try:
                ensure_private_directory(self._folder)
                create_private(path, sample.read_bytes())
            except FileExistsError:
                kept.append(sample.stem)
            except OSError as error:
                raise disk_error(error, self._paths.shown(path)) from error
            else:
                added.append(sample.stem)
        return added, kept
