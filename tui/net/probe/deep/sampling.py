"""The tests of sampling parameters."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.wire.abilities import prompts, sampling
from tui.wire.abilities.reply import LONGER, Reply


async def _logprobs(talk: Talk) -> Finding:
    messages = sampling.prompt(prompts.HELLO)
    reply = await talk.chat_to_end(
        messages,
        sampling.LOGPROBS_TOKENS,
        fields=sampling.logprobs_fields(),
        is_enough=sampling.has_text_or_logprobs,
    )
    return sampling.judge_logprobs(reply)


async def _choices(talk: Talk) -> Finding:
    messages = sampling.prompt(prompts.HELLO)
    reply = await talk.chat_to_end(
        messages, sampling.N_TOKENS, fields=sampling.n_fields(), is_enough=sampling.lacks_no_text
    )
    return sampling.judge_n(reply)


async def _seed(talk: Talk) -> Finding:
    replies = await _seeded(talk, sampling.SEED_TOKENS)
    if sampling.was_cut_before_text(replies[-1]):
        replies = await _seeded(talk, LONGER)  # repeat all: texts of different lengths are not comparable
    return sampling.judge_seed(replies)


async def _seeded(talk: Talk, max_tokens: int) -> list[Reply]:
    """Return the replies for each seed, up to one that ends the test."""
    replies: list[Reply] = []
    for fields in sampling.seed_fields():
        replies.append(await talk.chat(sampling.prompt(prompts.RANDOM_WORDS), max_tokens, fields=fields))
        if sampling.is_settled(replies[-1]):
            break
    return replies


async def _stop(talk: Talk) -> Finding:
    reply = await talk.chat_to_end(
        sampling.prompt(prompts.COUNT_DIGITS),
        sampling.STOP_TOKENS,
        fields=sampling.stop_fields(),
        is_enough=sampling.is_past_stop,
    )
    return sampling.judge_stop(reply)


async def _limit(talk: Talk) -> Finding:
    return sampling.judge_limit(await talk.chat(sampling.prompt(prompts.COUNT_LONG), sampling.LIMIT))


LOGPROBS = AbilityTest(Ability.LOGPROBS, AbilityCost(1, sampling.LOGPROBS_TOKENS, LONGER, 15), _logprobs)
N = AbilityTest(
    Ability.N, AbilityCost(1, sampling.CHOICES * sampling.N_TOKENS, sampling.CHOICES * LONGER, 15), _choices
)
SEED = AbilityTest(Ability.SEED, AbilityCost(3, 3 * sampling.SEED_TOKENS, 3 * LONGER, 45), _seed)
STOP = AbilityTest(Ability.STOP, AbilityCost(1, sampling.STOP_TOKENS, LONGER, 25), _stop)
MAX_TOKENS = AbilityTest(Ability.MAX_TOKENS, AbilityCost(1, sampling.LIMIT, 0, 20), _limit)
