"""The key check: whether the key was accepted and, if not, what would be."""

from __future__ import annotations

from tui.core.diagnosis import CheckId, CheckResult, Repair, failed, passed
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.net.api_key_ways import find_key_way, refused_scheme, without_key
from tui.net.elsewhere import is_list
from tui.net.headers import sends_key
from tui.net.probe.answer import ACCESS_CAUSES, FirstAnswer
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.evidence import look
from tui.texts import checks
from tui.wire.evidence import Proof

_REFUSED = (401, 403)


async def check_api_key(
    context: DiagnosisContext, answer: FirstAnswer, refused: Failure | None
) -> CheckResult:
    """Judge whether the key was accepted; if not, find out what would be.

    ``refused`` is the outcome of the decisive request: the model list, or the first chat.
    """
    endpoint = context.endpoint
    if refused is None or refused.cause not in ACCESS_CAUSES:
        return passed(CheckId.AUTH, await _describe_access(context, answer))
    failure = refused
    if failure.cause == "auth" and endpoint.key:
        failure = await _try_other_ways(context, failure)
    asked = context.findings.headers.get("www-authenticate")
    facts = (
        [checks.KEY_FROM.format(source=endpoint.key_source or checks.COMMAND_LINE)]
        if endpoint.key
        else [checks.KEY_NOT_SENT]
    )
    if asked:
        scheme = safe_line(context.services.redactor.redact(asked), 120)
        facts.append(checks.SERVER_ASKS.format(scheme=scheme))
    return failed(CheckId.AUTH, failure, *facts, details=answer.details)


async def _describe_access(context: DiagnosisContext, answer: FirstAnswer) -> str:
    if not sends_key(context.endpoint):
        return checks.NONE_NEEDED
    if answer.models is None:
        return checks.NOT_REFUSED
    url = models_url_of(context.endpoint.base_url)
    open_answer = await look(context, without_key(context.endpoint), url)
    if open_answer is not None and open_answer.status in _REFUSED:
        context.findings.proved.add(Proof.KEY)
    is_open = open_answer is not None and is_list(open_answer)
    return checks.OPEN_LIST if is_open else checks.KEY_ACCEPTED


async def _try_other_ways(context: DiagnosisContext, failure: Failure) -> Failure:
    """Try other ways of sending a key, and offer the one that works."""
    url = models_url_of(context.endpoint.base_url)
    way = await find_key_way(context.endpoint, lambda tried: look(context, tried, url))
    if way is None:
        return failure
    if way.header is None:
        context.offer(Repair("key", checks.NO_KEY_NEEDED, {"api_key": ""}))
    else:
        text = checks.OTHER_HEADER.format(header=way.header)
        context.offer(Repair("key-header", text, {"key_header": str(way.header)}))
    return refused_scheme(failure, way)
