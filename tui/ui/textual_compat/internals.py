"""Private names of Textual 8.2.8, each behind a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.style import Style
from textual._context import NoActiveAppError
from textual.app import App, ScreenStackError
from textual.binding import Binding
from textual.content import Content
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode, NoScreen
from textual.driver import Driver
from textual.notifications import Notification
from textual.screen import Screen
from textual.widget import MountError, Widget
from textual.widgets import Collapsible


def driver_of(app: App[Any]) -> Driver | None:
    """Return the driver of the terminal; ``None`` before the start and after the end."""
    return app._driver


def report_defect(app: App[Any], error: Exception) -> None:
    """End the program with an exception that Textual would not notice, like with any other."""
    app._handle_exception(error)


def bindings_for(widget: Widget, key: str) -> list[Binding]:
    """Return the bindings of a key in a widget itself, with the user's keys.

    If several bindings have a key and one of them is remapped, Textual would remove the key from all of them.
    """
    keymap = widget.app._keymap
    found = {
        binding.id: binding
        for own, bindings in widget._bindings.key_to_bindings.items()
        for binding in bindings
        if key in keymap.get(binding.id or "", own).split(",")
    }
    order = [binding.id for binding in type(widget).BINDINGS if isinstance(binding, Binding)]
    return sorted(
        found.values(), key=lambda binding: order.index(binding.id) if binding.id in order else len(order)
    )


WHILE_LEAVING = (NoMatches, ScreenStackError, NoScreen, NoActiveAppError, MountError)
"""Exceptions when looking for a widget or a screen that no longer exists."""


def is_gone(app: App[Any], node: DOMNode) -> bool:
    """Return whether the window of a node was closed, or the program is ending."""
    if app._exit or not app.is_running or node._pruning:
        return True
    screen = next((above for above in node.ancestors_with_self if isinstance(above, Screen)), None)
    return node is not app and screen not in app.screen_stack


def style_of_class(widget: Widget, sheet: Stylesheet, name: str) -> Style:
    """Return the style for a class of a widget in a style sheet."""
    part = DOMNode(classes=name)
    part._attach(widget)
    sheet.apply(part)
    return part.rich_style


def end_toasts(app: App[Any], is_over: Callable[[Notification], bool]) -> None:
    """Remove the toasts for which ``is_over`` is true."""
    for toast in tuple(app._notifications):
        if is_over(toast):
            app._unnotify(toast)


def forget_arrangement(widget: Widget) -> None:
    """Make the next layout place a widget's children again."""
    widget._clear_arrangement_cache()


def title_fold(fold: Collapsible, title: Content) -> None:
    """Set a fold's title without parsing markup."""
    fold._title.label = title


def indent_title(fold: Collapsible, columns: int) -> None:
    """Indent a fold's title by some columns."""
    title = fold._title
    if title.styles.padding.left != columns:
        title.styles.padding = (0, 0, 0, columns)


def fold_quietly(fold: Collapsible, folded: bool) -> None:
    """Fold or unfold without a message and without scrolling."""
    fold.set_reactive(Collapsible.collapsed, folded)
    fold._update_collapsed(folded)
