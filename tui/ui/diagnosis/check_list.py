"""The list of a diagnosis: the checks up to the failure with their evidence, and further findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.abilities import AbilityResult
from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckResult, CheckStatus, Repair, blocker_of
from tui.core.safe_text import safe_line
from tui.texts import abilities as ability_texts
from tui.texts import diagnosis as texts
from tui.ui.bindings import bindings_of
from tui.ui.diagnosis.ability_rows import AbilitySection, ability_line
from tui.ui.diagnosis.view import INDENT, check_line, evidence_lines, wrapped
from tui.ui.shell.offers import key_of

Section = tuple[str, Sequence[str]]
"""A heading and its lines."""
_FOLD = "fold"
_ANCHORS = (CheckStatus.FAILED, CheckStatus.WARNING)


class CheckList(OptionList, inherit_bindings=False):
    """Shows the checks; the current row is a check, the fold of waiting checks, or a fix."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis.list")

    def __init__(self, checks: Sequence[CheckId] = CHAT_CHECKS) -> None:
        """Create a list; ``checks`` are all checks, in order."""
        super().__init__(id="checks")
        self._checks = tuple(checks)
        self._results: Mapping[CheckId, CheckResult] = {}
        self._repairs: tuple[Repair, ...] = ()
        self._sections: tuple[Section, ...] = ()
        self._abilities: AbilitySection | None = None
        self._is_growing = False
        self._known_width = 0
        self.is_open = False
        """Whether the checks that wait for the failed one are unfolded."""

    # ── Content ─────────────────────────────────────────────────────────────────────────────

    def grow(self, results: Mapping[CheckId, CheckResult], abilities: AbilitySection | None = None) -> None:
        """Show the checks so far and the running one, then the abilities with the last one visible."""
        self._results = dict(results)
        before, self._abilities = self._abilities, abilities
        if not self._is_growing:
            self._is_growing, self.is_open, self._repairs, self._sections = True, False, (), ()
            self._build()
            return
        if abilities != before and abilities is not None and abilities.results:
            self._build()
            self.highlighted = self.option_count - 1
            return
        for check in self._checks:
            self.replace_option_prompt(f"check-{check}", self._line(check))

    def complete(
        self,
        results: Mapping[CheckId, CheckResult],
        repairs: Sequence[Repair] = (),
        sections: Sequence[Section] = (),
        abilities: AbilitySection | None = None,
    ) -> None:
        """Show the finished diagnosis, with the cursor on the failed check.

        ``repairs`` are those not offered by the verdict.
        """
        self._results = dict(results)
        self._repairs = tuple(repairs)
        self._sections = tuple((heading, lines) for heading, lines in sections if lines)
        self._abilities = abilities
        self._is_growing = False
        self._build()
        first = f"check-{self._anchor or CheckId.URL}"
        if abilities is not None and abilities.is_new:
            first = f"ability-{abilities.results[0].ability}"
        self.highlighted = self.get_option_index(first)

    def toggle(self) -> None:
        """Unfold or fold the waiting checks."""
        if self.waiting:
            self.is_open = not self.is_open
            self._build()
            self.highlighted = self.get_option_index(_FOLD)

    @property
    def waiting(self) -> tuple[CheckId, ...]:
        """Return the checks that were skipped after the failed one."""
        failed = self._first(CheckStatus.FAILED)
        if failed is None or self._is_growing:
            return ()
        later = self._checks[self._checks.index(failed) + 1 :]
        return tuple(check for check in later if self._status(check) is CheckStatus.SKIPPED)

    @property
    def is_on_fold(self) -> bool:
        """Whether the cursor is on the fold of waiting checks."""
        return self._current_id() == _FOLD

    @property
    def repair(self) -> Repair | None:
        """The repair of the current row."""
        identifier = self._current_id()
        return self._repairs[int(identifier[len("repair-") :])] if identifier.startswith("repair-") else None

    @property
    def check(self) -> CheckResult | None:
        """The result of the current row's check, if available."""
        identifier = self._current_id()
        if not identifier.startswith("check-"):
            return None
        return self._results.get(CheckId(identifier.removeprefix("check-")))

    @property
    def ability(self) -> AbilityResult | None:
        """The ability test of the current row."""
        results = () if self._abilities is None else self._abilities.results
        identifier = self._current_id()
        return next((result for result in results if identifier == f"ability-{result.ability}"), None)

    def _current_id(self) -> str:
        option = self.highlighted_option
        return (option.id or "") if option is not None else ""

    @property
    def _anchor(self) -> CheckId | None:
        """Return the check that the repairs belong to."""
        return next(filter(None, map(self._first, _ANCHORS)), None)

    def _first(self, status: CheckStatus) -> CheckId | None:
        return next((check for check in self._checks if self._status(check) is status), None)

    def _status(self, check: CheckId) -> CheckStatus | None:
        result = self._results.get(check)
        return None if result is None else result.status

    # ── Rows ────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        row = self.highlighted
        self.clear_options()
        self.add_options([*self._check_rows(), *self._ability_rows(), *self._section_rows()])
        if self.option_count:
            self.highlighted = min(row or 0, self.option_count - 1)

    def _check_rows(self) -> Iterator[Option]:
        waiting, anchor = self.waiting, self._anchor or self._checks[-1]
        for check in self._checks:
            if check not in waiting:
                yield Option(self._line(check), id=f"check-{check}")
            if check is anchor and not self._is_growing:
                yield from self._repair_rows()
        if waiting:
            yield Option(self._fold_line(len(waiting)), id=_FOLD)
        for check in waiting if self.is_open else ():
            yield Option(self._line(check), id=f"check-{check}")

    def _repair_rows(self) -> Iterator[Option]:
        applies = texts.KEY_APPLIES.format(key=key_of(self, "diagnosis.details"))
        for index, repair in enumerate(self._repairs):
            text = f"→ {safe_line(repair.text)}"
            line = Content.assemble(" " * INDENT, (text, "bold $primary"), (f"  {applies}", "dim"))
            yield Option(line, id=f"repair-{index}")

    def _ability_rows(self) -> Iterator[Option]:
        section = self._abilities
        if section is None:
            return
        yield Option(Content(""), disabled=True)
        yield Option(Content.styled(ability_texts.HEADING, "bold"), disabled=True)
        for result in section.results:
            is_short = self.screen.has_class("-wide")  # the full evidence is shown next to the list
            line = ability_line(result, section.model, self._line_width, is_short=is_short)
            yield Option(line, id=f"ability-{result.ability}")
        if section.note:
            note = "\n".join(f"  {line}" for line in wrapped(section.note, self._line_width - 2))
            yield Option(Content.styled(note, "dim"), id="ability-note")

    def _section_rows(self) -> Iterator[Option]:
        for number, (heading, lines) in enumerate(self._sections):
            yield Option(Content(""), disabled=True)
            yield Option(Content.styled(heading, "bold"), disabled=True)
            for index, line in enumerate(lines):
                fact = "\n".join(f"  {part}" for part in wrapped(line, self._line_width - 2))
                yield Option(Content(fact), id=f"fact-{number}-{index}")

    def _fold_line(self, count: int) -> Content:
        failed = self._first(CheckStatus.FAILED)
        is_blocked = failed is not None and all(blocker_of(check, {failed}) for check in self.waiting)
        one, many = (texts.WAITS, texts.WAIT) if is_blocked else (texts.SKIPPED_ONE, texts.SKIPPED)
        text = one if count == 1 else many.format(count=count)
        told = texts.HIDES if self.is_open else texts.SHOWS
        shown = told.format(text=text, key=key_of(self, "diagnosis.fold"))
        return Content.assemble(("▼ " if self.is_open else "▶ ", "$primary"), (shown, "dim"))

    def _line(self, check: CheckId) -> Content:
        """Return the line of a check, with its evidence while the cause of a failure is determined."""
        result = self._results.get(check)
        failed = None if self._is_growing else self._first(CheckStatus.FAILED)
        current = next((other for other in self._checks if other not in self._results), None)
        has_evidence = (
            result is not None
            and not self._is_growing
            and check is not failed
            and (failed is not None or result.status is CheckStatus.WARNING)
        )
        line = check_line(
            check,
            result,
            width=self._line_width,
            is_current=self._is_growing and check is current,
            is_told=check is failed,
            has_evidence=has_evidence,
            bar_style="" if self.app.current_theme.ansi else "$primary",  # the cursor's colour there
        )
        if result is None or not has_evidence:
            return line
        return Content("\n").join([line, *evidence_lines(result, self._line_width)])

    @property
    def _line_width(self) -> int:
        return max(40, (self.size.width or self.app.size.width - 4) - 3)  # padding and scroll bar

    def on_resize(self, event: events.Resize) -> None:
        """Lay out the lines again if the width has changed; keep the cursor visible."""
        if self.size.width != self._known_width and self.option_count:
            self._known_width = self.size.width
            self._build()
        self.call_after_refresh(self.scroll_to_highlight)

    def action_half_page(self, step: int) -> None:
        """Move the cursor by half of the view."""
        for _ in range(max(1, self.scrollable_content_region.height // 2)):
            before = self.highlighted
            (self.action_cursor_down if step > 0 else self.action_cursor_up)()
            if self.highlighted is None or (before is not None and step * (self.highlighted - before) < 0):
                self.highlighted = before  # it wrapped around
                return

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self.action_first()

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self.action_last()
