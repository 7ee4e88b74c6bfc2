"""Reranking: scoring how well documents answer a query, with a model that reads both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import NOTHING_TOLD, Charge, ServerCost, Source, Usage, estimate_tokens


@dataclass(frozen=True, slots=True)
class RerankRequest:
    """A query and the documents to score. ``wire.rerank`` builds its body."""

    model: str
    query: str
    documents: tuple[str, ...]
    extra_body: Mapping[str, object] = field(default_factory=dict)

    @property
    def estimated_usage(self) -> Usage:
        """Our own estimate for servers that report no tokens; the query is read once per document."""
        read = (self.query + document for document in self.documents)
        return Usage(sum(map(estimate_tokens, read)), 0, source=Source.ESTIMATED)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one request, in the order of its documents.

    Higher is better; negative scores are common.
    """

    values: tuple[float, ...] = field(repr=False)
    usage: Usage | None = None
    """As reported by the server."""
    served_model: str | None = None
    server_cost: ServerCost | None = None
    """The cost reported by the server."""

    @property
    def best(self) -> int:
        """The index of the document with the highest score."""
        return max(range(len(self.values)), key=self.values.__getitem__)


@dataclass(frozen=True, slots=True)
class RerankOutcome:
    """The outcome of one request for scores: the scores, or a failure."""

    request: RerankRequest
    scores: Scores | None = None
    failure: Failure | None = None
    milliseconds: float | None = None
    """From the last request to the complete response."""
    path: str = ""
    """The route that answered, such as ``/v1/rerank``."""
    retries: int = 0
    told: Charge = NOTHING_TOLD
    """What the server reported about every request, including failed ones."""

    @property
    def usage(self) -> Usage | None:
        """The usage as reported, else estimated; ``None`` without a response."""
        if self.scores is None:
            return self.told.usage
        return self.told.usage or self.scores.usage or self.request.estimated_usage
