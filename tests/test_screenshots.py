"""The pictures of the README come from the running program, and are reproducible."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.support.prose import ROOT
from tools.animation import Animation

FOLDER = ROOT / "screenshots"
SHOWN = re.findall(r"\]\((screenshots/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def taken(folder: Path, name: str) -> str:
    """Take a picture and return it."""
    folder.mkdir()
    command = [sys.executable, "tools/screenshots.py", "--to", str(folder), name]
    try:
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=200)
    except subprocess.CalledProcessError as error:
        if b"Address already in use" in error.stderr:
            pytest.skip("something listens on the port that the pictures show")
        raise
    return (folder / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_picture_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (taken(tmp_path / name, "times") for name in ("first", "second"))
    assert first == second
    assert "Where" in first


@pytest.mark.parametrize("picture", sorted(FOLDER.glob("*.svg")), ids=lambda picture: picture.stem)
def test_a_picture_fetches_nothing_and_shows_no_path_of_this_machine(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "@font-face" not in text
    assert not re.search(r"href=|/root/|/home/|/tmp/", text)


def test_every_picture_of_the_readme_exists() -> None:
    assert SHOWN[0] == "screenshots/tour.svg"
    assert all((ROOT / picture).is_file() for picture in SHOWN)


def test_an_animation_shows_each_row_once_for_the_time_it_is_there() -> None:
    animation = Animation()
    for text, seconds in (("one", 1), ("two", 1), ("one", 2)):
        cells = "".join(
            f'<text class="terminal-1-r1" x="0" y="{y}" textLength="12">{words}</text>'
            for y, words in ((20, "always"), (44.4, text))
        )
        style = "<style>\n    .terminal-1-r1 { fill: #fff }\n    </style>"
        animation.show(f'<svg>{style}<g transform="translate(9, 41)">{cells}</g></svg>', seconds)
    svg = animation.svg()
    assert svg.count(">always<") == svg.count(">one<") == svg.count(">two<") == 1
    assert "0.000%{visibility:visible}25.000%{visibility:hidden}50.000%{visibility:visible}" in svg
    assert "25.000%{visibility:visible}50.000%{visibility:hidden}" in svg
