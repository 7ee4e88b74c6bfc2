"""What is reported about an answer: how it ended, what is missing, and what is wrong with its figures."""

from typing import Final

# How it ended
STOPPED: Final = "stopped; the partial answer is kept"
INTERRUPTED: Final = "interrupted; the partial answer is kept"
FAILED: Final = "failed; the reason was not recorded"
CUT_OFF: Final = "cut off at the token limit"
STOPPED_EARLY: Final = "stopped by the server before its end"
REPEATED_ITSELF: Final = "stopped by the server because it repeated itself"
TOOL_CALL: Final = "ended with a tool call"
FILTERED: Final = "stopped by the server's content filter"
FINISH_REASON: Final = "finish reason {reason}"
TOKENS: Final = "{prompt} prompt + {completion} completion tokens"
CACHE_WRITES: Final = (
    "{count:prompt token was|prompt tokens were} written to a cache, which may cost more than the input price"
)
SERVER_COST: Final = "the server reports {cost}"

SERVER_SAYS: Final = "The server says: {words}"
OF_WHICH_REASONING: Final = "of which reasoning {tokens}"

# What is not shown
UNREADABLE_EVENTS: Final = "{events} of the answer could not be read; text may be missing."
OTHER_ANSWERS: Final = "The server sent several answers; only the first is shown."
NOT_TEXT: Final = "The server sent content that is not text and is not shown."
OUTSIDE: Final = "The server sent text outside of a choice; it is not shown."
REFUSED: Final = "The model refused to answer."
AUDIO: Final = "The answer came as audio: its transcript is shown, the sound is not kept."
MEDIA: Final = "The answer contains {media}, which is not shown."
UNKNOWN_FIELD: Final = "The server sent text in the unknown field “{name}”, which is not shown."
UNKNOWN_PART: Final = "The server sent a part of type “{name}”, which is not shown."
NOT_UTF8: Final = "The server sent bytes that are not UTF-8; they are shown as �."

# How the server sent it
SENT_WHOLE: Final = "The server sent the answer in one piece although a stream was requested."
SENT_STREAM: Final = "The server streamed the answer although it was requested in one piece."
FROM_CACHE: Final = "A gateway answered from its cache ({header}); it may charge nothing for that."
ALL_REASONING: Final = (
    "All text came as reasoning and is shown as the answer: the server's reasoning parser does not fit the "
    "model. Start the server without it or with the right one (vLLM: --reasoning-parser)."
)
NO_ANSWER_AFTER: Final = (
    "All text came as reasoning, marked by tags ({mark}), and is shown as the answer: the model stopped "
    "before it wrote one. Retry, raise max tokens, or check the model's chat template."
)
ONLY_TAGGED: Final = NO_ANSWER_AFTER.partition("{")[0]
"""How that note begins, for the diagnosis."""
ENDED_WITH_ERROR: Final = "The server ended the answer with an error."
ABORTED: Final = "The server aborted the answer."
ENDED_BY_TIMEOUT: Final = "The server ran out of time for the answer."
ENDED_BY_NETWORK: Final = "The service reports that the model failed during the answer (network_error)."
CALL_MALFORMED: Final = "The model wrote a tool call that the server could not read."
OUTPUT_MALFORMED: Final = "The model wrote something that the server could not read."
UNKNOWN_ENDING: Final = (
    "The server gave an unknown reason for the end of the answer (“{reason}”); it may be incomplete."
)
ARGUMENTS_TWICE: Final = (
    "The server sent more after the complete arguments of a tool call; all is kept, so they are not JSON."
)

# What a server refused; the diagnosis looks for notes that begin with "retried"
REASONING_SENT_BACK: Final = "sent earlier reasoning back, as the server requires"
WITHOUT_IMAGES: Final = "retried without the images of earlier messages: the model does not accept images"
EARLIER_IMAGES: Final = "the images of earlier messages were not sent: the model has refused images before"
WITHOUT_REASONING: Final = "retried without earlier reasoning"
SYSTEM_ROLE: Final = "retried with the role system instead of developer"
SYSTEM_IN_MESSAGE: Final = "retried with the system prompt in the first message"
OTHER_FIELD: Final = "retried with {other} instead of {name}"
WITHOUT_STREAMING: Final = "retried without streaming"
WITH_STREAMING: Final = "retried with streaming: the server offers nothing else"
THINKING_OFF: Final = "thinking was turned off: the server supports it only in a stream"
OTHER_EFFORT: Final = "retried with reasoning_effort {other} instead of {value}"
WITHOUT_THINKING: Final = "retried without the thinking setting: the model does not support it"
WITHOUT: Final = "retried without {name}"

# Its figures
PARTS_DIFFER: Final = (
    "The server reports {total:token|tokens} in total, but {prompt:,} + {completion:,} in parts."
)
FIRST_ONLY_COUNTED: Final = "The server's counts cover only the first of several answers."
NO_REASONING_COUNTED: Final = "The server reports 0 reasoning tokens, but there was reasoning."
TOO_FEW_COMPLETION: Final = (
    "The server reports {count:completion token|completion tokens}, too few for this text."
)
TOO_FEW_REASONING: Final = (
    "The server reports {count:reasoning token|reasoning tokens}, too few for this reasoning."
)
ONLY_REASONING: Final = (
    "The server reports {reasoning:,} of {completion:completion token|completion tokens} as reasoning, "
    "but it answered."
)
NO_PROMPT_COUNTED: Final = "The server reports 0 prompt tokens, but a prompt was sent."
CACHED_BESIDE: Final = "The server reports cached tokens separately from prompt tokens; they are added."
UNNAMED_TOKENS: Final = (
    "The server reports {total:token|tokens} in total, but {prompt:,} + {completion:,} in parts; "
    "the other {more:,} are counted as output, as hidden reasoning is."
)
REASONING_BESIDE: Final = (
    "The server reports reasoning tokens separately from completion tokens; they are added."
)
MORE_REASONING: Final = (
    "The server reports {reasoning:reasoning token|reasoning tokens} but "
    "{completion:completion token|completion tokens}{added}."
)
MORE_CACHED: Final = (
    "The server reports {cached:cached token|cached tokens} but {prompt:prompt token|prompt tokens}{added}."
)
ADDED: Final = "; they are added here"
PROMPT_CUT: Final = (
    "The server read {read} prompt tokens of about {sent}: it may have cut the prompt. "
    "Serve the model with a larger context (Ollama: num_ctx), or send less."
)

# What it costs
PROMPT_TOKENS: Final = "{count:prompt token|prompt tokens}"
COMPLETION_TOKENS: Final = "{count:completion token|completion tokens}"
FRESH_TOKENS: Final = "{count:prompt token|prompt tokens} not from a cache"
CACHED_TOKENS: Final = "{count:prompt token|prompt tokens} from a cache"
NO_PRICE: Final = "{tokens}: the price is unknown, and so is the amount"
TOTAL: Final = "Total {cost}"
