"""Determines the cause of an error: a table with one rule per row, of which the first match wins.

Ordered by reliability: what a gateway quotes, the explicit code, the message, the marks of a gateway, the
results of other requests, and finally the status. Messages change between versions: a pattern is used only if
there is no code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from tui.wire import error_words as words
from tui.wire.dialects import DIALECTS
from tui.wire.error_body import ErrorBody
from tui.wire.evidence import Evidence, Proof, Rule, evidence_of
from tui.wire.gateways import BASIC, LOGIN, model_gateways
from tui.wire.load_state import find_load_state

_REDIRECT = range(300, 400)
_SERVER = frozenset(range(500, 600)) - {504, 524}
_SPECIFIC = frozenset({401, 402, 403, 404, 405, 407, 408, 413, 429})
_REQUEST = (frozenset(range(200, 300)) | frozenset(range(400, 500))) - _SPECIFIC
"""400, 409, 415, 422 and similar, and errors with status 200 that contain no status."""
_DENIED = frozenset({400, 401, 403, 404})
_TELL_OF_UPSTREAM = frozenset(row.gateway for row in DIALECTS if row.tells_of_upstream)
_ABOUT_OTHER = words.BAD_VALUE_CODES.union(
    words.REFUSED_CODES, *(words.CODES[cause] for cause in ("rate-limited", "auth", "forbidden"))
)
"""Codes of errors that are unrelated to whether the model is or can be loaded."""


def _is_in_state(cause: str, seen: Evidence) -> bool:
    """Return whether the message says this about the model, unless a code or status contradicts it."""
    if seen.status in (401, 402, 403) or seen.body.codes & _ABOUT_OTHER:
        return False
    return find_load_state(seen.status, seen.body, seen.wording) == cause


_FROM_BEHIND = (
    Rule("upstream-paused", says=words.PAUSED),
    Rule("content-filter", quoted=words.FILTER_CODES),
    Rule("quota", quoted=words.CODES["quota"]),
    Rule("context-too-long", quoted=words.CODES["context-too-long"]),
    Rule("upstream-auth", quoted=words.CODES["auth"], is_quoted=True),
    Rule("upstream-auth", says=words.UPSTREAM_AUTH, is_quoted=True),
    Rule("upstream-auth", says=words.KEY, status=(401, 403), is_quoted=True),
    Rule("upstream-mapping", quoted=words.CODES["model-not-found"], is_quoted=True),
    Rule("upstream-mapping", says=words.UPSTREAM_NOT_FOUND, is_quoted=True),
    Rule("upstream-mapping", says=words.MODEL, status=(400, 404, *_SERVER), is_quoted=True),
    Rule("bad-gateway", says=words.UPSTREAM_DOWN, is_quoted=True),
    Rule("bad-gateway", says=words.UPSTREAM_DOWN, marks=_TELL_OF_UPSTREAM, status=_SERVER),
    Rule("gateway-timeout", says=words.UPSTREAM_LATE, marks=_TELL_OF_UPSTREAM),
)

_BY_CODE = (
    Rule("images-refused", says=words.IMAGES, status=_REQUEST | {404, 500, 501}, form="no-page"),
    Rule("content-filter", codes=words.FILTER_CODES),
    Rule("deployment-not-found", codes=words.codes("deploymentnotfound")),
    Rule("model-other-api", codes=words.codes("operationnotsupported unsupported_api_for_model")),
    Rule("model-other-api", says=words.OTHER_API, parameter="model"),
    Rule("model-forbidden", codes=words.MODEL_FORBIDDEN_CODES),
    Rule("model-forbidden", codes=words.CODES["model-not-found"], status=(401, 403)),
    Rule("auth", codes=words.codes("no_db_connection")),  # LiteLLM, when it cannot look up keys
    Rule("quota", codes=words.CODES["quota"]),
    Rule("context-too-long", codes=words.CODES["context-too-long"]),
    Rule("context-too-long", parameter="input_tokens"),  # vLLM
    Rule("body-too-large", says=words.TOO_LARGE_FOR_RATE, status=(413, 429)),
    *(
        Rule(cause, also=partial(_is_in_state, cause))
        for cause in ("backend-crashed", "load-failed", "server-error", "loading")
    ),
    Rule("overloaded", codes=words.CODES["overloaded"]),
    Rule("loading", codes=words.CODES["loading"]),
    Rule("rate-limited", codes=words.CODES["rate-limited"]),
    Rule("gateway-timeout", codes=words.CODES["gateway-timeout"]),
    Rule("model-not-found", codes=words.CODES["model-not-found"]),
    Rule("thinking-unsupported", codes=words.REFUSED_CODES, says=words.THINKING),
    Rule("context-too-long", codes=words.BAD_VALUE_CODES, says=words.CONTEXT),
    Rule("model-not-found", codes=words.BAD_VALUE_CODES, says=words.MODEL),
    Rule("unsupported-param", codes=words.BAD_VALUE_CODES, says=words.REFUSED),
    Rule("unsupported-param", codes=words.REFUSED_CODES - words.BAD_VALUE_CODES),
    Rule("invalid-request", codes=words.codes("base_resp.1042 base_resp.2013")),
    Rule("auth", codes=words.CODES["auth"]),
    Rule("forbidden", codes=words.CODES["forbidden"]),
)

_BY_SENTENCE = (
    Rule("tls-client-certificate-required", says=words.CLIENT_CERTIFICATE, status=(400, 401, 403, 495, 496)),
    Rule("plain-on-tls-port", says=words.TLS, status=_REQUEST),
    Rule("auth", says=words.NO_DATABASE),
    Rule("model-other-api", says=words.OTHER_API, status=(400, 404, 405, 422, 500, 501)),
    Rule("content-filter", says=words.FILTER, status=(400, 403, 422, 451), form="no-page"),
    Rule("deployment-not-found", says=words.DEPLOYMENT, status=(400, 404)),
    Rule("model-forbidden", says=words.MODEL_FORBIDDEN, status=_DENIED, form="no-page"),
    Rule("forbidden", says=words.SCOPES, status=(401, 403)),
    Rule("forbidden", says=words.REGION, status=(400, 403, 451), form="no-page"),
    Rule("body-too-large", says=words.LARGE_HEADERS, status=(400, 431, 494)),
    Rule("model-not-found", says=words.PINNED, status=_REQUEST | {404}),
    Rule("bad-gateway", says=words.GATEWAY_DOWN, status=_SERVER),
    Rule("gateway-timeout", says=words.GATEWAY_LATE, status=(500, 503, 504)),
    Rule("maintenance", says=words.MAINTENANCE, status=(500, 502, 503)),
    Rule("maintenance", status=(503,), form="page", also=lambda seen: "maintenance" in seen.body.page),
    # The request, unless a code says what is wrong with it
    Rule("thinking-unsupported", says=words.THINKING, status=_REQUEST, form="no-page"),
    Rule("wrong-path", says=words.PATH, status=_REQUEST | {404}, form="no-page"),
    Rule("roles-refused", says=words.ROLES, status=_REQUEST, form="no-page"),
    Rule("no-chat-template", says=words.TEMPLATE, status=_REQUEST, form="no-page"),
    *(
        Rule("max-tokens-too-small", says=says, status=_REQUEST | _SERVER, form="no-page")
        for says in (words.LIMIT_REACHED, words.TOO_FEW_TOKENS)
    ),
    Rule("context-too-long", says=words.CONTEXT, status=_REQUEST | {413}, form="no-page"),
    Rule("unsupported-param", says=words.REFUSED, status=_REQUEST, form="no-page"),
    Rule("model-not-found", says=words.MODEL, status=_REQUEST | {404}, form="no-page"),
    Rule("overloaded", says=words.OVERLOADED, status=_REQUEST | {429}, form="no-page"),
    Rule("rate-limited", says=words.COMES_BACK, status=(429,), form="no-page"),
    Rule("quota", says=words.QUOTA, status=_REQUEST | {429}, form="no-page"),
    Rule("quota", says=words.NO_CREDIT, status=(403,), form="no-page"),
    Rule("auth", says=words.KEY, status=_REQUEST, form="no-page"),
    Rule("rate-limited", says=words.RATE, status=_REQUEST | _SERVER | {404}, form="no-page"),
    # Failures of the server
    Rule("overloaded", says=words.OVERLOADED, status=_SERVER, form="no-page"),
    Rule("thinking-unsupported", says=words.THINKING, status=_SERVER, form="no-page"),
    Rule("roles-refused", says=words.ROLES, status=_SERVER, form="no-page"),
    Rule("no-chat-template", says=words.TEMPLATE, status=_SERVER, form="no-page"),
    Rule("context-too-long", says=words.CONTEXT, status=_SERVER, form="no-page"),
    Rule("quota", says=words.QUOTA, status=_SERVER, form="no-page"),
    Rule("server-error", codes=words.CODES["server-error"], status=_REQUEST | {404}),
    Rule("server-error", says=words.INTERNAL, status=_REQUEST | {404}),
    Rule("server-error", status=_REQUEST | {404}, also=lambda seen: seen.body.number == 500),
    Rule("model-not-found", parameter="model", status=_REQUEST - frozenset(range(300)) | {404}),
    # A gateway's name for any other error
    Rule("bad-gateway", says=words.UPSTREAM_LABELS, is_quoted=True),
    Rule("bad-gateway", says=words.UPSTREAM_LABELS, marks=_TELL_OF_UPSTREAM, status=_SERVER),
)

_BY_MARK = (
    Rule("login-page", marks=frozenset({LOGIN}), status=_REDIRECT),
    Rule("login-page", marks=frozenset({LOGIN}), form="page", status=(200, 401, 403, 511)),
    Rule("basic-auth", marks=frozenset({BASIC}), status=(401,)),
    Rule("bad-gateway", marks=frozenset({"ngrok"}), status=(404, 502, 503)),
    Rule("gateway-limit", marks=frozenset({"nginx"}), form="page", status=(503,)),
    Rule("bad-gateway", marks=frozenset({"Cloudflare"}), form="page", status=range(520, 524)),
)

_BY_PROOF = (
    Rule("request-refused", status=(404,), form="json", also=lambda seen: _has_own_code(seen)),
    Rule(
        "request-refused",
        proved=frozenset({Proof.PATH}),
        status=(404,),
        form="json",
        also=lambda seen: not words.NO_ROUTE.fullmatch(seen.wording.strip()),
    ),
)

_BY_STATUS = (
    Rule("redirect", status=_REDIRECT),
    Rule("overloaded", status=(503,), form="json", also=lambda seen: _has_code(seen)),
    *(
        Rule(cause, status=statuses)
        for cause, statuses in (
            ("auth", (401,)), ("quota", (402,)), ("forbidden", (403,)), ("wrong-path", (404,)),
            ("method-not-allowed", (405,)), ("proxy-failed", (407,)), ("gateway-timeout", (408, 504, 524)),
            ("body-too-large", (413, 431)), ("invalid-request", (422,)), ("rate-limited", (429,)),
            ("unsupported-param", (501,)), ("bad-gateway", (502, 503)), ("overloaded", (529,)),
            ("bad-gateway", range(520, 540)),
        )
    ),
    Rule("server-error", status=range(500, 1000)),
    Rule("server-error", status=range(400)),
    Rule("invalid-request", form="json"),
    Rule("unexpected-response"),
)  # fmt: skip

RULES = (*_FROM_BEHIND, *_BY_CODE, *_BY_SENTENCE, *_BY_MARK, *_BY_PROOF, *_BY_STATUS)
"""The table. The last row always matches."""


def choose_cause(
    status: int, body: ErrorBody, headers: Mapping[str, str] | None = None, proved: Collection[Proof] = ()
) -> str:
    """Return the cause of an error reply; for status 200, the code in the body replaces the status.

    Args:
        headers: the headers of the reply, names in lower case.
        proved: what other requests to the same endpoint have shown.
    """
    return judge(evidence_of(status, body, headers or {}, proved))


def judge(seen: Evidence) -> str:
    """Return the cause for the evidence."""
    cause = next(rule.cause for rule in RULES if rule.holds(seen))
    if cause == "auth" and Proof.KEY in seen.proved:
        return "upstream-auth"  # whichever key is meant: this one was accepted
    if cause == "model-not-found" and Proof.MODEL in seen.proved and seen.marks & model_gateways():
        return "upstream-mapping"
    return cause


def proved_facts(cause: str, proved: Collection[Proof]) -> dict[str, str]:
    """Return the facts that the proofs add to a cause that they do not change."""
    if cause == "wrong-path" and Proof.PATH in proved:
        return {"path_answers": "yes"}
    if cause == "model-not-found" and Proof.MODEL in proved:
        return {"is_listed": "yes"}
    return {}


def _has_code(seen: Evidence) -> bool:
    return bool(seen.body.words) or seen.body.number is not None


def _has_own_code(seen: Evidence) -> bool:
    """Return whether the error has a code or type that says more than its status."""
    return any(not words.GENERAL_CODE.fullmatch(word) for word in seen.body.words)
