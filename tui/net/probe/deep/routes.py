"""The tests of other text APIs: completions, responses, Anthropic's messages."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.wire.abilities import routes


async def _complete(talk: Talk) -> Finding:
    body = routes.completion_body(talk.model)
    return routes.judge_completion(await talk.post(f"{talk.base_url}/completions", body))


async def _respond(talk: Talk) -> Finding:
    url = f"{talk.base_url}/responses"
    tokens = routes.RESPONSE_TOKENS
    reply = await talk.post(url, routes.response_body(talk.model, tokens))
    if routes.wants_more_tokens(reply):
        tokens = routes.LEAST_RESPONSE_TOKENS
        reply = await talk.post(url, routes.response_body(talk.model, tokens))
    previous = routes.response_id(reply)
    after = await talk.post(url, routes.response_body(talk.model, tokens, previous)) if previous else None
    return routes.judge_response(reply, after)


async def _write(talk: Talk) -> Finding:
    body, headers = routes.message_body(talk.model), routes.ANTHROPIC_HEADERS
    return routes.judge_message(await talk.post(f"{talk.base_url}/messages", body, headers=headers))


COMPLETIONS = AbilityTest(Ability.COMPLETIONS, AbilityCost(1, routes.COMPLETION_TOKENS, 0, 5), _complete)
RESPONSES = AbilityTest(
    Ability.RESPONSES,
    AbilityCost(2, 2 * routes.RESPONSE_TOKENS, 2 * routes.LEAST_RESPONSE_TOKENS, 45),
    _respond,
)
ANTHROPIC = AbilityTest(Ability.ANTHROPIC, AbilityCost(1, routes.MESSAGE_TOKENS, 0, 15), _write)
