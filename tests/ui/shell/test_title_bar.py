"""The title bar: place and status share the line if both do not fit."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui.ui.shell.title_bar import TitleBar


class Bar(App[None]):
    def __init__(self, place: str, status: str, *longer: str) -> None:
        super().__init__()
        self._bar = TitleBar(place, status)
        self._bar.set_reactive(TitleBar.longer, longer)

    def compose(self) -> ComposeResult:
        yield self._bar


@pytest.mark.parametrize(
    ("place", "status", "longer", "wanted"),
    [
        ("short", "main · m", (), "lmdeck › short                main · m"),
        ("short", "main · m", ("main · m · 3 %",), "lmdeck › short          main · m · 3 %"),
        ("a title of a chat that is long", "main · m", (), "lmdeck › a title of a chat …  main · m"),
        ("short", "a-provider-with-a-long-name · a-model", (), "lmdeck › short  a-provider-with-a-lon…"),
        (
            "a title that is long",
            "a-provider-with-a-long-name · m",
            (),
            "lmdeck › a title…  a-provider-with-a-…",
        ),
    ],
)
async def test_the_place_and_the_status_share_the_line(
    place: str, status: str, longer: tuple[str, ...], wanted: str
) -> None:
    async with Bar(place, status, *longer).run_test(size=(40, 5)) as pilot:
        assert str(pilot.app.query_one(TitleBar).render()).rstrip() == wanted
