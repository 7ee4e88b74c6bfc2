"""File locations: the XDG folders, from the given environment."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.store.errors import usage_error
from tui.store.optional import look_at
from tui.texts import files as texts

APPLICATION = "lmdeck"


@dataclass(frozen=True, slots=True)
class Place:
    """One line of ``lmdeck paths``."""

    what: str
    path: Path
    exists: bool
    note: str
    problem: str | None = None
    """Why its existence cannot be determined, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one user, which need not exist."""

    config_dir: Path
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    site_config_dirs: tuple[Path, ...] = ()
    home: Path = Path("/")

    @property
    def providers_file(self) -> Path:
        """The providers: can be shared, contains no secrets."""
        return self.config_dir / "providers.toml"

    @property
    def credentials_file(self) -> Path:
        """The stored API keys."""
        return self.config_dir / "credentials.toml"

    @property
    def settings_file(self) -> Path:
        """The settings, normally written by hand."""
        return self.config_dir / "config.toml"

    @property
    def presets_dir(self) -> Path:
        """The presets, one file each, normally written by hand."""
        return self.config_dir / "presets"

    @property
    def conversations_dir(self) -> Path:
        """The conversations, one file each."""
        return self.data_dir / "conversations"

    @property
    def trash_dir(self) -> Path:
        """Deleted conversations, until purged."""
        return self.data_dir / "trash"

    @property
    def attachments_dir(self) -> Path:
        """The images and files of all conversations."""
        return self.conversations_dir / "files"

    @property
    def endpoints_file(self) -> Path:
        """What was learned about endpoints."""
        return self.state_dir / "endpoints.json"

    @property
    def ledger_dir(self) -> Path:
        """The usage and cost of each exchange, one file per month."""
        return self.state_dir / "ledger"

    @property
    def trusted_file(self) -> Path:
        """The files whose content the user has confirmed; not a cache, so ``forget caches`` keeps it."""
        return self.state_dir / "trusted-files"

    @property
    def engine_log_file(self) -> Path:
        """The output of the built-in model's server."""
        return self.state_dir / "engine.log"

    @property
    def crash_file(self) -> Path:
        """The report of the last crash, redacted."""
        return self.state_dir / "crash.log"

    @property
    def copied_file(self) -> Path:
        """The last copied text, if no clipboard was available."""
        return self.state_dir / "copied.txt"

    @property
    def drafts_dir(self) -> Path:
        """Unsent messages, one file per conversation."""
        return self.state_dir / "drafts"

    @property
    def conversation_index_file(self) -> Path:
        """Summaries of the conversations: a cache."""
        return self.cache_dir / "conversations.json"

    @property
    def search_texts_dir(self) -> Path:
        """The texts of the conversations for searching: a cache."""
        return self.cache_dir / "texts"

    @property
    def site_provider_files(self) -> tuple[Path, ...]:
        """Read-only providers for everyone on this machine, in order of precedence."""
        return tuple(folder / "providers.toml" for folder in self.site_config_dirs)

    def shown(self, path: Path) -> str:
        """Return a path for display, with ``~`` for the home folder."""
        if self.home != Path("/") and path.is_relative_to(self.home):
            return str("~" / path.relative_to(self.home))
        return str(path)

    def places(self) -> tuple[Place, ...]:
        """Return all locations for ``lmdeck paths``; accesses the disk."""
        rows = [
            (texts.PROVIDERS, self.providers_file),
            (texts.SETTINGS, self.settings_file),
            (texts.PRESETS, self.presets_dir),
            (texts.KEYS, self.credentials_file),
            (texts.CHATS, self.conversations_dir),
            (texts.DRAFTS, self.drafts_dir),
            (texts.TRASH, self.trash_dir),
            (texts.ENDPOINTS, self.endpoints_file),
            (texts.LEDGER, self.ledger_dir),
            (texts.TRUSTED, self.trusted_file),
            (texts.COPIED, self.copied_file),
            (texts.CRASH, self.crash_file),
            (texts.ENGINE_LOG, self.engine_log_file),
            (texts.CACHE, self.cache_dir),
            *((texts.SITE, path) for path in self.site_provider_files),
        ]
        looks = [(words, path, look_at(path)) for words, path in rows]
        return tuple(Place(what, path, look.exists, note, look.problem) for (what, note), path, look in looks)


def resolve_paths(environment: Mapping[str, str]) -> Paths:
    """Return the locations for an environment, without accessing the disk.

    A relative ``XDG_*`` value is ignored, as the XDG Base Directory specification requires.

    Raises:
        UsageError: there is neither a home folder nor an absolute ``XDG_*``.
    """
    home = _home(environment)
    defaults = _system_defaults(home)

    def folder(variable: str, default: Path) -> Path:
        value = environment.get(variable, "")
        return (Path(value) if value.startswith("/") else default) / APPLICATION

    return Paths(
        config_dir=folder("XDG_CONFIG_HOME", defaults["config"]),
        data_dir=folder("XDG_DATA_HOME", defaults["data"]),
        state_dir=folder("XDG_STATE_HOME", defaults["state"]),
        cache_dir=folder("XDG_CACHE_HOME", defaults["cache"]),
        site_config_dirs=_site_dirs(environment),
        home=home,
    )


def _home(environment: Mapping[str, str]) -> Path:
    value = environment.get("HOME")
    if value is not None and value.startswith("/"):
        return Path(value)
    try:  # Path.home() would accept an empty or relative value
        return Path.home() if value is None else Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (RuntimeError, KeyError):
        raise usage_error("store-failed", path="~", reason=texts.NO_HOME) from None


def _system_defaults(home: Path) -> dict[str, Path]:
    if sys.platform == "darwin":
        # On macOS both the XDG variables (above) and the system's own location are common.
        from platformdirs.macos import MacOS

        folders = MacOS()
        support = Path(folders.user_data_dir)
        return {"config": support, "data": support, "state": support, "cache": Path(folders.user_cache_dir)}
    return {
        "config": home / ".config",
        "data": home / ".local/share",
        "state": home / ".local/state",
        "cache": home / ".cache",
    }


def _site_dirs(environment: Mapping[str, str]) -> tuple[Path, ...]:
    value = environment.get("XDG_CONFIG_DIRS", "") or "/etc/xdg"
    folders = dict.fromkeys(part for part in value.split(":") if part.startswith("/"))
    return tuple(Path(part) / APPLICATION for part in folders)
