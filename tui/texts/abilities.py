"""What an endpoint can do: the abilities, the results of their tests, and the evidence."""

from typing import Final

LABELS: Final = {
    "system": "System prompt",
    "tools": "Tools",
    "tools_forced": "Forced tool call",
    "tools_streamed": "Streamed tool call",
    "json_object": "JSON object",
    "json_schema": "JSON schema",
    "logprobs": "Log probabilities",
    "n": "Several choices",
    "seed": "Seed",
    "stop": "Stop text",
    "max_tokens": "Token limit",
    "vision": "Images",
    "usage_details": "Cached tokens",
    "continue": "Continued answer",
    "embeddings": "Embeddings",
    "rerank": "Rerank",
    "completions": "/completions",
    "responses": "/responses",
    "anthropic": "Anthropic messages",
}
HEADING: Final = "What it can do"

# What the tests cost
COSTS: Final = "Tests what it can do: {cost}."
COST: Final = "{requests}, at most {output:,} output tokens, about {input:,} input tokens{more}"
COST_MORE: Final = "; up to {tokens:,} output tokens more where answers do not end"
REQUEST: Final = "1 request"
REQUESTS: Final = "{count} requests"

NOT_TESTED: Final = "Not tested. {key} to test: {cost}."
TESTED: Final = "Tested {ago}. {key} to test again: {cost}."

# Which abilities are tested
UNKNOWN: Final = "there is no ability named {name}; choose from {names}"
UNKNOWN_CLOSE: Final = "there is no ability named {name}; the closest is {closest}"
NO_ABILITY: Final = "--only needs a name; choose from {names}"
TESTING: Final = "Testing: {name}…"

NOT_TRIED: Final = "Not tried: {names}."

TESTING_ALL: Final = "Testing what it can do"

# Why a test proves nothing
CHAT_FAILED: Final = "the chat check failed"
TESTS_STOPPED: Final = "the tests were stopped before this one"
VECTORS_FAILED: Final = "the vectors check failed"
NOT_FINISHED: Final = "the model did not finish within {tokens} tokens"
NO_REPLY: Final = "no answer: {title}"
STATUS: Final = "HTTP {status}"
STATUS_SAID: Final = "HTTP {status}: {words}"
ENDED_EARLY: Final = "the answer ended with finish_reason {reason}{said}"
MODEL_REFUSED: Final = "the model refused to answer: {text}"
BROKE_OFF: Final = "the stream broke off: {title}"
NO_JSON: Final = "the answer is not JSON"
NO_CHOICES: Final = "the answer has no choices"

# How a test ends, for any ability
REFUSED: Final = "{words}"
REFUSED_STATUS: Final = "refused with HTTP {status}"
NOTHING_SHOWN: Final = "{tokens:token was|tokens were} generated, but the answer is empty"
NO_TEXT: Final = "the answer is empty"
ANSWERED_BY: Final = "{evidence} (answered by {served})"
SERVED_AT: Final = "{model} at {provider}"
SEVERAL_PROVIDERS: Final = "the answers came from different providers: {names}"
SEVERAL_MODELS: Final = "the answers came from different models: {names}"

# System prompt
FOLLOWS: Final = "the answer is the word that the system prompt asks for"
SYSTEM_DROPPED: Final = "the chat template ignores it: same prompt token count without it"
NOT_FOLLOWED: Final = "the answer does not follow it: {text}"

# Tools
CALLED: Final = "calls {call} and uses its result"
CALLED_FORCED: Final = "calls {call}"
BOTH_FORCED: Final = "by name and with required"
BY_NAME: Final = "by name"
CHOICE: Final = "{way}: {word}"
CHOICE_WHY: Final = " ({evidence})"
PROSE: Final = "answers with text: {text}"
TOOLS_DROPPED: Final = "the chat template ignores tools: same prompt token count without them"
SERVER_CAN: Final = "the server supports tools, but the model did not choose to call one: {text}"
CALL_AS_TEXT: Final = (
    "the model calls, but the server does not parse it (vLLM and SGLang need --tool-call-parser): {text}"
)
NO_CALL_IN_LIST: Final = "finish_reason is tool_calls, but there is no call"
NO_FUNCTION: Final = "the call names no function"
UNKNOWN_TOOL: Final = "calls {name}, which was not offered"
ARGUMENTS_NO_TEXT: Final = "the arguments are a JSON object, not a string"
ARGUMENTS_NO_JSON: Final = "the arguments are not JSON: {text}"
ARGUMENTS_NO_OBJECT: Final = "the arguments are not an object: {text}"
ARGUMENTS_INVALID: Final = "the arguments have no city: {text}"
RESULT_REFUSED: Final = "calls {call}, but the server refuses the result: {said}"
RESULT_NOT_TRIED: Final = "calls {call}; whether it uses a result is unknown: {said}"
RESULT_UNUSED: Final = "calls {call}, but the answer does not use the result: {text}"
NOT_STREAMED: Final = "the answer is not a stream"
STREAMED: Final = "{pieces:piece forms|pieces form} {call}"
STREAMED_WITH_IDS: Final = "{pieces:piece forms|pieces form} {call}; each repeats the id"
NO_INDEX: Final = "the pieces have no index: clients cannot join them"
NO_ID: Final = "the call has no id: its result cannot be sent back"
SHARED_INDEX: Final = "{count} ids at index {index}: clients join different calls into one"
ARGUMENTS_GROW: Final = "each piece has all of the arguments so far, not what is new"
ARGUMENTS_TWICE: Final = "the arguments come twice: {text}"
EMPTY_FIRST: Final = "the arguments begin with {} before the object: joined, they are not JSON"

# JSON
IS_OBJECT: Final = "an object where none was asked for: {text}"
NO_OBJECT: Final = "JSON, but not an object: {text}"
FITS_SCHEMA: Final = "fits a schema that the prompt does not mention: {text}"
OUTSIDE_SCHEMA: Final = "JSON that does not fit the schema: {text}"
FENCED: Final = "the JSON is inside a code fence"
NO_JSON_TEXT: Final = "not JSON: {text}"
JSON_IN_REASONING: Final = "the JSON is in the reasoning, the answer is empty"

# Parameters
LOGPROBS: Final = "{count} for each token"
NO_LOGPROBS: Final = "the answer has none"
LOGPROBS_FEW: Final = "{count:alternative|alternatives} for a token instead of {asked}"
LOGPROBS_NO_NUMBERS: Final = "some are not numbers"
LOGPROBS_SUM: Final = "the probabilities of a token add up to more than 1"
TWO_CHOICES: Final = "n = {count} gives {count} choices"
ONE_CHOICE: Final = "n = {asked} gives 1 choice"
OTHER_CHOICES: Final = "n = {asked} gives {count} choices"
EMPTY_CHOICE: Final = "one of the choices is empty"
SEED: Final = "the same text for the same seed, another for a different one: {text}"
SEED_DIFFERS: Final = "different texts for the same seed: {first}, {second}"
SEED_SAME: Final = "the same text for every seed: {text}"
STOPPED: Final = "ends before the stop text: {text}"
STOP_SENT: Final = "ends with the stop text instead of before it: {text}"
STOP_PASSED: Final = "continues after the stop text: {text}"
NOT_COUNTED: Final = "the model did not count: {text}"
LIMITED: Final = "ends at {limit} tokens with finish_reason length"
LIMITED_WITH_ERROR: Final = "ends at {limit} tokens, with an error instead of the cut answer"
LIMIT_PASSED: Final = "{count} tokens at a limit of {limit}"
LIMIT_UNSAID: Final = "ends at {limit} tokens, but finish_reason is {reason}"
TOO_SHORT: Final = "the answer is too short to tell: {text}"

# Images
SEES: Final = "names the colours of two images"
IMAGE_DROPPED: Final = "the image does not reach the model: same prompt token count without it"
WRONG_COLOUR: Final = "the image is counted, but the colour is wrong: {text}"
NO_COLOUR: Final = "the colour is wrong: {text}"

# Cached tokens
CACHED: Final = "{cached:,} of {tokens:,} prompt tokens of a repeated prompt"
NONE_CACHED: Final = "0 of {tokens:,} prompt tokens of a repeated prompt"
NO_COUNTS: Final = "the server reports no token counts"
NO_DETAILS: Final = "the token counts do not mention a cache ({tokens:,} prompt tokens, sent twice)"
COUNTS_DIFFER: Final = "the same prompt is counted as {first:,} and as {second:,} tokens"
SHORT_PROMPT: Final = "the prompt is too short for a cache: {tokens:,} tokens"
SMALL_CONTEXT: Final = "the context of {tokens:,} tokens is too small for the test"

# Embeddings and rerank
VECTORS: Final = "vectors of {size:number|numbers}; {wishes}"
SAME_VECTOR: Final = "different texts get the same vector"
MIXED_VECTORS: Final = "in a different order, a text gets another text's vector"
PACKED_DIFFERENTLY: Final = "the vectors in base64 differ from those in a list"
ON_TOPIC: Final = "the document on the topic is first ({scores}, {path})"
OFF_TOPIC: Final = "the document on another topic is first ({scores}, {path})"
SAME_SCORE: Final = "every document gets the score {score:.4g} ({path})"
SCORES: Final = "scores {first:.4g} and {second:.4g}"

# Other routes
COMPLETES: Final = "continues the prompt: {text}"
RESPONDS: Final = "a response with output; {memory}"
STATEFUL: Final = "previous_response_id works"
FORGETFUL: Final = "stateless: previous_response_id has no effect"
STATELESS: Final = "stateless: previous_response_id is refused"
MEMORY_UNKNOWN: Final = "previous_response_id not tried"
WRITES_MESSAGE: Final = "a message with content"
AS_CHAT: Final = "answers with a chat completion"
OTHER_SHAPE: Final = "the answer has an unexpected form: {fields}"

# Continued answer
CONTINUED: Final = "continues the last message: {text}"
REPEATED: Final = "repeats the last message and continues it: {text}"
BEGUN_ANEW: Final = "begins a new answer: {text}"
WITH_FLAG: Final = "with continue_final_message: {evidence}"

# What the server claims
CLAIMED_TOO: Final = "{evidence}; the server says the same ({source})"
CLAIMED: Final = "{evidence}; the server claims support ({source})"
DENIED: Final = "{evidence}; the server claims no support ({source})"
