"""Reranking: how well documents answer a query, by a model that reads both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import NOTHING_TOLD, Charge, ServerCost, Source, Usage, estimate_tokens


@dataclass(frozen=True, slots=True)
class RerankRequest:
    """A query and the documents to score. ``wire.rerank`` turns it into the body."""

    model: str
    query: str
    documents: tuple[str, ...]
    extra_body: Mapping[str, object] = field(default_factory=dict)

    @property
    def estimated_usage(self) -> Usage:
        """Our own count of the tokens, for a server that gives none: the query is read with each document."""
        read = (self.query + document for document in self.documents)
        return Usage(sum(map(estimate_tokens, read)), 0, source=Source.ESTIMATED)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one request, in the order of its documents; more is better, negative ones are common."""

    values: tuple[float, ...] = field(repr=False)
    usage: Usage | None = None
    """As the server reports it."""
    served_model: str | None = None
    server_cost: ServerCost | None = None
    """What the server says that they cost."""

    @property
    def best(self) -> int:
        """The place of the document with the highest score, from 0."""
        return max(range(len(self.values)), key=self.values.__getitem__)


@dataclass(frozen=True, slots=True)
class RerankOutcome:
    """The outcome of one request for scores: the scores, or why there are none."""

    request: RerankRequest
    scores: Scores | None = None
    failure: Failure | None = None
    milliseconds: float | None = None
    """From the last request to the whole answer."""
    path: str = ""
    """The route that answered, such as ``/v1/rerank``."""
    retries: int = 0
    told: Charge = NOTHING_TOLD
    """What the server reported about every request, including those that failed."""

    @property
    def usage(self) -> Usage | None:
        """What was used: as reported, else estimated; ``None`` if nothing came."""
        if self.scores is None:
            return self.told.usage
        return self.told.usage or self.scores.usage or self.request.estimated_usage
