"""The tests of tool calls: automatic with a round trip, forced, streamed."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.texts import abilities as texts
from tui.wire.abilities import streamed_call, tools
from tui.wire.abilities.reply import LONGER, has_same_prompt, ignored


async def _call(talk: Talk) -> Finding:
    """Test a call; without one, check the prompt tokens: the tools may not have reached the model."""
    reply = await talk.chat(tools.question(), tools.CALL_TOKENS, fields=tools.fields())
    if reply.wants_more_tokens:
        reply = await talk.chat(tools.question(), LONGER, fields=tools.fields())
    if tools.lacks_call(reply):
        if has_same_prompt(reply, await talk.chat(tools.question(), 1)):
            return ignored(texts.TOOLS_DROPPED)
        if reply.is_cut:
            reply = await talk.chat(tools.question(), LONGER, fields=tools.fields())
    found = tools.read(reply)
    if isinstance(found, tools.Call):
        after = await talk.chat_to_end(tools.round_trip(found), tools.ANSWER_TOKENS, fields=tools.fields())
        return tools.judge_round_trip(found, after)
    if found is not None:
        return found
    forced = await talk.chat_to_end(
        tools.question(),
        tools.CALL_TOKENS,
        fields=tools.fields(tools.REQUIRED),
        is_enough=tools.is_enough,
    )
    return tools.judge_forced_try(reply, forced)


async def _force(talk: Talk) -> Finding:
    return tools.join_choices(await _choose(talk, tools.BY_NAME), await _choose(talk, tools.REQUIRED))


async def _choose(talk: Talk, choice: object) -> Finding:
    reply = await talk.chat_to_end(
        tools.other_question(),
        tools.CALL_TOKENS,
        fields=tools.fields(choice),
        is_enough=tools.is_enough,
    )
    return tools.judge_choice(reply)


async def _stream(talk: Talk) -> Finding:
    reply = await talk.chat_to_end(
        tools.question(),
        tools.CALL_TOKENS,
        stream=True,
        fields=tools.fields(),
        is_enough=streamed_call.is_enough,
    )
    return streamed_call.judge(reply)


TOOLS = AbilityTest(
    Ability.TOOLS,
    AbilityCost(2, tools.CALL_TOKENS + tools.ANSWER_TOKENS, 2 * LONGER + tools.CALL_TOKENS + 1, 250),
    _call,
)
TOOLS_FORCED = AbilityTest(
    Ability.TOOLS_FORCED, AbilityCost(2, 2 * tools.CALL_TOKENS, 2 * LONGER, 200), _force
)
TOOLS_STREAMED = AbilityTest(Ability.TOOLS_STREAMED, AbilityCost(1, tools.CALL_TOKENS, LONGER, 110), _stream)
