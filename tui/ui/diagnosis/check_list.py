"""The list of a diagnosis: offered repairs, the checks as they finish, and what else was found."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckResult, CheckStatus, Repair
from tui.core.safe_text import safe_line
from tui.ui.bindings import bindings_of
from tui.ui.diagnosis.view import check_line

Section = tuple[str, Sequence[str]]
"""A heading and its lines."""


class CheckList(OptionList, inherit_bindings=False):
    """Shows the checks; the row under the cursor is a repair, a check, or a plain fact."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis.list")

    def __init__(self, checks: Sequence[CheckId] = CHAT_CHECKS) -> None:
        """``checks``: the checks that there are, in order."""
        super().__init__(id="checks")
        self._checks = tuple(checks)
        self._results: Mapping[CheckId, CheckResult] = {}
        self._repairs: tuple[Repair, ...] = ()
        self._sections: tuple[Section, ...] = ()
        self._is_growing = False
        self._known_width = 0

    # ── Content ─────────────────────────────────────────────────────────────────────────────

    def grow(self, results: Mapping[CheckId, CheckResult]) -> None:
        """Show the checks that are there so far; the next one is marked as being tried."""
        self._results = dict(results)
        if not self._is_growing or self._repairs or self._sections or not self.option_count:
            self._is_growing, self._repairs, self._sections = True, (), ()
            self._build()
            return
        for check, line in self._check_lines():
            self.replace_option_prompt(f"check-{check}", line)

    def complete(
        self,
        results: Mapping[CheckId, CheckResult],
        repairs: Sequence[Repair] = (),
        sections: Sequence[Section] = (),
    ) -> None:
        """Show the finished diagnosis, the cursor on what can be done about a failure."""
        self._results = dict(results)
        self._repairs = tuple(repairs)
        self._sections = tuple((heading, lines) for heading, lines in sections if lines)
        self._is_growing = False
        self._build()
        self.highlighted = self._best_row()

    @property
    def repair_index(self) -> int | None:
        """Which repair is under the cursor."""
        identifier = self._current_id()
        return int(identifier.removeprefix("repair-")) if identifier.startswith("repair-") else None

    @property
    def check(self) -> CheckResult | None:
        """The result of the check under the cursor, if it is there already."""
        identifier = self._current_id()
        if not identifier.startswith("check-"):
            return None
        return self._results.get(CheckId(identifier.removeprefix("check-")))

    def _current_id(self) -> str:
        option = self.highlighted_option
        return (option.id or "") if option is not None else ""

    def _best_row(self) -> int:
        if (failed := self._first(CheckStatus.FAILED)) is not None:
            return self.get_option_index("repair-0" if self._repairs else f"check-{failed}")
        # Enter changes nothing of an endpoint that works, unless somebody goes to the repair
        warned = self._first(CheckStatus.WARNING) if self._repairs else None
        return self.get_option_index(f"check-{warned or CheckId.URL}")

    def _first(self, status: CheckStatus) -> CheckId | None:
        results = (self._results.get(check) for check in self._checks)
        return next((result.id for result in results if result is not None and result.status is status), None)

    def _build(self) -> None:
        row = self.highlighted
        self.clear_options()
        options: list[Option | None] = [
            Option(_repair_line(repair, is_first=not index), id=f"repair-{index}")
            for index, repair in enumerate(self._repairs)
        ]
        if options:
            options.append(None)
        options += [Option(line, id=f"check-{check}") for check, line in self._check_lines()]
        for number, (heading, lines) in enumerate(self._sections):
            options.append(Option(Content(""), disabled=True))
            options.append(Option(Content.styled(heading, "bold"), disabled=True))
            options += [
                Option(self._fact(line), id=f"fact-{number}-{index}") for index, line in enumerate(lines)
            ]
        self.add_options(options)
        if row is not None and self.option_count:
            self.highlighted = min(row, self.option_count - 1)
        elif self.option_count:
            self.highlighted = 0

    def _check_lines(self) -> list[tuple[CheckId, Content]]:
        times = [result.milliseconds or 0.0 for result in self._results.values()]
        longest = max(times, default=0.0)
        current = next((check for check in self._checks if check not in self._results), None)
        width = self._line_width
        bar_style = "" if self.app.current_theme.ansi else "$primary"  # there the cursor has that colour
        return [
            (
                check,
                check_line(
                    check,
                    self._results.get(check),
                    width=width,
                    longest=longest,
                    is_current=self._is_growing and check is current,
                    is_ascii=is_ascii(self.app.console.encoding),
                    bar_style=bar_style,
                ),
            )
            for check in self._checks
        ]

    @property
    def _line_width(self) -> int:
        return max(40, self.app.size.width - 3)  # padding and scroll bar

    def _fact(self, line: str) -> Content:
        indent = "  "
        wrapped = textwrap.wrap(
            safe_line(line), self._line_width, initial_indent=indent, subsequent_indent=indent
        )
        return Content("\n".join(wrapped))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the lines out again where the width changed."""
        if self.app.size.width != self._known_width and self.option_count:
            self._known_width = self.app.size.width
            self._build()

    def action_half_page(self, step: int) -> None:
        """Move the cursor by half of what is in sight."""
        for _ in range(max(1, self.scrollable_content_region.height // 2)):
            before = self.highlighted
            (self.action_cursor_down if step > 0 else self.action_cursor_up)()
            if self.highlighted is None or (before is not None and step * (self.highlighted - before) < 0):
                self.highlighted = before  # it went round the end
                return

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self.action_first()

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self.action_last()


def is_ascii(encoding: str) -> bool:
    """Return whether a terminal of this encoding can show nothing but ASCII."""
    return not encoding.lower().startswith("utf")


def _repair_line(repair: Repair, *, is_first: bool) -> Content:
    key = ("  A or Enter to apply" if is_first else "  Enter to apply", "dim")
    return Content.assemble(("→ ", "bold $primary"), (safe_line(repair.text), "bold"), key)
