"""Everything known about one ability of one provider, for a pane or a window."""

from __future__ import annotations

from textual.content import Content

from tui.core.ability_matrix import Cell
from tui.core.ability_matrix_text import cell_text
from tui.core.counted import Counted
from tui.core.moments import exact
from tui.core.safe_text import safe_line
from tui.texts import abilities as ability_texts
from tui.texts import ability_matrix as texts


def evidence(cell: Cell | None) -> Content:
    """Return everything known about a cell."""
    if cell is None:
        return Content(texts.CELL_NONE)
    result = cell.result
    lines = [Content.styled(cell_text(cell), "bold"), Content(safe_line(result.evidence)), Content("")]
    if cell.before is not None:
        lines.append(Content(texts.CELL_BEFORE.format(before=cell.before)))
    if result.model:
        lines.append(Content(texts.CELL_MODEL.format(model=safe_line(result.model, 100))))
    if result.provider:
        lines.append(Content(texts.CELL_PROVIDER.format(provider=safe_line(result.provider, 100))))
    if result.tokens is not None:
        requests = (
            ability_texts.REQUEST
            if result.requests == 1
            else ability_texts.REQUESTS.format(count=result.requests)
        )
        lines.append(Content(texts.CELL_USED.format(tokens=Counted(result.tokens), requests=requests)))
    if cell.at:
        lines.append(Content(texts.CELL_AT.format(at=exact(cell.at))))
    return Content("\n").join(lines)
