"""The help (F1): common tasks, the purpose of the focused widget, and all keys that work here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import ClassVar, cast

from rich.cells import cell_len
from textual import events
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from tui import texts as catalogues
from tui.core.commands import COMMANDS
from tui.core.safe_text import safe_text
from tui.texts import help as texts
from tui.ui.bindings import GROUP_TITLES, KEYS, Key, bindings_of, key_names, remapped
from tui.ui.deck import runtime_of
from tui.ui.offers import active_actions, form_of
from tui.ui.own_keys import own_keys
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput
from tui.ui.textual_compat.internals import bindings_for

_KEY_WIDTH = 16
_MOST_TASKS = 12

Row = tuple[str, str]
"""A key or command, and its description."""


class KeyList(Widget):
    """Keys and their descriptions below a title; long descriptions are wrapped and indented."""

    DEFAULT_CSS = "KeyList { height: auto; margin-top: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-list--title"}

    def __init__(self, title: str, rows: Sequence[Row]) -> None:
        super().__init__()
        self._title = title
        self._rows = rows
        self._shown = rows

    def narrow(self, words: Sequence[str]) -> bool:
        """Show the rows that contain every word, or hide the list; return whether there are any."""
        self._shown = [row for row in self._rows if all(word in " ".join(row).casefold() for word in words)]
        self.display = bool(self._shown)
        self.refresh(layout=True)
        return self.display

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines."""
        return len(list(self._lines(width)))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> Iterator[Content]:
        yield Content.styled(self._title, self.get_visual_style("key-list--title"))
        for name, text in self._shown:
            gap = max(2, _KEY_WIDTH - cell_len(name))
            first, *more = wrap(text, max(20, width - cell_len(name) - gap)) or [""]
            yield Content.assemble((name, "bold $primary"), " " * gap, first)
            yield from (Content(" " * (cell_len(name) + gap) + line) for line in more)


class HelpFilter(PlainInput):
    """The search field. While it is empty, the letters that close the window work."""

    async def on_key(self, event: events.Key) -> None:
        """Close the window with its keys, even if they would type text."""
        for binding in bindings_for(self.screen, event.key):
            if binding.action == "close" and not self.value:
                event.stop()
                event.prevent_default()
                await self.app.run_action(binding.action, self.screen)
                return


class HelpScreen(Window[None]):
    """The help for the widget that had the focus when F1 was pressed."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("help")

    def __init__(self, subject: str, groups: Mapping[str, Sequence[Row]]) -> None:
        """Create the help; ``groups`` are rows by title, the first of which comes before the subject."""
        super().__init__()
        self._subject = subject
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Create the common tasks, the subject, and the keys by group."""
        lists = [KeyList(title, rows) for title, rows in self._groups.items()]
        with Vertical(id="help"):
            yield HelpFilter(placeholder=texts.FILTER, id="help-filter")
            with VerticalScroll(id="help-keys", can_focus=False):
                yield from lists[:1]
                if self._subject:
                    yield Static(Content(safe_text(self._subject)), id="help-subject")
                yield from lists[1:]
                yield Static(Content(texts.NOTHING), id="help-nothing")

    def on_mount(self) -> None:
        """Set the title and the keys that close the window."""
        window = self.query_one("#help")
        window.border_title = cast(str, Content(texts.TITLE))
        window.border_subtitle = cast(str, Content(texts.CLOSES.format(key=key_of(self, "help.close"))))
        self.query_one("#help-nothing").display = False
        self.query_one(HelpFilter).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter by the typed words."""
        event.stop()
        words = event.value.casefold().split()
        found = [keys.narrow(words) for keys in self.query(KeyList)]
        for subject in self.query("#help-subject"):
            subject.display = not words
        self.query_one("#help-nothing").display = not any(found)
        self.query_one("#help-keys").scroll_home(animate=False)

    def action_close(self) -> None:
        """Clear the filter; without one, close the help."""
        field = self.query_one(HelpFilter)
        if field.value:
            field.value = ""
        else:
            self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one("#help-keys").scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        keys = self.query_one("#help-keys")
        keys.scroll_relative(y=pages * keys.size.height, animate=False)


def _tasks() -> dict[str, list[Row]]:
    """Return the common tasks of each place, with the names of their bindings."""
    tasks: dict[str, list[Row]] = {}
    place = ""
    for line in Path(catalogues.__file__).with_name("tasks.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            place = line.strip("[]")
            tasks[place] = []
        elif line and not line.startswith("#"):
            words, _, identifier = line.partition(" | ")
            tasks[place].append((identifier, words))
    return tasks


def help_for(screen: Screen[object]) -> HelpScreen:
    """Return the help for the focus, the screen, and global keys."""
    nodes: list[DOMNode] = list(screen.focused.ancestors_with_self) if screen.focused else [screen]
    names = dict.fromkeys([*_values(nodes, "KEY_GROUPS"), "everywhere"])
    own = own_keys(runtime_of(screen).settings.keys).usable
    groups: dict[str, Sequence[Row]] = {}
    if first := list(islice(_first_rows(screen, names), _MOST_TASKS)):
        groups[texts.FIRST] = first
    for name in names:
        keys = [remapped(key, own) for key in KEYS[name] if _is_there(screen, key)]
        groups[GROUP_TITLES[name]] = [(key_names(key), key.tooltip) for key in keys if key.names]
    if "chat" in names:
        groups[texts.COMMANDS] = [
            (" ".join(filter(None, (f"/{command.name}", command.argument))), command.text)
            for command in COMMANDS
        ]
    subjects = [text for text in dict.fromkeys(_texts(nodes)) if text]
    return HelpScreen("\n\n".join(subjects), groups)


def _first_rows(screen: Screen[object], names: Iterable[str]) -> Iterator[Row]:
    """Yield the common tasks here, each with the key or command that works with the current focus."""
    tasks, actions = _tasks(), active_actions(screen)
    for identifier, words in tasks.get(next((name for name in names if name in tasks), ""), ()):
        if identifier in actions and (form := form_of(actions[identifier], screen.focused)):
            yield form, words


def _is_there(screen: Screen[object], key: Key) -> bool:
    """Return whether the screen has the action, even if it is dimmed now."""
    _, action, parameters = parse(key.action)
    return screen.check_action(action, parameters) is not False


def _values(nodes: Sequence[DOMNode], attribute: str) -> Iterator[str]:
    for node in nodes:
        yield from getattr(node, attribute, ())


def _texts(nodes: Sequence[DOMNode]) -> Iterator[str]:
    for node in nodes:
        yield getattr(node, "help_text", "") or getattr(node, "HELP_TEXT", "")
