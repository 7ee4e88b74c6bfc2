"""Runs the ability tests after successful checks, one request at a time."""

from __future__ import annotations

from dataclasses import replace

from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_text import LABELS
from tui.core.diagnosis import CheckId, CheckStatus
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.deep.claims import read_claims
from tui.net.probe.deep.registry import tests_of
from tui.net.probe.deep.talk import Spent, Talk
from tui.texts import abilities as texts
from tui.wire.abilities.claims import with_claim


async def test_abilities(context: DiagnosisContext) -> None:
    """Run the requested tests; a failing one never stops the others."""
    tests = tests_of(context.abilities, is_embedding=context.target.is_embedding)
    context.findings.to_test = tuple(test.ability for test in tests)
    if not _works(context):
        reason = texts.VECTORS_FAILED if context.target.is_embedding else texts.CHAT_FAILED
        for test in tests:
            context.note_ability(AbilityResult(test.ability, Outcome.NOT_TRIED, reason))
        return
    chat, url, model = context.services.chat(), context.endpoint.base_url, context.findings.model
    talk = Talk(context, chat.quirks(url, model))
    claims = await read_claims(context)
    context.findings.model_build = claims.build
    for test in tests:
        talk.spent = Spent()
        notice = context.announce(texts.TESTING.format(name=LABELS[test.ability]))
        try:
            finding = talk.spent.judge(await test.run(talk))
        finally:
            notice.cancel()
        evidence = with_claim(test.ability, finding, claims)
        result = talk.spent.result(test.ability, replace(finding, evidence=evidence))
        talk.results[test.ability] = result
        context.note_ability(result)
        if test.ability is Ability.VISION and finding.outcome is Outcome.YES:
            chat.learn(url, model, replace(talk.quirks, refuses_images=False, accepts_images=True))


def _works(context: DiagnosisContext) -> bool:
    """Return whether the endpoint works for its purpose; otherwise all tests would be inconclusive."""
    result = context.result(CheckId.VECTORS if context.target.is_embedding else CheckId.CHAT)
    return result is not None and result.status in (CheckStatus.OK, CheckStatus.WARNING)
