"""Rerank requests and their responses, in the formats of different servers.

Source: Jina's and Cohere's API references (``results`` with ``relevance_score``), the servers of vLLM,
llama.cpp (raw logits, which may be negative), SGLang (a plain array with ``score``), TEI (``texts`` instead
of ``documents``), Voyage (``data``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from tui.core.causes import explain, explain_again
from tui.core.counted import Counted
from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import split_url
from tui.core.rerank import RerankRequest, Scores
from tui.core.secret import Redactor
from tui.core.sent_body import sent_body
from tui.texts import bodies
from tui.wire.error_body import is_error_object, read_error_body
from tui.wire.errors import classify_error
from tui.wire.evidence import Proof
from tui.wire.limits import DEFAULT_LIMITS
from tui.wire.numbers import read_count
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import mend
from tui.wire.usage_fields import read_charge

MISSING = "rerank-missing"
_WITHOUT_ROUTE = ("wrong-path", "method-not-allowed")
_VERSION = lazy_pattern(r"/v\d+$")
_UNSUPPORTED = r"rerank|score api|cross.?encoder|does not support score"
_WANTS_TEXTS = r"\btexts\b"
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_OWN = ("query", "documents", "texts")


def rerank_routes(base_url: str) -> dict[str, str]:
    """Return the possible URLs by path.

    Below the base URL, at the root of the API, and Cohere's version 2.
    """
    base = base_url.rstrip("/")
    parts = split_url(base)
    if parts is None:
        return {"/rerank": f"{base}/rerank"}
    root = _VERSION.sub("", parts.path)
    paths = (f"{parts.path}/rerank", f"{root}/rerank", f"{root}/v2/rerank")
    return {path: f"{parts.scheme}://{parts.netloc}{path}" for path in paths}


def build_rerank_body(request: RerankRequest, *, as_texts: bool = False) -> dict[str, object]:
    """Return the request body; ``as_texts`` for TEI's format."""
    extra = {name: value for name, value in sent_body(request.extra_body).items() if name not in _OWN}
    name = "texts" if as_texts else "documents"
    return {"model": request.model, "query": request.query, name: list(request.documents), **extra}


def wants_texts(status: int, body: bytes) -> bool:
    """Return whether an error asks for ``texts`` instead of ``documents``."""
    if status not in (400, 422):
        return False
    said = read_error_body(body[: DEFAULT_LIMITS.error_body].decode("utf-8", "replace"))
    return re.search(_WANTS_TEXTS, said.message) is not None


def read_scores(
    status: int, headers: Mapping[str, str], body: bytes, asked: int, redactor: Redactor | None = None
) -> Scores | Failure:
    """Return the scores in the order of the ``asked`` documents, or the failure. Never raises."""
    if not 200 <= status < 300:
        return refused_rerank(status, headers, body, redactor)
    try:
        value = parse_json(body.decode("utf-8", "replace").lstrip("\ufeff"))
    except StrictJsonError as error:
        constant = str(error).partition(" ")[0]
        if constant in _NOT_FINITE:
            return explain("rerank-unexpected", status=status, reason=bodies.CONTAINS.format(kind=constant))
        return refused_rerank(status, headers, body, redactor)
    if isinstance(value, dict) and is_error_object(value):
        return refused_rerank(status, headers, body, redactor)
    whole: Mapping[str, object] = value if isinstance(value, dict) else {}
    entries = value if isinstance(value, list) else whole.get("results", whole.get("data"))
    if not isinstance(entries, list):
        return explain("rerank-unexpected", status=status, reason=bodies.OTHER_JSON)
    scores = _scores(entries, asked)
    if isinstance(scores, str):
        return explain("rerank-unexpected", status=status, reason=scores)
    model = whole.get("model")
    served = mend(model)[:500] if isinstance(model, str) and model else None
    told = read_charge(whole, headers, has_output=False)
    return Scores(scores, told.usage, served, told.cost)


def _scores(entries: Sequence[object], asked: int) -> tuple[float, ...] | str:
    """Return the score of each document, or what is wrong."""
    found: dict[int, float] = {}
    for entry in entries:
        place, score = _entry(entry) if isinstance(entry, dict) else (None, None)
        if place is None or place >= asked or place in found:
            return bodies.INDEX_UNUSABLE
        if score is None:
            return bodies.NO_SCORE
        found[place] = score
    if len(found) != asked:
        return bodies.SCORES.format(count=Counted(len(found)), asked=Counted(asked))
    return tuple(found[place] for place in range(asked))


def _entry(entry: Mapping[str, object]) -> tuple[int | None, float | None]:
    index, score = entry.get("index"), entry.get("relevance_score", entry.get("score"))
    place = None if isinstance(index, str) else read_count(index)
    if isinstance(score, bool) or not isinstance(score, int | float):
        return place, None
    try:
        number = float(score)
    except (OverflowError, ValueError):
        return place, None
    return place, number if math.isfinite(number) else None


def refused_rerank(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    redactor: Redactor | None = None,
    proved: Collection[Proof] = (),
) -> Failure:
    """Return the failure of a response without scores, in words about reranking."""
    failure = classify_error(status, headers, body, redactor, proved)
    said = read_error_body(body[: DEFAULT_LIMITS.error_body].decode("utf-8", "replace"))
    # a model name in the message may resemble an error
    is_judged = status in (401, 429) or failure.cause == "model-not-found"
    is_refused = not is_judged and re.search(_UNSUPPORTED, said.message.lower())
    if status in (405, 501) or failure.cause in _WITHOUT_ROUTE or is_refused:
        return explain_again(failure, MISSING)
    if failure.cause == "unexpected-response":
        return explain_again(failure, "rerank-unexpected", reason=failure.facts.get("content"))
    return failure
