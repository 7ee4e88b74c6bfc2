"""The output of ``lmdeck embed``, as text and as one JSON object."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tui.cli.output import DIM, Output
from tui.cli.table import cells
from tui.core.cosine import cosine, cosine_text
from tui.core.embedding import (
    EmbeddingOutcome,
    Vectors,
    count_text,
    embedding_cost,
    embedding_price,
    norm_text,
    tokens_text,
)
from tui.core.endpoint_url import url_without_secrets
from tui.core.failure import Failure
from tui.core.figures import format_cost, format_milliseconds
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_marks import connection_warnings
from tui.core.rerank import RerankOutcome
from tui.core.safe_text import safe_line
from tui.core.turn_report import cost_report, server_cost_report, usage_report
from tui.core.usage import ServerCost, Usage
from tui.texts import embeddings as texts

_NUMBER = "{:.6g}"
_DIGITS = 3
_SCORE, _LINE = 8, 6
_LEAST_TEXT = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the file, and its similarity to the text."""

    score: float
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """The outcome of the command."""

    vectors: EmbeddingOutcome | None = None
    scores: RerankOutcome | None = None
    failure: Failure | None = None
    ranking: tuple[Ranked, ...] = ()
    """The lines, best first."""
    asked: int = 0
    """The number of vectors for texts; the others are for lines."""
    top: int = 0
    is_interrupted: bool = False

    @property
    def own(self) -> Vectors | None:
        """The vectors of the texts."""
        found = None if self.vectors is None else self.vectors.vectors
        return None if found is None else replace(found, values=found.values[: self.asked])

    @property
    def usage(self) -> Usage | None:
        """The usage."""
        outcome = self.vectors or self.scores
        return None if outcome is None else outcome.usage

    @property
    def server_cost(self) -> ServerCost | None:
        """The total cost according to the server."""
        outcome = self.vectors or self.scores
        return None if outcome is None else outcome.told.cost

    @property
    def milliseconds(self) -> float | None:
        """The total time of all requests."""
        outcome = self.vectors or self.scores
        return None if outcome is None else outcome.milliseconds

    @property
    def served_model(self) -> str | None:
        """The model named by the server."""
        found = self.vectors.vectors if self.vectors is not None else None
        if found is not None:
            return found.served_model
        scores = None if self.scores is None else self.scores.scores
        return None if scores is None else scores.served_model

    def compared(self, lines: Sequence[tuple[int, str]]) -> Embedded:
        """Return the same with the lines ranked by the cosine between their vectors and that of the text."""
        found = None if self.vectors is None else self.vectors.vectors
        if found is None or not lines:
            return self
        text, *others = found.values
        return replace(self, ranking=ranked(lines, [cosine(text, other) for other in others]))


def ranked(lines: Sequence[tuple[int, str]], scores: Sequence[float]) -> tuple[Ranked, ...]:
    """Return the lines with scores, best first; equal ones in the order of the file."""
    found = [Ranked(score, number, text) for (number, text), score in zip(lines, scores, strict=False)]
    return tuple(sorted(found, key=lambda each: -each.score))


def embedded_report(done: Embedded, provider: Provider, *, is_named: bool) -> dict[str, object]:
    """Return the object of ``embed --json``; ``provider`` is null for an endpoint without a name."""
    own, shown = done.own, done.ranking[: done.top]
    way = None if not shown else "cosine" if done.scores is None else "rerank"
    return {
        "provider": provider.name if is_named else None,
        "url": provider.provider_url,
        "model": done.served_model or provider.model,
        "dimensions": None if own is None else own.size,
        "vectors": [] if own is None else [list(value) for value in own.values],
        "ranked_by": way,
        "ranking": [{"line": each.line, "score": each.score, "text": each.text} for each in shown],
        "usage": usage_report(done.usage),
        "cost": cost_report(embedding_cost(done.usage, provider.price)),
        "server_cost": server_cost_report(done.server_cost),
        "timings": {"total_ms": None if done.milliseconds is None else round(done.milliseconds, 3)},
        "notes": list(connection_warnings(provider)),
    }


def nothing(arguments: argparse.Namespace, *_: object) -> dict[str, object]:
    """Return the object for texts that could not be sent."""
    report = embedded_report(Embedded(), Provider("nobody"), is_named=False)
    url = url_without_secrets(arguments.url or "")
    return {**report, "provider": arguments.provider, "url": url, "model": arguments.model}


def print_vectors(output: Output, done: Embedded, provider: Provider, asked: Sequence[str]) -> None:
    """Print a summary and the beginning of each vector."""
    vectors = done.own
    if vectors is None:
        return
    model = safe_line(done.served_model or provider.model, 60)
    output.line(texts.ONE_VECTOR.format(model=model, vectors=count_text(vectors), norm=norm_text(vectors)))
    output.styled(_figures(done, provider), DIM)
    for text, vector in zip(asked, vectors.values, strict=True):
        output.line("")
        if len(asked) > 1:
            output.line(_cut(text, _columns(), output))
        output.line(_beginning(vector, _columns(), output))


def _beginning(vector: Sequence[float], columns: int, output: Output) -> str:
    """Return as many numbers as fit on a line."""
    shown = [_NUMBER.format(number) for number in vector[:20]]
    while len(shown) > 1:
        hidden = len(vector) - len(shown)
        more = ["", _ellipsis(output), texts.MORE.format(count=hidden)] if hidden else []
        line = f"[{', '.join(shown)}{' '.join(more)}]"
        if len(line) <= columns:
            return line
        shown.pop()
    return f"[{shown[0]}]"


def print_ranking(output: Output, done: Embedded, provider: Provider) -> None:
    """Print the best lines: score, number, text; the text is cut only on a terminal."""
    way = texts.BY_COSINE if done.scores is None else texts.BY_SCORE
    count = len(done.ranking)
    lines = texts.ONE_LINE if count == 1 else texts.LINES.format(count=count)
    model = safe_line(done.served_model or provider.model, 60)
    output.line(texts.RANKED.format(model=model, count=lines, way=way))
    output.styled(_figures(done, provider), DIM)
    output.line("")
    for line in _rows(done, output):
        output.line(line)
    if count > done.top:
        output.styled(texts.MORE_LINES.format(count=count - done.top, total=count), DIM)


def _rows(done: Embedded, output: Output) -> Iterator[str]:
    head = texts.COSINE_HEAD if done.scores is None else texts.SCORE_HEAD
    yield f"{head:>{_SCORE}}  {texts.LINE_HEAD:>{_LINE}}  {texts.TEXT_HEAD}"
    room = max(_LEAST_TEXT, _columns() - _SCORE - _LINE - 4)
    for each in done.ranking[: done.top]:
        text = _cut(each.text.strip(), room, output) if output.is_terminal else safe_line(each.text.strip())
        yield f"{cosine_text(each.score, _DIGITS):>{_SCORE}}  {each.line:>{_LINE}}  {text}"


def _figures(done: Embedded, provider: Provider) -> str:
    price = provider.price
    cost = format_cost(embedding_cost(done.usage, price), embedding_price(price))
    parts = (tokens_text(done.usage), cost, format_milliseconds(done.milliseconds))
    return " · ".join(filter(None, parts))


def _columns() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def _cut(text: str, room: int, output: Output) -> str:
    line = safe_line(text)
    if cells(line) <= room:
        return line
    end = _ellipsis(output)
    while cells(line) > room - len(end):
        line = line[:-1]
    return line + end


def _ellipsis(output: Output) -> str:
    return "..." if output.is_ascii else "…"
