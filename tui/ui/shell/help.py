"""F1: what the focused thing is for, and every key that works here. Made from the table of bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.core.safe_text import safe_text
from tui.ui.bindings import GROUP_TITLES, KEYS, Key, bindings_of, key_names, remapped
from tui.ui.deck import runtime_of
from tui.ui.shell.modal import Window

_KEY_WIDTH = 16


class KeyList(Widget):
    """Keys and what they do; a long sentence goes on below its own beginning."""

    DEFAULT_CSS = "KeyList { height: auto; }"

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the keys take."""
        return len(list(self._lines(width)))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> Iterator[Content]:
        for key in self._keys:
            name = key_names(key)
            gap = max(2, _KEY_WIDTH - cell_len(name))
            first, *more = wrap(key.tooltip, max(20, width - cell_len(name) - gap)) or [""]
            yield Content.assemble((name, "bold $primary"), " " * gap, first)
            yield from (Content(" " * (cell_len(name) + gap) + line) for line in more)


class HelpScreen(Window[None]):
    """The help of what had the focus when F1 was pressed."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("help")

    def __init__(self, subject: str, groups: Mapping[str, Sequence[Key]]) -> None:
        super().__init__()
        self._subject = subject
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Show the subject, then the keys group by group."""
        with VerticalScroll(id="help"):
            if self._subject:
                yield Static(Content(safe_text(self._subject)), id="help-subject")
            for group, keys in self._groups.items():
                yield Static(Content(GROUP_TITLES[group]), classes="help-title")
                yield KeyList(keys)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss()

    def on_mount(self) -> None:
        """Name the window, and say how it is closed where that is in sight from the start."""
        window = self.query_one("#help")
        window.border_title, window.border_subtitle = "Help", "Esc closes"


def help_for(screen: Screen[object]) -> HelpScreen:
    """Return the help of what has the focus on a screen, then of the screen, then of everything."""
    nodes: list[DOMNode] = list(screen.focused.ancestors_with_self) if screen.focused else [screen]
    names = dict.fromkeys([*_values(nodes, "KEY_GROUPS"), "everywhere"])
    own = runtime_of(screen).settings.keys
    groups = {
        name: [remapped(key, own) for key in KEYS[name] if key.names and _is_there(screen, key)]
        for name in names
    }
    texts = [text for text in dict.fromkeys(_texts(nodes)) if text]
    return HelpScreen("\n\n".join(texts), groups)


def _is_there(screen: Screen[object], key: Key) -> bool:
    """Whether the screen has the action at all; one that is only greyed now is there."""
    return screen.check_action(key.action.partition("(")[0], ()) is not False


def _values(nodes: Sequence[DOMNode], attribute: str) -> Iterator[str]:
    for node in nodes:
        yield from getattr(node, attribute, ())


def _texts(nodes: Sequence[DOMNode]) -> Iterator[str]:
    for node in nodes:
        yield getattr(node, "help_text", "") or getattr(node, "HELP_TEXT", "")
