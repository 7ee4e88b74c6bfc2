"""A new screen is its module, a line for other screens, and its opening."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tests.support.imports import import_graph, sources
from tests.support.real_deck import RealDeck
from tui.runtime.runtime import open_runtime
from tui.ui.app import LmdeckApp
from tui.ui.bindings import bindings_of
from tui.ui.deck import Deck, Router, deck_of
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.router import ScreenRouter
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.title_bar import TitleBar


class RecipeScreen(LmdeckScreen[None]):
    """The module of the new screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.figures")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.figures",)
    HELP_TEXT: ClassVar[str] = "Counts the providers, for the recipe."

    def compose(self) -> ComposeResult:
        yield TitleBar("Recipe")
        yield Static(Content(f"{len(self.runtime.directory.providers())} providers here"))
        yield BindingBar()

    def action_close(self) -> None:
        self.dismiss(None)

    def unsaved_reason(self) -> str | None:
        return "a recipe that is not finished"


class WithRecipe(Router, Protocol):
    """The first entry: the line in ``Router``."""

    def recipe(self) -> None: ...


class RecipeRouter(ScreenRouter):
    """The second one: the opening in ``ScreenRouter``."""

    def recipe(self) -> None:
        self._app.push_screen(RecipeScreen())


class AskingScreen(ProvidersScreen):
    """A screen that opens the new one, knowing only the protocol."""

    def action_history(self) -> None:
        cast(WithRecipe, deck_of(self).router).recipe()


class RecipeApp(LmdeckApp):
    def get_default_screen(self) -> AskingScreen:
        return AskingScreen()


async def test_a_screen_of_two_entries_lives_in_the_program(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    app = RecipeApp(open_runtime(deck.environment), environment=deck.environment)
    app.router = router = RecipeRouter(app)
    assert_router: WithRecipe = router
    async with app.run_test(size=(80, 24)) as pilot:
        assert cast(Deck, app).router is assert_router
        await pilot.press("h")
        await pilot.pause()
        assert isinstance(app.screen, RecipeScreen)
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "lmdeck › Recipe" in shown
        assert "2 providers here" in shown
        assert "Esc Close" in " ".join(shown.split()), "its keys are in its footer"
        await pilot.press("f1")
        await pilot.pause()
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "Counts the providers, for the recipe." in shown
        await pilot.press("escape", "ctrl+q")
        await pilot.pause()
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "a recipe that is not finished" in shown, "the program asks before it is lost"
        await pilot.press("n", "escape")
        await pilot.pause()
        assert isinstance(app.screen, AskingScreen)


def test_nobody_but_the_router_would_have_to_know_it() -> None:
    graph = import_graph(sources())
    screens = {name for name in graph["tui.ui.router"] if name.endswith(("screen", "_screen"))}
    assert screens
    for name, used in graph.items():
        assert name == "tui.ui.router" or not used & screens, name
