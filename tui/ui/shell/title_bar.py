"""The line at the top of a screen: the program, the current place, and a status on the right."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.core.safe_text import safe_line


class TitleBar(Widget):
    """Shows ``lmdeck › place`` and a status at the right end. Plain text, never markup."""

    DEFAULT_CSS = """
    TitleBar { dock: top; height: 1; padding: 0 1; background: $panel; color: $foreground; }
    TitleBar:ansi { background: ansi_default; text-style: bold; }
    """

    place: reactive[str] = reactive("")
    status: reactive[str] = reactive("")
    longer: reactive[tuple[str, ...]] = reactive(())
    """Longer forms of the status, longest first; the first one that fits is shown instead."""

    def __init__(self, place: str = "", status: str = "") -> None:
        super().__init__()
        self.set_reactive(TitleBar.place, place)
        self.set_reactive(TitleBar.status, status)

    def render(self) -> Content:
        """Return the line; if both do not fit, whatever takes more than half is cut, or both are."""
        left = Content.assemble(("lmdeck", "bold $primary"), (" › ", "dim"), safe_line(self.place))
        width = self.size.width
        right = self._right(width - left.cell_length - 2).stylize("dim")
        if left.cell_length + right.cell_length + 2 > width:
            right = right.truncate(max(width // 2, width - left.cell_length - 2), ellipsis=True)
            left = left.truncate(max(1, width - right.cell_length - 2), ellipsis=True)
        room = width - left.cell_length - right.cell_length
        if room < 2:
            return left.truncate(max(1, width), ellipsis=True)
        return left + Content(" " * room) + right

    def _right(self, room: int) -> Content:
        """Return the longest form that fits; next to a long place, a short form takes half of the line."""
        forms = [Content(safe_line(words)) for words in (*self.longer, self.status)]
        fitting = [form for form in forms if form.cell_length <= room]
        half = [form for form in forms[-2:] if form.cell_length <= self.size.width // 2]
        return (fitting or half or forms[-1:])[0]
