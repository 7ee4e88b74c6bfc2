"""The tests of JSON answers."""

from __future__ import annotations

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.wire.abilities import structured
from tui.wire.abilities.reply import LONGER


async def _object(talk: Talk) -> Finding:
    reply = await talk.chat_to_end(
        structured.messages(),
        structured.MAX_TOKENS,
        fields=structured.fields(),
        is_enough=structured.is_enough,
    )
    return structured.judge_object(reply)


async def _schema(talk: Talk) -> Finding:
    reply = await talk.chat_to_end(
        structured.schema_messages(),
        structured.SCHEMA_TOKENS,
        fields=structured.schema_fields(),
        is_enough=structured.is_enough,
    )
    return structured.judge_schema(reply)


JSON_OBJECT = AbilityTest(Ability.JSON_OBJECT, AbilityCost(1, structured.MAX_TOKENS, LONGER, 20), _object)
JSON_SCHEMA = AbilityTest(Ability.JSON_SCHEMA, AbilityCost(1, structured.SCHEMA_TOKENS, LONGER, 20), _schema)
