"""The abilities of all providers: a table of stored results that is updated while tests run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.core.abilities import Ability, Outcome
from tui.core.ability_matrix import Cell, Column, Matrix
from tui.core.ability_text import LABELS
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.moments import ago
from tui.core.safe_text import safe_line
from tui.runtime.matrix_export import default_place, export_matrix
from tui.runtime.matrix_tests import MatrixTests
from tui.texts import ability_matrix as texts
from tui.texts.conversations import EXPORTED
from tui.ui.abilities import view
from tui.ui.abilities.evidence import evidence
from tui.ui.abilities.grid import AbilityGrid
from tui.ui.abilities.windows import EvidenceWindow
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.budget import within_budget
from tui.ui.exporting import ExportDialog, export
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.offers import key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.title_bar import TitleBar

_AROUND = 4
"""The cells around the columns: two borders, a blank, the scroll bar."""
_WIDE = 120
_BESIDE = 46
"""The width of the evidence next to the table, as in its style sheet."""
_FEW_NOTES, _MANY_NOTES = 4, 10
_HIGH = 32


class AbilitiesScreen(LmdeckScreen[None]):
    """The matrix of abilities."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("abilities")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("abilities", "table")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now().astimezone()) -> None:
        super().__init__()
        self._now = now
        self._current = 0
        self._is_running = False

    def compose(self) -> ComposeResult:
        """Create the table above its notes."""
        yield TitleBar(texts.TITLE)
        with Horizontal(id="main"):
            with Pane(id="matrix"):
                grid = AbilityGrid("rows", self._outcome_of)
                yield grid.heads
                yield grid
                yield Static(id="nothing")
                yield Static(id="notes")
            with Pane(id="seen"):
                yield Static()
        yield BindingBar()

    def on_mount(self) -> None:
        """Show the stored results."""
        self.grid.focus()
        self.action_refresh()

    @cached_property
    def _tests(self) -> MatrixTests:
        return MatrixTests(self.runtime)

    @property
    def grid(self) -> AbilityGrid:
        """The table."""
        return self.query_one(AbilityGrid)

    @property
    def _matrix(self) -> Matrix:
        return self._tests.matrix

    @property
    def _columns(self) -> tuple[Column, ...]:
        """The providers with a column: those with results, or being tested."""
        testing = self._tests.testing
        return tuple(
            column
            for column in self._matrix.columns
            if not column.problem and (column.cells or column.provider in testing)
        )

    def _cell(self, ability: str, provider: str) -> Cell | None:
        column = next((each for each in self._matrix.columns if each.provider == provider), None)
        return None if column is None or ability not in set(Ability) else column.cells.get(Ability(ability))

    def _outcome_of(self, ability: str, provider: str) -> Outcome | None:
        cell = self._cell(ability, provider)
        return None if cell is None else cell.result.outcome

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def action_refresh(self) -> None:
        """Read the stored results again."""
        if not self._is_running:
            in_background(self, self._read, group="abilities", exclusive=True)

    async def _read(self) -> None:
        await asyncio.to_thread(self._tests.load)
        self._show()

    def _show(self) -> None:
        """Show the results so far."""
        if not self.is_mounted:
            return
        matrix, columns = self._matrix, self._columns
        self._current = max(0, min(self._current, len(columns) - 1))
        abilities = tuple(Ability) if self._is_running else matrix.abilities
        grid, nothing = self.grid, self.query_one("#nothing", Static)
        grid.display = grid.heads.display = bool(columns)
        nothing.display = not columns
        nothing.update(Content(self._nothing()))
        is_beside = self._has_room_beside(columns, abilities)
        self.query_one("#seen").display = is_beside
        if columns:
            width = self.size.width - _AROUND - _BESIDE * is_beside
            shown = view.columns_for(columns, abilities, self._current, width)
            grid.current_column = columns[self._current].provider
            grid.fill(shown, view.rows_of(columns, abilities, shown, self._tests.testing))
        self.query_one("#matrix", Pane).set_title(texts.PANE, self._status(matrix))
        most = _MANY_NOTES if self.size.height >= _HIGH else _FEW_NOTES
        lines = view.note_lines(matrix, most)
        notes = self.query_one("#notes", Static)
        notes.update(Content("\n".join(lines)))
        notes.display = bool(lines)
        self._show_evidence()
        self.refresh_bindings()

    def _has_room_beside(self, columns: Sequence[Column], abilities: Sequence[Ability]) -> bool:
        """Return whether the evidence fits next to the table with all providers visible."""
        if self.size.width < _WIDE or not columns:
            return False
        room = self.size.width - _AROUND - _BESIDE
        return len(view.columns_for(columns, abilities, 0, room)) > len(columns)

    def _show_evidence(self) -> None:
        """Show the evidence for the current cell next to the table, if there is room."""
        pane, found = self.query_one("#seen", Pane), self._evidence()
        if pane.display and found is not None:
            title, content = found
            pane.set_title(title)
            pane.query_one(Static).update(content)

    def _evidence(self) -> tuple[str, Content] | None:
        """Return the name and the evidence of the current cell."""
        ability, columns = self.grid.current_key, self._columns
        if ability is None or not columns:
            return None
        name = columns[self._current].provider
        title = texts.CELL.format(ability=LABELS[Ability(ability)], provider=safe_line(name, 40))
        return title, evidence(self._cell(ability, name))

    def _nothing(self) -> str:
        if not self._matrix.columns:
            return texts.NO_PROVIDERS
        return texts.NONE_TESTED.format(test=key_of(self, "abilities.test"))

    def _status(self, matrix: Matrix) -> str:
        if self._is_running:
            total, left = len(matrix.columns), len(self._tests.testing)
            return texts.TESTING.format(count=min(total, total - left + 1), total=total)
        return texts.NEWEST.format(ago=ago(matrix.newest, self._now())) if matrix.newest else ""

    def on_resize(self, event: events.Resize) -> None:
        """Adapt the columns to the new width."""
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable only the actions that are possible now."""
        if action == "provider":
            return len(self._columns) > 1
        if action in ("open", "diagnose"):
            return bool(self._columns)
        if action == "export":
            return bool(self._matrix.shown) and not self._is_running
        if action in ("test", "refresh"):
            return not self._is_running and (action != "test" or bool(self._matrix.columns))
        return True

    # ── Testing ─────────────────────────────────────────────────────────────────────────────

    def action_test(self) -> None:
        """Confirm the cost of the tests, then run them."""
        confirm(self, texts.ASK, self._tests.cost, self._begin, texts.YES, texts.NO)

    def _begin(self) -> None:
        within_budget(self, self._tests.providers, self._start)

    def _start(self) -> None:
        self._is_running = True
        in_background(self, self._run, group="tests", exclusive=True)

    async def _run(self) -> None:
        try:
            await self._tests.run(self._show)
        finally:
            self._is_running = False
            self._show()

    # ── The cursor and its cell ─────────────────────────────────────────────────────────────

    def action_provider(self, step: int) -> None:
        """Move to another provider."""
        place = self._current + step
        if 0 <= place < len(self._columns):
            self._current = place
            self._show()

    def on_row_list_highlighted(self) -> None:
        """Update the evidence after a cursor movement."""
        self._show_evidence()

    def on_row_list_selected(self) -> None:
        """Treat a click on the current row like Enter."""
        self.action_open()

    def action_open(self) -> None:
        """Show the evidence of the cell."""
        found = self._evidence()
        if found is not None:
            self.app.push_screen(EvidenceWindow(*found))

    def action_diagnose(self) -> None:
        """Open the diagnosis of the cell's provider."""
        provider = self._tests.provider(self._columns[self._current].provider)
        self.deck.router.diagnosis(DiagnosisSubject(provider), lambda _: self.action_refresh())

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    def action_export(self) -> None:
        """Ask for a file, and export the table to it."""
        matrix = self._matrix

        def write(place: str) -> str:
            return EXPORTED.format(path=safe_line(export_matrix(matrix, place), 200))

        words = texts.EXPORT_PLACEHOLDER, texts.EXPORT_KEYS, texts.EXPORT_HELP
        place = default_place(self.runtime.paths)
        export(self, ExportDialog(texts.EXPORT_TITLE, place, *words), write)

    def action_back(self) -> None:
        """Stop running tests; otherwise close."""
        if self._is_running:
            self._tests.stop()
        else:
            self.dismiss(None)
