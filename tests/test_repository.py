"""The repository contains no URL of a package registry and no path of a machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]

REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted",
    "registry.npm" + "js",
    "deb.debian" + ".org",
    "crates" + ".io",
)
MACHINE = re.compile(r"(?<![\w.-])/(work|root|opt/pypi)/[\w.]|/\.pyenv/|site-packages/[\w-]+/.*\.py:\d")
DOWNLOAD = re.compile(r"https?://[^ \"]*/(packages|simple)/")


def tracked_texts() -> dict[str, str]:
    """Return every tracked text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    texts = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            data = path.read_bytes()
            if b"\0" not in data:
                texts[name] = data.decode("utf-8", "replace")
    return texts


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return where a pattern is found, as ``file:line``."""
    return [
        f"{name}:{number}: {line[:100]}"
        for name, text in tracked_texts().items()
        if name != "tests/test_repository.py"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_package_registry_is_named() -> None:
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_download_address_of_a_package_is_kept() -> None:
    assert lines_with(DOWNLOAD) == []


def test_no_path_of_a_developers_machine_is_kept() -> None:
    assert lines_with(MACHINE) == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, text in tracked_texts().items()
        if re.fullmatch(r"(tui|tools)/.*\.py", name)
        and not text.startswith(('"""', '#!/usr/bin/env python3\n"""'))
    ]
    assert silent == []
