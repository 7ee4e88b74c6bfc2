"""The early frame of a new chat: the title, and the prompt, into which text can be typed."""

from __future__ import annotations

from rich.cells import cell_len

from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.texts import chat as texts
from tui.ui.early.drawing import Drawing, Field
from tui.ui.early.look import Look
from tui.ui.shell.fitted import fitted

_WIDEST_PROMPT = 104
_BELOW_PROMPT = 2
_CORNERS = 6
"""A corner, a line and a blank on either side of the model."""
_MOST_OF_TITLE = 100


def draw_chat(drawing: Drawing, look: Look, provider: Provider) -> Field:
    """Draw it; return where typed text goes."""
    drawing.put(0, 0, " ", look.bar)
    drawing.put(0, 1, "lmdeck", look.bar_name)
    drawing.put(0, 7, " › ", look.bar_dim)
    drawing.put(0, 10, fitted(texts.TITLE, drawing.width - 10), look.bar_text)
    width = min(drawing.width, _WIDEST_PROMPT)
    left = (drawing.width - width) // 2
    top = drawing.height - _BELOW_PROMPT - 3
    model = safe_line(provider.model, _MOST_OF_TITLE)
    title = f"─ {fitted(model, min(cell_len(model), width - _CORNERS))} " if model else ""
    rest = "─" * (width - 2 - cell_len(title))
    drawing.put(top, left, f"╭{title}{rest}╮", look.border)
    drawing.put(top + 1, left, "│", look.border)
    drawing.put(top + 1, left + width - 1, "│", look.border)
    drawing.put(top + 2, left, f"╰{'─' * (width - 2)}╯", look.border)
    return Field(top + 1, left + 2, width - 4, look.text)
