"""The lines of a check, at any width."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.core.diagnosis import CheckId, CheckResult, CheckStatus
from tui.ui.diagnosis.view import check_line, evidence_lines

LONG = "127.0.0.1 is this container, not its host, and nothing listens there on port 18,999."
WIDE = "サーバーは到達できますが、モデルの一覧を返しません。 " * 2


@pytest.mark.parametrize("width", [57, 75, 116])
@pytest.mark.parametrize("title", [LONG, WIDE, "Short.", ""])
@pytest.mark.parametrize("milliseconds", [None, 14.0])
def test_with_its_evidence_no_word_of_a_sentence_is_lost(
    width: int, title: str, milliseconds: float | None
) -> None:
    result = CheckResult(CheckId.ENVIRONMENT, CheckStatus.WARNING, title, milliseconds=milliseconds)
    line = check_line(CheckId.ENVIRONMENT, result, width=width, has_evidence=True)
    rows = [line.plain, *(row.plain for row in evidence_lines(result, width))]
    found = "".join(" ".join(rows).split())
    assert all("".join(word.split()) in found for word in title.split())
    assert all(cell_len(row.rstrip()) <= width for row in rows)
