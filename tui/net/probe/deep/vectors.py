"""The tests of embeddings and reranking, also for providers without chat."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest
from tui.core.endpoint_url import embeddings_url_of
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.net.vector_trials import try_vectors
from tui.texts.embeddings import SENTENCES
from tui.wire.abilities import rerank, vectors
from tui.wire.abilities.reply import Reply
from tui.wire.embeddings import build_embeddings_body
from tui.wire.rerank import build_rerank_body, rerank_routes, wants_texts


async def _embed(talk: Talk) -> Finding:
    known = talk.context.findings.vectors
    if known is not None:
        return vectors.judge(known)  # the check of an embedding provider has just tested this
    replies: list[Reply] = []

    async def ask(request: EmbeddingRequest) -> EmbeddingOutcome:
        url = embeddings_url_of(talk.base_url)
        replies.append(await talk.post(url, build_embeddings_body(request)))
        return vectors.read(replies[-1], request)

    request = EmbeddingRequest(talk.model, SENTENCES)
    outcome = await ask(request)
    if outcome.failure is not None:
        return vectors.judge_failure(replies[0], outcome.failure)
    if outcome.vectors is None:
        raise ValueError(replies)
    trials = await try_vectors(ask, request, outcome.vectors)
    return vectors.judge(trials.traits, is_one_for_all=trials.is_one_for_all, is_mixed_up=trials.is_mixed_up)


async def _rerank(talk: Talk) -> Finding:
    request = rerank.request(talk.model)
    finding: Finding | None = None
    for path, url in rerank_routes(talk.base_url).items():
        reply = await talk.post(url, build_rerank_body(request))
        if reply.status is not None and wants_texts(reply.status, reply.body):
            reply = await talk.post(url, build_rerank_body(request, as_texts=True))
        finding = rerank.judge(reply, path)
        if not rerank.is_elsewhere(reply, finding):
            break
    if finding is None:
        raise ValueError(talk.base_url)
    return finding


EMBEDDINGS = AbilityTest(Ability.EMBEDDINGS, AbilityCost(3, 0, 0, 60), _embed, needs_chat=False)
RERANK = AbilityTest(Ability.RERANK, AbilityCost(1, 0, 0, 40), _rerank, needs_chat=False)
