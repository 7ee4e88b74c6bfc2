"""The scores of documents; which one is on the topic is known in advance."""

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
"""The one on the topic is the last: the order of the request is no answer."""


def request(model: str) -> RerankRequest:
    """Return what is sent."""
    return RerankRequest(model, QUERY, DOCUMENTS)


def is_elsewhere(reply: Reply, finding: Finding) -> bool:
    """Whether the route is missing, not the model, so that another one may be there."""
    return finding.outcome is Outcome.NO and reply.status in (404, 405)


def judge(reply: Reply, path: str) -> Finding:
    """Return what the reply of the last route that was tried shows."""
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
