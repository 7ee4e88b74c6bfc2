"""The dialect of each kind of server, one entry each; all other code uses these entries.

From the servers' sources and documentation; the end of ``readme`` says how well each is known.
"""

from __future__ import annotations

from tui.core.phases import NO_FIGURES_OLLAMA, NO_FIGURES_SGLANG, NO_FIGURES_VLLM
from tui.wire.probes import Probe
from tui.wire.servers import UNKNOWN, Dialect, GatewayMark, KnownServer
from tui.wire.thinking import EFFORT, KIMI, OBJECT, PROMPT_MODE, SWITCH, TEMPLATE, TYPE

_NO_MINIMAL = {"minimal": "low"}
_VERSION = Probe("/version", tells_kind=False)

OLLAMA = Dialect(
    "ollama",
    ("Ollama | `reasoning` | extra chunk, when asked | not in its list | {} | source",),
    owners=("library",),
    builds=("fp_ollama()",),
    errors=(b"try pulling it first",),
    probes=(
        Probe("/", text=r"\AOllama is running\Z"),
        Probe("/api/version", not_versions=("0.9.0",), tells_kind=False),  # LocalAI's constant
    ),
    without_times=NO_FIGURES_OLLAMA,
    programs=(KnownServer("Ollama", r"ollama serve", 11434, ("OLLAMA_HOST",)),),
    efforts=_NO_MINIMAL,
    replay="reasoning",
    refuses_unlisted=True,
)
LLAMA_CPP = Dialect(
    "llama.cpp",
    (
        "llama.cpp | `reasoning_content`, or inline tags | extra chunk; `timings` always"
        " | `meta.n_ctx`, `/props` | {} | run, source",
    ),
    owners=("llamacpp",),
    headers=(("server", r"llama\.cpp()"),),
    builds=(r"(b\d+)-[0-9a-f]{6,}", r"(b[1-9]\d*)-unknown$", "()b0-unknown$"),
    errors=(b"exceed_context_size_error",),
    probes=(
        Probe(
            "/props",
            signs=("build_info", "default_generation_settings"),
            version="build_info",
            not_versions=("b0-unknown",),  # built outside its repository
            windows=("default_generation_settings.n_ctx",),
        ),
    ),
    programs=(KnownServer("llama.cpp", r"llama-server", 8080, ("LLAMA_ARG_PORT",)),),
    thinking=(TEMPLATE, EFFORT),
    metrics={
        "requests_running": ("llamacpp:requests_processing",),
        "requests_waiting": ("llamacpp:requests_deferred",),
        "tokens_per_second": ("llamacpp:predicted_tokens_seconds",),  # an average between two readings
    },
)
VLLM = Dialect(
    "vllm",
    (
        "vLLM ≥ 0.16 | `reasoning` | extra chunk, when asked | `max_model_len` | {} | source",
        "vLLM ≤ 0.15 | `reasoning_content` (0.11.2–0.15: both fields) | extra chunk, when asked"
        " | `max_model_len` | {} | source",
    ),
    owners=("vllm",),
    signs_lists=True,
    builds=(r"vllm-(\d[\w.+]*)",),
    probes=(_VERSION,),
    refusal={"error": "Unauthorized"},  # SGLang uses the same error, but does not have this route
    refusal_probe=Probe("/version"),
    programs=(
        KnownServer("vLLM", r"vllm serve|vllm\.entrypoints\..*|vllm::apiserver.*", 8000),
        KnownServer("vLLM", r"vllm::.*", 8000, is_worker=True),
    ),
    thinking=(TEMPLATE, EFFORT),
    refuses_unlisted=True,
    metrics={
        "requests_running": ("vllm:num_requests_running",),
        "requests_waiting": ("vllm:num_requests_waiting",),
        "time_to_first_token_seconds": ("vllm:time_to_first_token_seconds",),
        "inter_token_seconds": ("vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"),
    },
    durations={
        "queue": ("vllm:request_queue_time_seconds", "vllm:time_in_queue_requests"),
        "prompt": ("vllm:request_prefill_time_seconds",),
        "answer": ("vllm:request_decode_time_seconds",),
    },
    preemptions=("vllm:num_preemptions_total", "vllm:num_preemptions"),
    without_times=NO_FIGURES_VLLM,
    shows_load=True,
)
_SGLANG_INFO = Probe(
    "/server_info", signs=("internal_states", "disaggregation_mode"), windows=("context_length",)
)
SGLANG = Dialect(
    "sglang",
    (
        "SGLang | `reasoning_content`, always present | extra chunk, when asked | `max_model_len` | {}"
        " | source",
    ),
    owners=("sglang",),
    signs_lists=True,
    probes=(_SGLANG_INFO, _SGLANG_INFO.at("/get_server_info")),
    programs=(
        KnownServer("SGLang", r"sglang serve|sglang\.launch_server", 30000),
        KnownServer("SGLang router", r"sglang_router\.launch_router|sglang::router|sglang-router", 30000),
        KnownServer("SGLang", r"sglang::.*", 30000, is_worker=True),
    ),
    thinking=(TEMPLATE, EFFORT),
    metrics={
        "requests_running": ("sglang:num_running_reqs",),
        "requests_waiting": ("sglang:num_queue_reqs",),
        "tokens_per_second": ("sglang:gen_throughput",),
        "time_to_first_token_seconds": ("sglang:time_to_first_token_seconds",),
        "inter_token_seconds": ("sglang:inter_token_latency_seconds",),
    },
    durations={
        "queue": ("sglang:queue_time_seconds",),
        "prompt": ('sglang:per_stage_req_latency_seconds{stage="prefill_forward"}',),
    },
    without_times=NO_FIGURES_SGLANG,
    shows_load=True,
)
TGI = Dialect(
    "tgi",
    ("TGI | inline tags | extra chunk, when asked | `/info` | {} | source",),
    headers=(("x-compute-type", "()"),),
    builds=(r"(\d+\.\d+\.\d+[\w.]*)-(?:native|sha-[0-9a-f]+|[0-9a-f]{7,40})",),
    errors=(b'"error_type"',),
    probes=(Probe("/info", signs=("max_total_tokens",), windows=("max_total_tokens",)),),
    programs=(KnownServer("TGI", r"text-generation-(launcher|router|server|benchmark)", 3000, ("PORT",)),),
    thinking=(),
    replay=None,
    metrics={
        "requests_running": ("tgi_batch_current_size",),
        "requests_waiting": ("tgi_queue_size",),
        "inter_token_seconds": ("tgi_request_mean_time_per_token_duration",),
    },
    durations={"queue": ("tgi_request_queue_duration",)},
    shows_load=True,
)
_LM_STUDIO_MODELS = Probe(
    "/api/v1/models",
    signs=("models.loaded_instances", "data.loaded_instances", "models.state", "data.state"),
    windows=(  # v1: for each instance of a model, v0: for each model
        "models.loaded_instances.config.context_length",
        "data.loaded_instances.config.context_length",
        "models.loaded_context_length",
        "data.loaded_context_length",
    ),
)
LM_STUDIO = Dialect(
    "lmstudio",
    (
        "LM Studio | `reasoning` or inline `<think>` | extra chunk (≥ 0.3.18)"
        " | `/api/v1/models`, `/api/v0/models` | {}, not documented | docs, reported",
    ),
    owners=("organization_owner",),
    signs_lists=True,
    errors=(b"Unexpected endpoint or method", b"lms load"),
    probes=(_LM_STUDIO_MODELS, _LM_STUDIO_MODELS.at("/api/v0/models")),
    programs=(KnownServer("LM Studio", r"lm[- ]?studio|llmster", 1234),),
)
LOCALAI = Dialect(
    "localai",
    ("LocalAI | `reasoning` | extra chunk, when asked | not served | {} | source",),
    probes=(Probe("/.well-known/localai.json", signs=("version", "endpoints", "capabilities")),),
    programs=(KnownServer("LocalAI", r"local-?ai( run)?", 8080, ("LOCALAI_ADDRESS", "ADDRESS")),),
    replay="reasoning",
    refuses_unlisted=True,
)
TENSORRT_LLM = Dialect(
    "tensorrt-llm",
    (
        "TensorRT-LLM | `reasoning_content` | extra chunk, when asked | not served"
        " | {}; refuses unknown fields | source",
    ),
    owners=("tensorrt_llm",),
    signs_lists=True,
    probes=(_VERSION,),
    programs=(KnownServer("TensorRT-LLM", r"trtllm-serve|tensorrt_llm\.commands\.serve", 8000),),
    thinking=(EFFORT, TEMPLATE),
    efforts=_NO_MINIMAL,
)
LITELLM = Dialect(
    "litellm",
    ("LiteLLM | `reasoning_content` | last or extra chunk | not in its list | {}, passed on | source",),
    headers=(("x-litellm-version", r"(\S+)"), ("x-litellm-call-id", "()"), ("x-litellm-model-id", "()")),
    errors=(b"litellm.",),
    gateway="LiteLLM",
    gateway_marks=(
        GatewayMark("x-litellm-*"),
        GatewayMark("llm_provider-*"),
        GatewayMark(text=r"\blitellm\.|received model group=|model group '|litellm virtual key"),
    ),
    quotes=r"litellm\.\w+: .{0,80}?exception\s*-",  # litellm.APIError: OpenAIException - …
    tells_of_upstream=True,
    probes=(Probe("/health/liveliness", text="I'm alive"),),
    programs=(KnownServer("LiteLLM", r"litellm", 4000, ("PORT",)),),
    thinking=(EFFORT, TEMPLATE),
    refuses_unlisted=True,
)
XINFERENCE = Dialect(
    "xinference",
    ("xinference | `reasoning_content` or inline | last chunk | `context_length` | {} | source",),
    owners=("xinference",),
    signs_lists=True,
    probes=(Probe("/v1/cluster/version"),),
    programs=(KnownServer("Xinference", r"xinference(-local|-supervisor)?", 9997),),
    thinking=(SWITCH,),
)
OPENROUTER = Dialect(
    "openrouter",
    (
        "OpenRouter | `reasoning` + `reasoning_details` | always, last chunk | `context_length` | {}"
        " | docs, reported",
    ),
    hosts=("openrouter.ai",),
    gateway="OpenRouter",
    gateway_marks=(GatewayMark(text="provider returned error"),),
    thinking=(OBJECT,),
    replay="reasoning",
)
DEEPSEEK = Dialect(
    "deepseek",
    (
        "DeepSeek | `reasoning_content` | finish or extra chunk | not served | {}, `reasoning_effort`"
        " | docs, reported",
    ),
    hosts=("api.deepseek.com",),
    owners=("deepseek",),
    thinking=(TYPE,),
    efforts=_NO_MINIMAL,
)
OPENAI = Dialect(
    "openai",
    ("OpenAI o-series, gpt-5 | never sent | extra chunk, when asked | not served | {} | docs, SDK source",),
    hosts=("api.openai.com",),
    headers=(("openai-version", "()"), ("openai-organization", "()")),
    completion_tokens=UNKNOWN.completion_tokens,
    replay=None,
    refuses_unlisted=True,
)
DASHSCOPE = Dialect(
    "dashscope",
    ("DashScope (Qwen) | `reasoning_content` | extra chunk, when asked | not served | {} | docs, reported",),
    hosts=("dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"),
    thinking=(SWITCH,),
)
MISTRAL = Dialect(
    "mistral",
    (
        "Mistral | a list in `content` | finish chunk, always | `max_context_length`"
        " | {}; refuses unknown fields | SDK source",
    ),
    hosts=("api.mistral.ai",),
    owners=("mistralai",),
    thinking=(PROMPT_MODE, EFFORT),
    stream_options=False,
    replay="content",
)
MOONSHOT = Dialect(
    "moonshot",
    ("Moonshot (Kimi) | `reasoning_content` | inside the choice | not served | {} | reported",),
    hosts=("api.moonshot.cn", "api.moonshot.ai"),
    owners=("moonshot",),
    thinking=(KIMI,),
    efforts=_NO_MINIMAL,
)
INFINI_AI = Dialect(
    "infini-ai",
    ("infini-ai | `reasoning_content` | as vLLM | not served | {} | reported",),
    hosts=("cloud.infini-ai.com",),
    thinking=(TEMPLATE,),
)
AZURE = Dialect(
    "azure",
    ("Azure-like gateways | as the model behind | extra chunk | not served | {} | reported",),
    hosts=("openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com"),
    headers=(("x-ms-region", "()"), ("apim-request-id", "()")),
    completion_tokens=UNKNOWN.completion_tokens,
    replay=None,
)

DIALECTS: tuple[Dialect, ...] = (
    OLLAMA, LLAMA_CPP, VLLM, SGLANG, TGI, LM_STUDIO, LOCALAI, TENSORRT_LLM, LITELLM, XINFERENCE,
    OPENROUTER, DEEPSEEK, OPENAI, DASHSCOPE, MISTRAL, MOONSHOT, INFINI_AI, AZURE,
)  # fmt: skip
"""In the order in which they are tried; the first match wins."""


def thinking_field_names() -> frozenset[str]:
    """Return all top-level fields used by any form of thinking."""
    return frozenset(form.field for row in (UNKNOWN, *DIALECTS) for form in row.thinking)


def server_table() -> str:
    """Return the table of docs/dialects.md, in Markdown."""
    head = ("server", "reasoning arrives as", "usage in a stream", "context window from")
    lines = [f"| {' | '.join(head)} | thinking is switched by | known from |", "|---" * 6 + "|"]
    for dialect in DIALECTS:
        forms = ", ".join(f"`{form.shown or form.field}`" for form in dialect.thinking) or "–"
        lines += (f"| {row.replace('{}', forms)} |" for row in dialect.readme)
    return "\n".join(lines)
