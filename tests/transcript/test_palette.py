"""A role has the style of the whole sheet, although only its own rules are parsed."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet

from tui.ui.textual_compat.internals import style_of_class
from tui.ui.transcript import palette
from tui.ui.transcript.lines import Role
from tui.ui.transcript.transcript import Transcript


class Host(App[None]):
    """An app with only a transcript."""

    def compose(self) -> ComposeResult:
        yield Transcript()


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_each_role_has_its_style(theme: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.theme = theme
        await pilot.pause()
        transcript = app.query_one(Transcript)
        whole = Stylesheet(variables=app.theme_variables)
        whole.read(palette._ROLES)
        styles = palette.Palette(transcript)
        found = {role: styles.style(role) for role in Role}
        for role in Role:
            name = f"transcript--{role.name.lower().replace('_', '-')}"
            assert found[role] == style_of_class(transcript, whole, name), role
        assert len(set(found.values())) > 10
