"""Which cause an error is: status, type and code first, wording last.

Wordings change from version to version: a pattern here only decides where nothing else tells.
"""

from __future__ import annotations

import re

from tui.wire.error_body import ErrorBody


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "quota",
        _words(
            "insufficient_quota exceeded_current_quota_error arrearage billing_hard_limit_reached "
            "billing_not_active insufficient_balance insufficient_credits budget_exceeded "
            "access_terminated payment_required"
        ),
    ),
    (
        "context-too-long",
        _words(
            "context_length_exceeded exceed_context_size_error contextwindowexceedederror "
            "context_window_exceeded string_above_max_length input_too_long"
        ),
    ),
    (
        "overloaded",
        _words(
            "engine_overloaded_error overloaded overloaded_error server_overloaded queue_full "
            "insufficient_system_resource"
        ),
    ),
    ("loading", _words("model_loading model_not_ready loading")),
    (
        "rate-limited",
        _words(
            "rate_limit_exceeded rate_limit_error rate_limit_reached_error limit_requests "
            "limit_burst_rate too_many_requests throttling throttling.ratequota ratelimiterror "
            "rate_limited"
        ),
    ),
    (
        "model-not-found",
        _words(
            "model_not_found resource_not_found_error unknown_model invalid_model "
            "model_not_exist model_not_available"
        ),
    ),
    (
        "unsupported-param",
        _words(
            "unsupported_parameter unsupported_value unknown_parameter extra_forbidden "
            "unsupportedparamserror invalid_parameter_error unsupported_parameter_value"
        ),
    ),
    (
        "auth",
        _words(
            "invalid_api_key authentication_error auth_error token_not_found_in_db "
            "invalid_authentication_error invalid_token unauthorized incorrect_api_key "
            "authenticationerror"
        ),
    ),
    ("forbidden", _words("permission_denied permission_error access_denied")),
)

_CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum (?:input|prompt|model|sequence) (?:tokens?|length)"
    r"|max_model_len|longer than the model|prompt is too long|input (?:is )?too long|too many tokens"
    r"|`?inputs`? tokens|range of input length|reduce the length|exceeds? the .{0,30}context"
)
_MODEL = re.compile(
    r"models?\b.{0,120}(?:not found|not exist|unknown|no such|not available|not loaded|isn't loaded)"
    r"|(?:unknown|invalid|no such) model|no models? (?:is |are )?(?:loaded|found|available)"
    r"|try pulling it|pull the model"
)
_TEMPLATE = re.compile(
    r"chat[ _]template(?!_kwargs)|roles? must alternate|system role (?:is )?not supported"
    r"|only .{0,40}roles? are supported"
)
_THINKING = re.compile(r"(?:not|n't) support (?:thinking|reasoning)")
_REFUSED = re.compile(
    r"unsupported (?:parameter|value)|(?:unrecogni[sz]ed|unknown|unexpected|extra) (?:request )?"
    r"(?:argument|parameter|field|input|key)|extra inputs are not|not permitted|(?:n't|not) supported? "
    r"(?:with|by|for|in|when)\b|does(?:n't| not) support (?:parameters?|the parameter|temperature|the value)"
    r"|(?:n't|not) support (?:(?:the )?'|[a-z_]+=)|must be set to"
    r"|stream options can only be|must be verified to stream"
)
_LOADING = re.compile(
    r"(?:still |being |is |currently )(?:being )?load(?:ing|ed)|loading (?:the )?model|warming up"
)
_OVERLOADED = re.compile(
    r"overload|queue is full|server (?:is )?busy|too many (?:concurrent|pending)"
    r"|maximum pending|no slot|at capacity"
)
_QUOTA = re.compile(
    r"insufficient (?:quota|balance|credit|funds)|exceeded your current quota|out of credits"
    r"|billing|balance is|arrear|payment"
)
_KEY = re.compile(
    r"(?:invalid|incorrect|missing|wrong|no) (?:api|authentication|access)?[ _-]?(?:key|token)"
    r"|api[ _-]?key (?:is )?(?:not valid|invalid|missing|not found)|unauthori[sz]ed"
)
_TLS = re.compile(r"plain http request was sent to https|http request to an https server")
_PATH = re.compile(r"unexpected endpoint or method|invalid url|unknown (?:url|endpoint|path)|no route")

_BY_STATUS = {
    401: "auth", 402: "quota", 403: "forbidden", 404: "wrong-path", 405: "method-not-allowed",
    407: "proxy-failed", 408: "gateway-timeout", 413: "body-too-large", 422: "invalid-request",
    429: "rate-limited", 500: "server-error", 502: "bad-gateway", 503: "bad-gateway",
    504: "gateway-timeout", 524: "gateway-timeout", 529: "overloaded",
}  # fmt: skip


def choose_cause(status: int, body: ErrorBody) -> str:
    """Return the cause of an error reply; for status 200 the body's own code stands for the status."""
    if 300 <= status < 400:
        return "redirect"
    if status < 400 and body.number is not None:
        status = body.number
    wording = body.message.lower()
    by_words = _by_words(body, wording)
    if status == 401:
        return "auth"
    if status in (402, 405, 407, 408, 504, 524):
        return by_words if by_words in ("quota", "rate-limited") else _BY_STATUS[status]
    if status == 403:
        return by_words if by_words in ("quota", "auth") else "forbidden"
    if by_words is not None:
        return by_words
    if status == 429:
        return _first(wording, ("overloaded", _OVERLOADED), ("quota", _QUOTA)) or "rate-limited"
    if status == 413:
        return "context-too-long" if _CONTEXT.search(wording) else "body-too-large"
    if status >= 500:
        return _server_side(status, body, wording)
    if status == 404:
        return _not_found(body, wording)
    return _client_side(status, body, wording)


def _by_words(body: ErrorBody, wording: str) -> str | None:
    for cause, words in _WORDS:
        if body.words & words:
            return _refine(cause, body, wording)
    if body.parameter == "input_tokens":  # vLLM
        return "context-too-long"
    return None


def _refine(cause: str, body: ErrorBody, wording: str) -> str | None:
    """Correct a type that servers use for more than one thing."""
    if cause == "unsupported-param":
        if _THINKING.search(wording):
            return "thinking-unsupported"
        if "invalid_parameter_error" in body.words:  # DashScope: for every bad value
            return _first(
                wording,
                ("context-too-long", _CONTEXT),
                ("model-not-found", _MODEL),
                ("unsupported-param", _REFUSED),
            )
    return cause


def _first(wording: str, *rules: tuple[str, re.Pattern[str]]) -> str | None:
    return next((cause for cause, pattern in rules if pattern.search(wording)), None)


def _server_side(status: int, body: ErrorBody, wording: str) -> str:
    found = _first(
        wording,
        ("loading", _LOADING),
        ("overloaded", _OVERLOADED),
        ("thinking-unsupported", _THINKING),
        ("no-chat-template", _TEMPLATE),
        ("context-too-long", _CONTEXT),
        ("quota", _QUOTA),
    )
    if found and not body.is_html:
        return found
    if status == 503 and body.is_json and body.words:
        return "overloaded"
    if status == 501:
        return "unsupported-param"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "bad-gateway" if 520 <= status < 540 else "server-error"


def _not_found(body: ErrorBody, wording: str) -> str:
    if body.is_html:
        return "wrong-path"
    if body.parameter == "model" or _MODEL.search(wording):
        return "model-not-found"
    return "wrong-path"


def _client_side(status: int, body: ErrorBody, wording: str) -> str:
    """Classify 400, 409, 415, 422 and the like, and errors under 200 that name no status."""
    if _TLS.search(wording):
        return "plain-on-tls-port"
    found = _first(
        wording,
        ("thinking-unsupported", _THINKING),
        ("wrong-path", _PATH),
        ("no-chat-template", _TEMPLATE),
        ("context-too-long", _CONTEXT),
        ("unsupported-param", _REFUSED),
        ("model-not-found", _MODEL),
        ("overloaded", _OVERLOADED),
        ("loading", _LOADING),
        ("quota", _QUOTA),
        ("auth", _KEY),
    )
    if found and (body.is_json or not body.is_html):
        return found
    if status < 400:
        return "server-error"
    if body.parameter == "model":
        return "model-not-found"
    return "invalid-request" if body.is_json or status == 422 else "unexpected-response"
