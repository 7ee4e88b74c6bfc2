"""The check of the key: was it accepted, and if not, what would be."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckResult, Repair, failed, passed
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure
from tui.core.provider import KeyHeader
from tui.core.safe_text import safe_line
from tui.net.bases import is_list
from tui.net.completion import sends_key
from tui.net.probe.answer import ACCESS_CAUSES, FirstAnswer
from tui.net.probe.evidence import look
from tui.net.probe.run import Run
from tui.net.proofs import without_key
from tui.wire.evidence import Proof

_REFUSED = (401, 403)


async def judge_key(run: Run, answer: FirstAnswer, refused: Failure | None) -> CheckResult:
    """Judge whether the key was accepted; where it was not, find out what would be.

    ``refused`` is what came of the request that decides: the model list, else the first chat.
    """
    endpoint = run.endpoint
    if refused is None or refused.cause not in ACCESS_CAUSES:
        return passed(CheckId.AUTH, await _describe_access(run, answer))
    failure = refused
    if failure.cause not in ("basic-auth", "forbidden"):
        failure = await _explain_refused_key(run, failure)
    asked = run.findings.headers.get("www-authenticate")
    facts = (
        [f"the key comes from {endpoint.key_source or 'the command line'}"]
        if endpoint.key
        else ["no key was sent"]
    )
    if asked:
        facts.append(f"the server asks for: {safe_line(run.services.redactor.redact(asked), 120)}")
    return failed(CheckId.AUTH, failure, *facts, details=answer.details)


async def _describe_access(run: Run, answer: FirstAnswer) -> str:
    if not sends_key(run.endpoint):
        return "No key was sent, and the server asks for none."
    if answer.models is None:
        return "The key was sent and not refused."
    url = models_url_of(run.endpoint.base_url)
    open_answer = await look(run, without_key(run.endpoint), url)
    if open_answer is not None and open_answer.status in _REFUSED:
        run.findings.proved.add(Proof.KEY)
    is_open = open_answer is not None and is_list(open_answer)
    return "The server shows its models without a key, too." if is_open else "The server accepts the key."


async def _explain_refused_key(run: Run, failure: Failure) -> Failure:
    """Try the same request without the key and with the other headers that servers want it in."""
    endpoint = run.endpoint
    asked = failure.facts.get("scheme", "")
    scheme = asked if asked.lower() != endpoint.key_header else None
    if not endpoint.key:
        return _explain("auth", failure, without_key=failure.facts.get("without_key"), scheme=scheme)
    from tui.core.key_rules import literal_trouble

    trouble = literal_trouble(endpoint.key.reveal())
    if trouble is not None:
        return _explain("key-malformed", failure, reason=trouble.reason, key_source=endpoint.key_source)
    others = [header for header in KeyHeader if header is not endpoint.key_header]
    tries: list[Endpoint] = [run.without_key, *(replace(endpoint, key_header=header) for header in others)]
    url = models_url_of(endpoint.base_url)
    answers = await asyncio.gather(*(look(run, tried, url) for tried in tries))
    works = [answer is not None and is_list(answer) for answer in answers]
    for header, is_accepted in zip(others, works[1:], strict=True):
        if is_accepted and not works[0]:
            text = f"The key is accepted in the header {header}: use it?"
            run.offer(Repair("key-header", text, {"key_header": str(header)}))
            return _explain("auth-scheme", failure, scheme=f"the header {header}")
    if works[0]:
        run.offer(Repair("key", "The server answers without a key: use none?", {"api_key": ""}))
        return _explain("auth-scheme", failure, scheme=scheme)
    return _explain("auth", failure, key_source=endpoint.key_source, scheme=scheme)


def _explain(cause: str, failure: Failure, **facts: str | None) -> Failure:
    return explain(
        cause, status=failure.status, server_message=failure.server_message, chain=failure.chain, **facts
    )
