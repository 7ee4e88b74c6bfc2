"""The schema version of a file: read, rejected, or from a newer version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.store.paths import Paths
from tui.store.toml_file import SCHEMA, TomlFile

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("line", "is_newer", "is_corrupt"),
    [
        ("", False, False),
        ("schema = 1", False, False),
        ("schema = 3", True, False),
        ("schema = 0", False, True),
        ("schema = true", False, True),
        ('schema = "1"', False, True),
    ],
)
def test_the_version_is_read_or_refused(paths: Paths, line: str, is_newer: bool, is_corrupt: bool) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.providers_file.write_text(line)
    document = TomlFile(paths, paths.providers_file, keep_backup=False).read()
    assert (document.is_newer, document.is_corrupt) == (is_newer, is_corrupt)


def test_every_version_has_a_golden_file() -> None:
    assert all((GOLDEN / f"providers-{version}.toml").exists() for version in range(1, SCHEMA + 1))
