"""The vocabulary that distinguishes errors: types and codes, and patterns of messages.

All in lower case; types and codes without separators, since ``RateLimitError``, ``rate_limit_error`` and
``rate-limit-error`` are the same. Words that do not identify an error, such as ``invalid_request_error``, are
in no list.
"""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern


def bare(word: str) -> str:
    """Return a type or code without separators."""
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def codes(text: str) -> frozenset[str]:
    """Parse a list of types and codes."""
    return frozenset(map(bare, text.split()))


CODES: dict[str, frozenset[str]] = {
    "quota": codes(
        "insufficient_quota exceeded_current_quota_error arrearage billing_hard_limit_reached "
        "billing_not_active insufficient_balance insufficient_credits budget_exceeded "
        "access_terminated payment_required insufficient_user_quota pre_consume_token_quota_failed "
        "not_enough_balance insufficient_funds base_resp.1008"
    ),
    "context-too-long": codes(
        "context_length_exceeded exceed_context_size_error contextwindowexceedederror "
        "context_window_exceeded string_above_max_length input_too_long base_resp.1039"
    ),
    "overloaded": codes(
        "engine_overloaded_error overloaded overloaded_error server_overloaded queue_full "
        "insufficient_system_resource service_unavailable service_unavailable_error unavailable"
    ),
    "loading": codes("model_loading model_not_ready modelnotreadyexception loading"),
    "rate-limited": codes(
        "rate_limit_exceeded rate_limit_error rate_limit_reached_error rate_limit_reached limit_requests "
        "limit_burst_rate too_many_requests too_many_requests_error throttling throttling.ratequota "
        "throttling_error throttling_exception throttling.allocationquota rate_limit rate_limited "
        "resource_exhausted base_resp.1002 base_resp.2056"
    ),
    "model-not-found": codes(
        "model_not_found resource_not_found_error unknown_model invalid_model "
        "model_not_exist model_not_available model_decommissioned model_deprecated model_retired"
    ),
    "auth": codes(
        "invalid_api_key authentication_error auth_error token_not_found_in_db "
        "invalid_authentication_error invalid_token unauthorized unauthenticated incorrect_api_key "
        "base_resp.1004 base_resp.2049"
    ),
    "forbidden": codes("permission_denied permission_error access_denied"),
    "gateway-timeout": codes(
        "timeout timeout_error request_timeout api_timeout_error deadline_exceeded gateway_timeout "
        "internalerror.timeout"
    ),
    "server-error": codes("internal_error internal_server_error server_error internal"),
}
"""Types and codes by cause. ``base_resp``: MiniMax, whose codes are numbers (its page "Error codes")."""

REFUSED_CODES = codes(
    "unsupported_parameter unsupported_value unknown_parameter extra_forbidden "
    "unsupportedparamserror invalid_parameter_error unsupported_parameter_value"
)
BAD_VALUE_CODES = codes("invalid_parameter_error")
"""DashScope: for every invalid value; the message says which."""
FILTER_CODES = codes(
    "content_filter content_filter_error content_policy_violation contentpolicyviolationerror "
    "data_inspection_failed datainspectionfailed responsibleaipolicyviolation moderation_blocked "
    "content_blocked sensitive_words_detected inappropriate_content prompt_blocked "
    "base_resp.1026 base_resp.1027"
)
MODEL_FORBIDDEN_CODES = codes(
    "model_not_allowed model_access_denied key_model_access_denied team_model_access_denied "
    "user_model_access_denied org_model_access_denied project_model_access_denied model.accessdenied "
    "model_permission_denied modelnotopen model_not_open model_not_activated"
)
GENERAL_CODE = lazy_pattern(
    r"\d+|(?:http_?)?(?:resource_?|page_?|path_?|route_?|url_?)?not_?found(?:_?error|_?exception)?"
    r"|invalid_?request(?:_?error)?|bad_?request(?:_?error)?|api_?error|error|null|none|unknown(?:_error)?"
    r"|about:blank|upstream_error|invalidurl|invalid_url|unknown_url|https?:.*"
)
"""Types and codes that say no more than the status."""

# From a gateway that passes on an upstream error

PAUSED = lazy_pattern(
    r"no deployments available|all deployments in cooldown|deployments_in_cooldown|cooldown_list"
)
UPSTREAM_AUTH = lazy_pattern(
    r"authenticationerror|permissiondeniederror.{0,80}(?:key|token|auth)|\bunauthori[sz]ed\b"
    r"|(?:incorrect|invalid) api key"
)
UPSTREAM_NOT_FOUND = lazy_pattern(r"notfounderror")
UPSTREAM_DOWN = lazy_pattern(
    r"connection error|cannot connect|connect(?:ion)? (?:call failed|refused|reset|aborted)"
    r"|all connection attempts failed|name or service not known|nodename nor servname"
    r"|temporary failure in name resolution|no route to host|econnrefused|server disconnected"
    r"|bad gateway"
)
UPSTREAM_LABELS = lazy_pattern(r"service ?unavailable ?error|apiconnectionerror")
"""LiteLLM's names for any upstream error that it cannot classify."""
UPSTREAM_LATE = lazy_pattern(r"litellm\.timeout|apitimeouterror|request timed out|connection timed out")

# From gateways themselves

GATEWAY_DOWN = lazy_pattern(
    r"no healthy upstream|upstream connect error|failure to get a peer|name resolution failed"
    r"|no (?:available )?server (?:is )?available|invalid response was received from the upstream"
    r"|no endpoints? (?:is |are )?available|(?:upstream|backend|origin) (?:server )?(?:is )?"
    r"(?:down|unavailable|unreachable|refused)|connection refused|econnrefused"
)
GATEWAY_LATE = lazy_pattern(r"upstream request timeout|(?:gateway|upstream) (?:has )?timed? ?out")
MAINTENANCE = lazy_pattern(r"\bmaintenance\b")
CLIENT_CERTIFICATE = lazy_pattern(
    r"no required ssl certificate|\bthe ssl certificate error|client (?:ssl |tls )?certificate"
    r"|certificate (?:is )?required"
)
NO_ROUTE = lazy_pattern(
    r"(?:404:? ?)?(?:(?:the )?(?:requested )?(?:page|file|resource|route|path|url|endpoint) (?:was )?)?"
    r"not found[.!]?(?: \(.*\))?|404(?: page| route)? not found.*|no route.*|page not found.*|"
)
"""A message that says no more than 404."""

# The content of the request

OTHER_API = lazy_pattern(
    r"(?:only|just) (?:be )?(?:supported|available|served|works?|used|usable|accessible) (?:in|at|via|by"
    r"|with|through|on)"
    r" (?:the )?(?:/?v1/)?(?:responses|completions|embeddings|audio|images|realtime|messages|rerank)"
    r"|not (?:a|supported as a) chat(?:[- ]completions?)? model"
    r"|supported in the (?:/?v1/)?chat/completions endpoint"
    r"|(?:not|n't) (?:be )?(?:supported|available|used|work) (?:in|with|at|by|via|on|for) (?:the )?"
    r"(?:/?v1/)?chat[ /]?completions|did you mean to use (?:/?v1/)?(?:completions|responses|embeddings)"
    r"|(?:use|try|call) (?:the )?(?:/?v1/)?(?:responses|embeddings)(?: (?:api|endpoint|instead|for)|$|[.])"
    r"|(?:not|n't) support (?:the )?(?:chat\b(?! ?_?template)|generate\b)"
    r"|operation does not work with the specified model"
    r"|is an? (?:text )?embedding model"
    r"|server does(?:n't| not) support (?:chat|completions)|start it without .{0,3}--embedding"
)
IMAGES = lazy_pattern(
    r"not a multi-?modal model|(?:not|n't) support (?:the )?(?:image|vision|picture|multi-?modal)"
    r"|image(?:s| inputs?| content)? (?:is |are )?(?:not|n't) (?:supported|enabled|available|allowed)"
    r"|only supports? text|unknown variant .?image_url|endpoints? found that supports? image"
    r"|missing data required for image|image_url is only supported"
    r"|messages?\[?\.?\d*\]?\.content.{0,3} must be a string"
)
FILTER = lazy_pattern(
    r"content[ _-](?:filter|management policy|policy|moderation)|inappropriate content"
    r"|safety (?:system|polic|filter)|content exists risk|contentpolicyviolation"
    r"|(?:block|violat|reject|interven)\w*.{0,40}\bguardrails?\b|\bguardrails?\b.{0,40}(?:block|violat|interven)"
    r"|responsible ai|flagged (?:as|by|for)|sensitive (?:content|words)|prompt (?:was"
    r"|has been) (?:blocked|filtered)"
)
DEPLOYMENT = lazy_pattern(
    r"api deployment for this resource does not exist|deployment\b.{0,80}(?:not found|does not exist"
    r"|doesn't exist)"
)
MODEL_FORBIDDEN = lazy_pattern(
    r"(?:key|team|user|token|project|organi[sz]ation|account|you|subscription|plan)\b.{0,80}"
    r"(?:not allowed|no access|not have access|n't have access|not authori[sz]ed|not permitted"
    r"|cannot access"
    r"|can only access|no permission).{0,80}\bmodels?\b"
    r"|\bmodels?\b.{0,120}(?:(?:is |are )?not allowed|access (?:is |was )?denied|no permission"
    r"|not permitted for)"
    r"|(?:no|not have|n't have|denied) access to (?:the |this )?models?\b"
)
REGION = lazy_pattern(
    r"(?:location|country|region|territory)\b.{0,60}(?:not|n't|un)[ -]?(?:supported|available|allowed)"
    r"|(?:not|n't|un)[ -]?(?:supported|available|allowed) (?:in|from|for) (?:your|this) "
    r"(?:current )?(?:country|region|location|territory)"
)
LARGE_HEADERS = lazy_pattern(r"headers?(?: fields?)?(?: or [a-z]+)? (?:is |are )?too (?:large|big|long)")
SCOPES = lazy_pattern(r"missing scopes?|insufficient (?:permissions?|scope|privileges)")
PINNED = lazy_pattern(r"server is pinned to|valid aliases:|not a valid model")
NO_DATABASE = lazy_pattern(r"\bno connected db\b")

# The form and size of the request, and the server

CONTEXT = lazy_pattern(
    r"context (?:length|window|size)|maximum (?:input|prompt|model|sequence) (?:tokens?|length)"
    r"|(?:input|prompt) length .{0,40}exceeds? the maximum|reduce your prompt"
    r"|max_model_len|longer than the model|prompt is too long|input (?:is )?too long|too many tokens"
    r"|`?inputs`? tokens|range of input length|reduce the length|exceeds? the .{0,30}context"
)
_MAX_TOKENS = r"max_?(?:completion_?|output_?|new_?)?tokens['\"`]?"
LIMIT_REACHED = lazy_pattern(
    r"could not finish the (?:message|answer|response|output|completion)"
    rf"|{_MAX_TOKENS}.{{0,40}}\b(?:is|was|were|has been) (?:reached|exhausted)|{_MAX_TOKENS} reached"
)
"""OpenAI's reasoning models return an error if no answer was written within the limit."""
TOO_FEW_TOKENS = lazy_pattern(
    rf"(?:higher|increase|raise|larger|bigger) (?:the |your |value (?:for|of) )?['\"`]?{_MAX_TOKENS}"
    rf"|{_MAX_TOKENS}.{{0,30}}\bis too (?:small|low)"
    rf"|{_MAX_TOKENS} (?:must|should|has to|needs to) be (?:at least|greater|larger|more|above|>)"
    r"(?!.{0,60}(?:at most|less than|smaller than|<))"
    rf"|{_MAX_TOKENS}.{{0,60}}(?:below minimum|expected a value >=?)"
)
MODEL = lazy_pattern(
    r"models?\b.{0,120}(?:not found|not exist|unknown|no such|not available|not loaded|isn't loaded)"
    r"|(?:unknown|invalid|no such) model|no models? (?:is |are )?(?:loaded|found|available)"
    r"|try pulling it|pull the model"
    r"|models?\b.{0,120}(?:decommissioned|no longer (?:supported|available|served)"
    r"|has been (?:retired|removed|discontinued|sunset|shut down))"
)
ROLES = lazy_pattern(
    r"roles? must alternate"
    r"|system (?:role|messages?|prompts?) (?:is |are )?(?:not|un)[ -]?(?:supported|allowed)"
    r"|only .{0,40}roles? are supported|must (?:start|begin) with a user"
)
TEMPLATE = lazy_pattern(r"chat[ _]template(?!_kwargs)")
THINKING = lazy_pattern(r"(?:not|n't) support (?:thinking|reasoning)")
REFUSED = lazy_pattern(
    r"unsupported (?:parameter|value)|(?:unrecogni[sz]ed|unknown|unexpected|extra) (?:request )?"
    r"(?:argument|parameter|field|input|key)|extra inputs are not|not permitted|(?:n't|not) supported? "
    r"(?:with|by|for|in|when)\b|does(?:n't| not) support (?:parameters?|the parameter|temperature"
    r"|the value)"
    r"|(?:n't|not) support (?:(?:the )?'|[a-z_]+=)|must be set to|\bis deprecated (?:for|in|with|on)\b"
    r"|only supports? (?:the )?stream(?:ing)?\b"
    r"|stream options can only be|must be verified to stream"
)
OVERLOADED = lazy_pattern(
    r"overload|queue is full|server (?:is )?busy|too many (?:concurrent|pending)"
    r"|maximum pending|no slot|at capacity"
)
NO_CREDIT = lazy_pattern(
    r"insufficient (?:\w+ )?(?:quota|balance|credit|funds)|balance (?:is )?(?:\w+ )?(?:insufficient|exhausted"
    r"|not enough|too low)|out of credits|no credits? left|arrear"
)
QUOTA = lazy_pattern(
    r"insufficient (?:quota|balance|credit|funds)|exceeded your current quota|out of credits"
    r"|billing|balance is|arrear|payment|reached your (?:\w+ ){0,2}usage limits?"
)
RATE = lazy_pattern(
    r"\bratelimiterror\b|too many requests"
    r"|rate[- ]limit(?:s|ing)? (?:was |is |has been )?(?:reached|exceeded|hit)"
)
INTERNAL = lazy_pattern(r"^(?:litellm\.)?(?:internalservererror|apierror)\b|^internal (?:server )?error\W*$")
"""LiteLLM's names for failures that are not caused by the request."""
COMES_BACK = lazy_pattern(r"(?:retry|try again|available again|resets?) (?:in|after) (?:about )?\d")
"""Says when requests will be possible again, unlike an error about a used-up credit."""
TOO_LARGE_FOR_RATE = lazy_pattern(r"request too large for|tokens per min.{0,200}reduce your message size")
"""Groq and OpenAI: a single request exceeds the tokens allowed per minute."""
KEY = lazy_pattern(
    r"(?:invalid|incorrect|missing|wrong|no) (?:api|authentication|access)?[ _-]?(?:key|token)"
    r"|api[ _-]?key (?:is )?(?:not valid|invalid|missing|not found)|unauthori[sz]ed"
)
TLS = lazy_pattern(
    r"plain http request was sent to https|http request to an https server|plain http to an ssl-enabled"
)
PATH = lazy_pattern(r"unexpected endpoint or method|invalid url|unknown (?:url|endpoint|path)|no route")
