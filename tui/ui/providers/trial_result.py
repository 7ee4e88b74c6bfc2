"""The result of a test, shown in the same way in the form and in the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content
from textual.widgets import Static

from tui.core.cosine import cosine_text, cosines, is_plausible
from tui.core.embedding import (
    EmbeddingOutcome,
    Vectors,
    count_text,
    embedding_cost,
    embedding_price,
    norm_text,
    tokens_text,
)
from tui.core.failure import Failure
from tui.core.figures import format_cost, format_milliseconds
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import server_words
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, Source, Usage
from tui.texts import embeddings
from tui.texts import form as texts

_LONGEST_ANSWER = 600
_NAME, _CELL = 6, 6
"""The widths of the columns in the table of cosines."""


class TrialResult(Static):
    """The result of a test while the values are unchanged; otherwise only its title."""

    DEFAULT_CSS = """
    TrialResult { display: none; }
    TrialResult.-shown { display: block; }
    """

    _content = Content("")
    _tested: Mapping[str, str] | None = None
    _failure: Failure | None = None

    def show(
        self, content: Content, tested: Mapping[str, str] | None = None, failure: Failure | None = None
    ) -> None:
        """Show a result with the tested values or, without values, the progress."""
        self._content, self._tested, self._failure = content, tested, failure
        self.add_class("-shown")
        self.update(content)

    def compare(self, values: Mapping[str, str]) -> None:
        """Mark the result as outdated if the values differ from the tested ones."""
        if self._tested is not None:
            self.update(self._content if values == self._tested else self._earlier())

    def rename(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Update the tested texts after a change of spelling."""
        if self._tested == before:
            self._tested = after

    def failure_with(self, values: Mapping[str, str]) -> Failure | None:
        """Return the failure of the test with exactly these values."""
        return self._failure if values == self._tested else None

    def _earlier(self) -> Content:
        title = self._content.plain.partition("\n")[0]
        return Content.styled(texts.EARLIER.format(title=title), "dim")


def result_of(found: Turn | EmbeddingOutcome, price: Price, *, names_texts: bool = False) -> Content:
    """Return an answer or vectors with their figures, or the failure and what to do.

    ``names_texts``: include the compared texts, if they are not shown elsewhere.
    """
    if isinstance(found, EmbeddingOutcome):
        lines = _vector_lines(found, price, names_texts=names_texts)
    else:
        lines = _lines(found)
    return Content("\n").join(lines)


def result_of_failure(failure: Failure) -> Content:
    """Return the problem and what to do."""
    return Content("\n").join(_failure_lines(failure))


def _vector_lines(outcome: EmbeddingOutcome, price: Price, *, names_texts: bool) -> Iterator[Content]:
    if outcome.failure is not None:
        yield from _failure_lines(outcome.failure)
    elif outcome.vectors is not None:
        time = f" · {format_milliseconds(outcome.milliseconds)}"
        yield Content.styled(texts.WORKS, "$text-success") + Content.styled(time, "dim")
        yield Content(f"{count_text(outcome.vectors)}, {norm_text(outcome.vectors)}")
        cost = format_cost(embedding_cost(outcome.usage, price), embedding_price(price))
        yield Content(" · ".join(filter(None, (tokens_text(outcome.usage), cost))))
        for note in _vector_notes(outcome, outcome.vectors):
            yield _note(note)
        if names_texts:
            yield Content.styled(numbered(outcome.request.texts), "dim")
        yield from _cosine_lines(outcome.vectors)


def numbered(sent: Sequence[str]) -> str:
    """Return the sent texts with their names in the table of cosines."""
    return "\n".join(
        embeddings.NUMBERED.format(number=number, text=safe_line(text)) for number, text in enumerate(sent, 1)
    )


def _cosine_lines(vectors: Vectors) -> Iterator[Content]:
    """Return the similarity of the texts, and whether it is plausible."""
    table = cosines(vectors.values)
    head = f"{embeddings.COSINE:<{_NAME}}" + "".join(
        f"{place:>{_CELL}}" for place in range(1, len(table) + 1)
    )
    yield Content.styled(head, "dim")
    for place, row in enumerate(table, 1):
        yield Content.styled(f"{place:<{_NAME}}", "dim") + "".join(
            f"{cosine_text(value):>{_CELL}}" for value in row
        )
    plausible = is_plausible(table)
    yield Content.styled(
        embeddings.PLAUSIBLE if plausible else embeddings.IMPLAUSIBLE,
        "$text-success" if plausible else "$text-warning",
    )


def _vector_notes(outcome: EmbeddingOutcome, vectors: Vectors) -> Iterator[str]:
    if vectors.usage is None:
        yield texts.NOT_COUNTED
    if vectors.served_model and vectors.served_model != outcome.request.model:
        yield texts.OTHER_MODEL.format(model=safe_line(vectors.served_model, 80))
    if outcome.retries:
        count = outcome.retries
        yield texts.RETRIED_ONCE if count == 1 else texts.RETRIED.format(count=count)


def _lines(turn: Turn) -> Iterator[Content]:
    answer = safe_text(turn.answer.text.strip()[:_LONGEST_ANSWER])
    if turn.failure is not None:
        yield from _failure_lines(turn.failure)
    elif turn.state is TurnState.STOPPED:
        yield Content.styled(texts.STOPPED, "dim")
    else:
        yield Content.styled(texts.WORKS, "$text-success") + Content.styled(_figures(turn), "dim")
    if answer:
        yield Content(answer)
    elif turn.reasoning:
        yield Content.styled(texts.ONLY_REASONING, "$text-warning")
    for note in turn.notes:
        yield _note(note)


def _note(note: str) -> Content:
    return Content.styled(texts.NOTE.format(note=safe_line(note)), "dim")


def _failure_lines(failure: Failure) -> Iterator[Content]:
    yield Content.styled(f"✗ {safe_line(failure.title)}", "$text-error")
    if said := server_words(failure):
        yield Content(said)
    yield Content(safe_line(failure.advice))


def _figures(turn: Turn) -> str:
    parts: list[str] = []
    if turn.timings.ttft_ms is not None:
        parts.append(texts.FIRST.format(milliseconds=turn.timings.ttft_ms))
    if turn.usage is not None:
        parts.append(_tokens(turn.usage))
    return "".join(f" · {part}" for part in parts)


def _tokens(usage: Usage) -> str:
    sign = "~" if usage.source is Source.ESTIMATED else ""
    counts = [
        f"{sign}{count} {name}"
        for count, name in ((usage.prompt_tokens, "prompt"), (usage.completion_tokens, "completion"))
        if count is not None
    ]
    return " + ".join(counts) + " tokens" if counts else ""
