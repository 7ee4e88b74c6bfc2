"""The test of reranking; which document is relevant is known in advance."""

from __future__ import annotations

from tui.core.abilities import Finding, Outcome
from tui.core.rerank import RerankRequest, Scores
from tui.texts import abilities as texts
from tui.texts.embeddings import SENTENCES
from tui.wire.abilities import words
from tui.wire.abilities.refusal import judge_error
from tui.wire.abilities.reply import Reply, broken, ignored, yes
from tui.wire.rerank import read_scores

QUERY = SENTENCES[0]
DOCUMENTS = (SENTENCES[2], SENTENCES[1])
"""The relevant one comes last, so that the original order is not a correct answer."""


def request(model: str) -> RerankRequest:
    """Return the request."""
    return RerankRequest(model, QUERY, DOCUMENTS)


def is_elsewhere(reply: Reply, finding: Finding) -> bool:
    """Return whether the route is missing rather than the model, so that another route may exist."""
    return finding.outcome is Outcome.NO and reply.status in (404, 405)


def judge(reply: Reply, path: str) -> Finding:
    """Judge the reply of the last route that was tried."""
    if reply.status is None or not (reply.is_ok or isinstance(reply.value, list)):
        return judge_error(reply, words.RERANK, is_route=True)
    found = read_scores(reply.status, reply.headers, reply.body, len(DOCUMENTS))
    if not isinstance(found, Scores):
        return broken(found.title.removesuffix("."))
    other, topic = found.values
    if topic == other:
        return ignored(texts.SAME_SCORE.format(score=topic, path=path))
    scores = texts.SCORES.format(first=max(topic, other), second=min(topic, other))
    if topic > other:
        return yes(texts.ON_TOPIC.format(scores=scores, path=path))
    return broken(texts.OFF_TOPIC.format(scores=scores, path=path))
