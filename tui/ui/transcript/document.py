"""One turn as rows: prompt, reasoning, answer and end.

The rows are rendered on demand and dropped when they are far from the view; only their number is kept. A live
turn adds new text with ``advance``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tui.core.lazy_dataclass import dataclass
from tui.core.reasoning_view import ReasoningView
from tui.core.turn import Turn, TurnState
from tui.ui.transcript.compact_lines import CompactLines
from tui.ui.transcript.decoration import PROMPT_BLOCK, estimated_rows, foot_lines, head_lines
from tui.ui.transcript.growing import GrowingText, WorkBudget
from tui.ui.transcript.lines import EMPTY_LINE, Line, Role
from tui.ui.transcript.offers import Offer
from tui.ui.transcript.render import Layout

LIVE_REASONING_ROWS = 10
"""The rows of reasoning shown while the model thinks: the newest."""
REASONING_INDENT = 4
"""The cells before a row of reasoning, after the gutter."""
REASONING_BLOCK = -3
_NOTHING = (EMPTY_LINE,)
RENDERED_CHARACTERS = 100_000
"""The text rendered at once on demand, which is usually all of it."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything besides the turn itself that its rows depend on."""

    width: int = 80
    wrap_code: bool = True
    raw: bool = False
    speakers: bool = True
    """Whether to show the model of each turn."""

    def layout(self, base: int, indent: int = 0) -> Layout:
        """Return the layout of a text in this view, indented by ``indent`` cells."""
        return Layout(max(1, self.width - indent), self.wrap_code, base)


class Passage(NamedTuple):
    """Consecutive lines of a turn, and their first row."""

    where: str
    """``prompt``, ``reasoning`` or ``answer``."""
    first_row: int
    lines: GrowingText | Sequence[Line]


class TurnDocument:
    """The rows of one turn."""

    def __init__(self, turn: Turn, reasoning: ReasoningView = ReasoningView.LIVE) -> None:
        self.turn = turn
        self.reasoning_open: bool | None = None
        """The user's choice for this turn; ``None`` follows the global setting."""
        self.offers: tuple[Offer, ...] = ()
        """The actions for how it ended."""
        self._attached: Mapping[str, bytes] | None = None
        self._reasoning_view = reasoning
        self._view: View | None = None
        self._head: list[Line] = []
        self._foot: list[Line] = []
        self._answer: GrowingText | None = None
        self._reasoning: GrowingText | None = None
        self._rows = 0
        self._measured_for: tuple[View, bool] | None = None

    # ---- state

    @property
    def is_rendered(self) -> bool:
        """Whether its lines are available."""
        return self._answer is not None

    @property
    def is_reasoning_shown(self) -> bool:
        """Whether the reasoning is unfolded."""
        if self.reasoning_open is not None:
            return self.reasoning_open
        if self._reasoning_view is ReasoningView.LIVE:
            return self.turn.state is TurnState.REASONING
        return self._reasoning_view is ReasoningView.OPEN

    @property
    def has_reasoning(self) -> bool:
        """Whether there is any reasoning to show or fold."""
        return bool(self.turn.reasoning)

    def rows(self, view: View) -> int:
        """Return the height, measured if known, otherwise estimated."""
        if self._answer is not None and self._view == view:
            return self._rows
        if self._measured_for == (view, self.is_reasoning_shown) and not self.turn.state.is_live:
            return self._rows
        return self._estimate(view)

    def _estimate(self, view: View) -> int:
        turn = self.turn
        rows = 4 + estimated_rows(turn.prompt.text, view.width) + estimated_rows(turn.answer.text, view.width)
        if self.has_reasoning:
            rows += 2
        if self.is_reasoning_shown:
            rows += estimated_rows(turn.reasoning.text, view.width)
        return rows

    # ---- rendering

    def render(self, view: View) -> None:
        """Create the lines for a view, unless they are available."""
        if self._answer is not None and self._view == view:
            return
        self._view = view
        self._head = self._head_lines(view)
        self._answer = GrowingText(self.turn.answer, view.layout(Role.TEXT), is_raw=view.raw)
        self._reasoning = None
        self.advance(force=True, allowance=WorkBudget(RENDERED_CHARACTERS))

    def _head_lines(self, view: View) -> list[Line]:
        return head_lines(self.turn, view.width, raw=view.raw, speaker=view.speakers, attached=self._attached)

    @property
    def shows_attached(self) -> bool:
        """Whether the contents of attachments are shown."""
        return self._attached is not None

    def show_attached(self, contents: Mapping[str, bytes] | None) -> None:
        """Show the contents of attachments by SHA-256; ``None`` shows one line per attachment."""
        self._attached, self._measured_for = contents, None
        if self._view is not None and self.is_rendered:
            self._head = self._head_lines(self._view)
            self.measure()

    @property
    def is_behind(self) -> bool:
        """Whether more text has arrived than was processed."""
        shown = (self._answer, self._reasoning if self.is_reasoning_shown else None)
        return any(text is not None and text.is_behind for text in shown)

    def advance(self, *, force: bool = False, allowance: WorkBudget | None = None) -> bool:
        """Process what has arrived since the last call; return whether anything changed.

        At most as much as an allowance permits: ``is_behind`` tells whether more is waiting.
        """
        if self._answer is None or self._view is None:
            return False
        turn = self.turn
        changed = self._answer.advance(is_live=turn.state.is_live, allowance=allowance)
        changed |= self._advance_reasoning(allowance)
        foot = foot_lines(turn, self._view.width, self.offers)
        if foot and len(self._answer):  # a blank row ends what is above an answer already
            foot.insert(0, EMPTY_LINE)
        if foot != self._foot:
            self._foot, changed = foot, True
        if changed or force:
            self.measure()
        return changed

    def _advance_reasoning(self, allowance: WorkBudget | None) -> bool:
        if not self.has_reasoning or not self.is_reasoning_shown or self._view is None:
            return False
        if self._reasoning is None:
            layout = self._view.layout(Role.REASONING, REASONING_INDENT)
            self._reasoning = GrowingText(self.turn.reasoning, layout, is_raw=self._view.raw)
        is_live = self.turn.state is TurnState.REASONING
        return self._reasoning.advance(is_live=is_live, allowance=allowance)

    def measure(self) -> None:
        """Count the rows again, after a change."""
        if self._answer is None:
            return
        if self._reasoning is None:
            self._advance_reasoning(WorkBudget(RENDERED_CHARACTERS))
        self._rows = self.answer_start + len(self._answer) + len(self._foot) + 1
        if self._view is not None:
            self._measured_for = (self._view, self.is_reasoning_shown)

    def forget(self) -> None:
        """Drop the lines, keeping the height."""
        self._answer = self._reasoning = None
        self._head, self._foot = [], []

    # ---- rows

    @property
    def reasoning_start(self) -> int:
        """The first row of the reasoning."""
        return len(self._head)

    @property
    def reasoning_rows(self) -> int:
        """The rows of the reasoning: its title, its lines if unfolded, a blank one."""
        if not self.has_reasoning:
            return 0
        return 2 + self.reasoning_body_rows

    @property
    def reasoning_body_rows(self) -> int:
        """The rows of unfolded reasoning, limited while the model thinks."""
        if not self.is_reasoning_shown or self._reasoning is None:
            return 0
        rows = len(self._reasoning)
        return min(rows, LIVE_REASONING_ROWS) if self.turn.state is TurnState.REASONING else rows

    @property
    def reasoning_end(self) -> int:
        """The number of all lines of reasoning, shown or not."""
        return len(self._reasoning) if self._reasoning is not None else 0

    def reasoning_line(self, row: int) -> Line:
        """Return a row of the unfolded reasoning, of the newest part if limited."""
        if self._reasoning is None:
            return EMPTY_LINE
        index = len(self._reasoning) - self.reasoning_body_rows + row
        return self._reasoning[index] if 0 <= index < len(self._reasoning) else EMPTY_LINE

    @property
    def answer_start(self) -> int:
        """The first row of the answer."""
        return len(self._head) + self.reasoning_rows

    @property
    def drawn_rows(self) -> int:
        """The number of available rows."""
        return self._rows if self._answer is not None else 0

    def line(self, row: int) -> Line | None:
        """Return a row; ``None`` for a row of the reasoning."""
        place = self._place(row)
        return None if place is None else place[0][place[1]]

    def block_at(self, row: int) -> int:
        """Return the block number of a row."""
        place = self._place(row)
        if place is None:
            return REASONING_BLOCK
        lines, index = place
        return lines.block(index) if isinstance(lines, GrowingText) else lines[index].block

    def passages(self) -> Iterator[Passage]:
        """Yield the written text, without titles, figures, and reasoning while the model thinks."""
        if self._answer is None:
            return
        yield Passage("prompt", 0, self._prompt)
        is_settled = self.turn.state is not TurnState.REASONING
        if self._reasoning is not None and self.reasoning_body_rows and is_settled:
            yield Passage("reasoning", self.reasoning_start + 1, self._reasoning)
        yield Passage("answer", self.answer_start, self._answer)

    @property
    def _prompt(self) -> Sequence[Line]:
        return [line for line in self._head if line.block == PROMPT_BLOCK]

    def is_written(self, row: int) -> bool:
        """Return whether a row is text of the prompt, the reasoning or the answer, not of lmdeck."""
        end = self.answer_start + len(self._answer or ())
        return row < len(self._prompt) or self.reasoning_start <= row < end

    @property
    def stamp(self) -> tuple[object, ...]:
        """Return a value that changes whenever ``passages`` would."""
        texts = (self._answer, self._reasoning)
        drawn = [(text and text.settled, text and len(text)) for text in texts]
        turn = self.turn
        return (*drawn, self.answer_start, turn.state, len(turn.answer), len(turn.reasoning))

    @property
    def settled(self) -> CompactLines | None:
        """The settled lines of the answer, which are only appended to; ``None`` if not available."""
        return None if self._answer is None else self._answer.settled

    @property
    def is_cut(self) -> bool:
        """Whether the answer is too long to be drawn completely."""
        return self._answer is not None and self._answer.is_cut

    def _place(self, row: int) -> tuple[GrowingText | Sequence[Line], int] | None:
        """Return the lines that contain a row, and its index."""
        if row < len(self._head):
            return self._head, row
        row -= len(self._head)
        if row < (place := self.reasoning_rows):
            return None
        row -= place
        answer = self._answer
        if answer is None:
            return _NOTHING, 0
        if row < len(answer):
            return answer, row
        row -= len(answer)
        return (self._foot, row) if row < len(self._foot) else (_NOTHING, 0)

    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """Yield each block: first row, row after its last, and its number."""
        start, current = 0, -1
        for row in range(self.drawn_rows):
            block = self.block_at(row)
            if block != current:
                if current != -1:
                    yield start, row, current
                start, current = row, block
        if current != -1:
            yield start, self._rows, current
