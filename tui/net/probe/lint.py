"""The checks without requests: URL, proxies, key as text, environment."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.core.api_key_rules import literal_problem
from tui.core.causes import CATALOGUE, explain
from tui.core.diagnosis import CheckId, CheckResult, Surroundings, failed, passed
from tui.core.endpoint_url import UrlProblem, UrlReport, inspect_url, request_url_of
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.net.addresses import origin_of
from tui.net.headers import is_key_open
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.evidence import first_answering
from tui.net.proxies import Route, no_proxy_entries, no_proxy_setting
from tui.texts import checks

_ODDITIES = ("url-double-slash", "url-listen-address")
"""Warnings about a URL that apply whatever the server responds; a missing /v1 is judged by evidence."""


async def check_url(context: DiagnosisContext) -> None:
    """Check the URL; if it is unusable, try its repair."""
    report = inspect_url(context.target.endpoint.base_url)
    context.findings.shown_url = report.normalised or _shown(context.target.endpoint.base_url, report)
    if report.normalised is None:
        await _refuse_url(context, report)
        return
    context.endpoint = replace(context.target.endpoint, base_url=report.normalised)
    unencrypted = _unencrypted_key(context, report)
    if unencrypted is not None:
        context.settle(failed(CheckId.URL, unencrypted, as_warning=context.endpoint.allow_unencrypted_key))
        return
    odd = next((problem for problem in report.problems if problem.cause in _ODDITIES), None)
    asked = request_url_of(report.normalised, is_embedding=context.target.is_embedding)
    fact = checks.REQUESTS_GO_TO.format(url=asked)
    if odd is not None:
        context.settle(failed(CheckId.URL, _failure_of(odd), fact, as_warning=True))
        return
    context.settle(passed(CheckId.URL, safe_line(report.normalised), fact))


async def _refuse_url(context: DiagnosisContext, report: UrlReport) -> None:
    first = report.errors[0]
    others = tuple(CATALOGUE[problem.cause].title.split("[[")[0] for problem in report.errors[1:3])
    facts: list[str] = [checks.ALSO.format(text=safe_line(other, 60)) for other in others]
    if report.repair:
        # The repair may be a different server: no key is sent there before the user agrees.
        context.endpoint = replace(
            context.target.endpoint, base_url=report.repair, key=None, extra_headers={}
        )
        answering = await first_answering(context, (report.repair, report.repair.removesuffix("/v1")))
        if answering is not None:
            facts.append(checks.TRIED.format(url=answering))
        context.offer_url(answering or report.repair, was_tried=answering is not None)
    context.settle(failed(CheckId.URL, _failure_of(first), *facts))


def _failure_of(problem: UrlProblem) -> Failure:
    return explain(problem.cause, status=None, server_message=None, chain=(), **problem.facts)


def _shown(text: str, report: UrlReport) -> str:
    """Return an unusable URL without its possible secrets."""
    if report.repair:
        return report.repair
    bare = re.split(r"[?#]", text.rpartition("@")[2].strip(), maxsplit=1)[0]
    return safe_line(bare, 200)


def _unencrypted_key(context: DiagnosisContext, report: UrlReport) -> Failure | None:
    if not is_key_open(context.endpoint, origin_of(context.endpoint.base_url)):
        return None
    is_allowed = "yes" if context.endpoint.allow_unencrypted_key else None
    return explain("key-unencrypted", host=report.host, is_allowed=is_allowed)


async def check_environment(context: DiagnosisContext) -> None:
    """Check proxy variables and the text of the key, and record the environment."""
    found = context.findings
    found.route = context.services.factory.route(context.endpoint.base_url)
    found.surroundings = context.services.machine.surroundings(found.route.proxy)
    context.settle(_judge_environment(context))


def _route_title(route: Route) -> str:
    if route.is_direct and route.variable is None:
        return checks.NO_PROXY
    return checks.ROUTE_IS.format(route=route.describe())


def _judge_environment(context: DiagnosisContext) -> CheckResult:
    route = context.findings.route
    facts = surrounding_facts(context.findings.surroundings)
    if route.failure is not None:
        return failed(CheckId.ENVIRONMENT, route.failure, *facts)
    malformed = _malformed_key(context)
    if malformed is not None:
        return failed(CheckId.ENVIRONMENT, malformed, *facts)
    oddities = [*route.problems, *_lint_no_proxy(context)]
    if oddities:
        titles = dict.fromkeys(oddity.title for oddity in oddities)
        more = tuple(checks.ALSO.format(text=title) for title in titles if title != oddities[0].title)
        return failed(
            CheckId.ENVIRONMENT,
            oddities[0],
            f"{checks.ROUTE}{route.describe()}",
            *more,
            *facts,
            as_warning=True,
        )
    return passed(CheckId.ENVIRONMENT, _route_title(route), *facts)


def _malformed_key(context: DiagnosisContext) -> Failure | None:
    endpoint = context.endpoint
    if not endpoint.key:
        return None
    problem = literal_problem(endpoint.key.reveal())
    if problem is None or problem.is_doubtful:
        return None
    return explain("key-malformed", reason=problem.reason, key_source=endpoint.key_source)


def surrounding_facts(surroundings: Surroundings) -> tuple[str, ...]:
    """Return where the program runs, one fact per line."""
    facts = [checks.RUNS_ON.format(host=safe_line(surroundings.hostname, 80))]
    if surroundings.container:
        facts.append(checks.IN_CONTAINER)
    if surroundings.wsl:
        facts.append(checks.IN_WSL)
    if surroundings.ssh:
        facts.append(checks.OVER_SSH)
    return tuple(facts)


def _lint_no_proxy(context: DiagnosisContext) -> list[Failure]:
    """Report NO_PROXY entries that other programs interpret differently, and a proxy for all hosts."""
    environment = context.services.environment
    variable, text = no_proxy_setting(environment)
    entries = no_proxy_entries(text)
    route = context.findings.route
    void = {problem.facts.get("entry") for problem in route.problems}
    host = inspect_url(context.endpoint.base_url).host
    odd: list[Failure] = []
    for entry in entries:
        if entry in void:
            continue
        if "[" in entry or ("/" in entry and ":" in entry):
            odd.append(explain("no-proxy-malformed", entry=entry, variable=variable))
        elif "/" in entry:
            odd.append(explain("no-proxy-cidr", entry=entry, host=host, variable=variable))
    if route.reason == "loopback" and host not in entries and "*" not in entries:
        odd.append(explain("proxy-captures-local", variable=route.variable))
    return odd
