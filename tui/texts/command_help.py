"""What ``--help`` prints for each command."""

from typing import Final

TAGLINE: Final = """\
Chat with, diagnose and track the cost of any OpenAI-compatible endpoint,
from your terminal."""
EXAMPLES: Final = """\
examples:
  lmdeck                                              open the provider list
  lmdeck chat                                         start a chat
  lmdeck ask "Why is the sky blue?"                   print one answer
  git diff | lmdeck ask "Review this" -p qwen         add piped text to the prompt
  lmdeck ask hi --url http://localhost:8000/v1        use an endpoint without saving anything
  lmdeck check http://localhost:8000/v1               find out what is wrong and how to fix it
  lmdeck discover                                     find model servers on this machine
  lmdeck providers add qwen --url http://gpu01:8000/v1 --model Qwen/Qwen3-8B --key-env QWEN_KEY
  lmdeck demo --fault auth                            run an endpoint that fails
"""
FIGURES: Final = """\
figures:
  TTFT  time to first token, reasoning or answer      TTFA  time to first token of the answer
  TPOT  time per output token, without the first      E2E   time to the end of the stream
  A figure is reported by the server, estimated (~) or unknown (—).

exit codes:
  0 done    1 a check failed, no answer came or nothing matches
  2 wrong usage or configuration    4 a budget is spent    130 interrupted
"""
EXAMPLES_HEAD: Final = "examples:\n{examples}"
LOG: Final = "write a debug log without keys (or set LMDECK_LOG=FILE)"
JSON: Final = "print JSON"
YES: Final = "skip the confirmation"
MODEL: Final = "model name (default: the provider's)"
KEY_ENV: Final = "environment variable that holds the API key"

CHAT: Final = "Start a chat."
CHAT_EXAMPLES: Final = """\
  lmdeck chat
  lmdeck chat qwen
  lmdeck chat qwen --plain
"""
PROVIDER: Final = "provider name (default: your default provider)"
UNSAVED: Final = "do not save this chat"
PLAIN: Final = "plain text, line by line (for screen readers and logs)"
RESUME: Final = "resume a chat; 'last' is the newest"

ASK_PRESET: Final = "use a preset (lmdeck presets lists them)"
ASK: Final = "Print one answer (the reasoning goes to stderr)."
ASK_EXAMPLES: Final = """\
  lmdeck ask "Name three colours"
  cat log.txt | lmdeck ask "What went wrong?"
  lmdeck ask - < prompt.txt
  lmdeck ask "Review this" -f 'src/**/*.py' -f README.md:1-40
  lmdeck ask "What is this?" -f photo.jpg
  lmdeck ask "Extract the parties" -f contract.txt --schema parties.json | jq .
  lmdeck ask hi --url http://localhost:8080/v1 --json

"""
PROMPT: Final = "the prompt; '-' reads it from stdin"
ASK_FILE: Final = (
    "attach a text file or image (repeatable); FILE:40-90 for some lines, a pattern in quotes such as "
    "'src/**/*.py', or '-' for stdin"
)
ASK_URL: Final = "base URL of an endpoint, instead of a provider; nothing is saved"
SYSTEM: Final = "system prompt; empty: none"
MAX_TOKENS: Final = "limit on output tokens, reasoning included"
TEMPERATURE: Final = "sampling temperature"
THINKING: Final = "default (the provider's), off, on, minimal, low, medium or high"
NO_STREAM: Final = "request the answer in one piece"
ASK_SCHEMA: Final = "JSON Schema file ('-' for stdin): prints the JSON of the answer only if it is valid"
ASK_STRICT: Final = "with --schema: close its objects, and make optional properties required and nullable"
ASK_RETRY: Final = "with --schema: retry once if the answer is not valid"
ASK_WAIT: Final = "timeout for the first token, and for a pause in the answer (default: 120)"
ASK_TIMING: Final = "print where the time went, on stderr"
ASK_KEY_ENV: Final = "with --url: environment variable that holds the API key"

EMBED: Final = "Print the vector of a text, or rank lines by similarity to it."
EMBED_EXAMPLES: Final = """\
  lmdeck embed "The cat sleeps on the sofa." --json
  lmdeck embed "reset a password" --similar questions.txt --top 5
  lmdeck embed "reset a password" --similar questions.txt --rerank -m bge-reranker-v2-m3
  lmdeck embed - --lines --json < texts.txt > vectors.json

"""
EMBED_TEXT: Final = "the text; '-' reads it from stdin"
EMBED_PROVIDER: Final = "provider name (default: your default provider for embeddings)"
EMBED_LINES: Final = "treat each line as a separate text"
EMBED_SIMILAR: Final = "rank the lines of this file ('-': stdin) by cosine to the text"
EMBED_RERANK: Final = "rank with the endpoint's /rerank instead of the cosine"
EMBED_TOP: Final = "print only the N best lines (default: 10)"
EMBED_WAIT: Final = "timeout for each answer (default: 120)"

# The prompt is 21 to 36 tokens with the chat templates of common models; the answer is cut at 20.
CHECK_COST: Final = "about 60 tokens, at most 20 of them output"
CHECK: Final = "Diagnose an endpoint (one chat: {cost})."
CHECK_EXAMPLES: Final = """\
  lmdeck check http://localhost:8000/v1
  lmdeck check qwen --json
  lmdeck check --all --quick
"""
CHECK_TARGET: Final = "provider name or base URL"
CHECK_ALL: Final = "check every active provider"
QUICK: Final = "skip the chat: uses no tokens"
DEEP: Final = "test what the model and the server can do, after the chat: tools, JSON, images and more"
CHECK_MARKDOWN: Final = "with --all and --deep: print the table of abilities as Markdown"
ONLY: Final = "test only these, such as tools,json_schema (implies --deep)"
CHECK_WAIT: Final = "timeout for a model that is loading"
WATCH: Final = "repeat the check and print changes"
VERBOSE: Final = "show the evidence of every check"
REPORT: Final = "write a Markdown report for a ticket, without keys; '-' is stdout"
REPORT_REPLACE: Final = "replace an existing report"

DISCOVER: Final = "Find model servers on this machine (loopback only)."

PROVIDERS: Final = "Manage providers."
PROVIDERS_LIST: Final = "List providers."
PROVIDERS_SHOW: Final = "Show a provider (the key is masked)."
PROVIDERS_ADD: Final = "Add a provider."
PROVIDERS_ADD_EXAMPLES: Final = """\
  lmdeck providers add local --url http://localhost:8000/v1 --model Qwen/Qwen3-8B
  pass show deepseek | lmdeck providers add deepseek --url https://api.deepseek.com/v1 \\
      --model deepseek-chat --key-stdin --input-price 0.00027 --output-price 0.0011
"""
PROVIDERS_SET: Final = "Change the given fields of a provider."
PROVIDERS_SET_EXAMPLES: Final = """\
  lmdeck providers set qwen --model Qwen/Qwen3-32B --thinking low
  lmdeck providers set qwen --header 'X-Team: red' --clear temperature
"""
PROVIDERS_REMOVE: Final = "Delete a provider and its stored key."
ONLY_KEY: Final = "delete the stored key only"
PROVIDERS_DEFAULT: Final = "Set the default provider."
PROVIDERS_TRUST: Final = "Trust the current providers file although other users can write to it."
PROVIDERS_IMPORT: Final = "Import providers from Casibase JSON."
IMPORT_FILE: Final = "JSON file; '-' reads stdin"
REPLACE: Final = "replace providers of the same name"
ALLOW_REFERENCES: Final = "accept env:, cmd: and file: keys (default: ask for each)"
ZERO_IS_FREE: Final = "import prices of 0 as free (default: unknown)"
PROVIDERS_EXPORT: Final = "Export providers as Casibase JSON."
EXPORT_NAMES: Final = "providers to export (default: all of yours)"
WITH_KEYS: Final = "include the API keys in plain text"
FIELD_KEY_ENV: Final = "read the key from this environment variable"
FIELD_KEY_FILE: Final = "read the key from this file (readable only by you)"
FIELD_KEY_COMMAND: Final = "read the key from the output of this command"
FIELD_ONE_OF: Final = "{text} One of: {choices}."
FIELD_KEY_STDIN: Final = "read the key from stdin and store it"
INACTIVE: Final = "same as --state Inactive"
FIELD_HEADER_NEW: Final = "Sent with every request (repeatable)."
FIELD_HEADER: Final = (
    "Add or change a header of every request (repeatable); the others stay. 'NAME:' removes one."
)
FIELD_REPLACED: Final = "{text} Replaces the stored one."
CLEAR: Final = "reset a field to its default (repeatable); an empty text, number or choice does the same"

DEMO: Final = "Run a demo endpoint, optionally one that fails."
DEMO_EXAMPLES: Final = """\
  lmdeck demo --port 8000
  lmdeck demo --fault model-not-found

causes for --fault:
{causes}
"""
DEMO_PORT: Final = "port (default: a free one)"
DEMO_RATE: Final = "tokens per second (default: 60)"
DEMO_FAULT: Final = "fail with this cause, to try a diagnosis"

ENGINE: Final = "Manage the built-in model."
ENGINE_INSTALL: Final = "Install llama.cpp and SmolLM2-135M (about 130 MB)."
ENGINE_STATUS: Final = "Show whether the built-in model is installed."

HISTORY: Final = "Manage saved chats."
HISTORY_NAME: Final = "number in the list, beginning of an ID, title, or 'last'"
HISTORY_LIST: Final = "List saved chats, newest first."
HISTORY_LIST_EXAMPLES: Final = """\
  lmdeck history list --since 7d
  lmdeck history list --provider qwen --json
"""
SINCE: Final = "only chats active since TIME: 7d, 12h, 2w or 2026-11-01"
HISTORY_PROVIDER: Final = "chats with this provider"
HISTORY_MODEL: Final = "chats with a model of this name, or part of it"
HISTORY_LIMIT: Final = "only the newest N"
HISTORY_SEARCH: Final = "Find chats by words in their prompts and answers."
HISTORY_SEARCH_EXAMPLES: Final = """\
  lmdeck history search proxy_buffering
  lmdeck history search '"ring buffer"' provider:qwen since:30d
"""
HISTORY_TEXT: Final = (
    "words to find in one turn; quote a phrase; has:code, has:reasoning and has:error choose turns; "
    "provider:NAME, model:M, since:7d and 'cost:>0.01' choose chats"
)
HISTORY_REASONING: Final = "search the reasoning, too"
HISTORY_SHOW: Final = "Print a chat (the reasoning goes to stderr)."
HISTORY_TURN: Final = "only this turn, counted from 1"
HISTORY_EXPORT: Final = "Export chats, without keys."
HISTORY_EXPORT_EXAMPLES: Final = """\
  lmdeck history export last > chat.md
  lmdeck history export --all --format json -o chats.json
"""
HISTORY_ALL: Final = "every chat"
HISTORY_FORMAT: Final = (
    "md (default), html: one chat each; json, jsonl: everything, for import; "
    "openai: messages, one chat per line"
)
HISTORY_OUTPUT: Final = (
    "file to write, or FOLDER/ for one file per chat, created if missing; '-' is stdout (default)"
)
HISTORY_REPLACE: Final = "replace existing files"
HISTORY_IMPORT: Final = "Import chats. A chat that is already there gets the turns it lacks."
HISTORY_IMPORT_EXAMPLES: Final = """\
  lmdeck history import chats.json
  lmdeck history import chatgpt-export.zip
  llm logs --json -n 0 | lmdeck history import -
"""
HISTORY_FILES: Final = (
    "an export of lmdeck (md, json, jsonl), ChatGPT or Open WebUI, OpenAI messages, or llm logs; "
    "'-' reads stdin"
)
HISTORY_REMOVE: Final = "Move chats to the trash; asks first."
HISTORY_RESTORE: Final = "Restore a deleted chat; without a name, list the trash."
HISTORY_DELETED: Final = "number in the trash, beginning of an ID, title, or 'last'"

PATHS: Final = "Show file locations."
COSTS: Final = "Show what was spent: by provider, model, day, month, chat or origin."
COSTS_EXAMPLES: Final = """\
  lmdeck costs                                   this month by provider
  lmdeck costs --by day --since 30d              the last 30 days
  lmdeck costs --by model --since 2026-11-01 --until 2026-11-30 --csv > november.csv
  lmdeck costs --short                           one line for a shell prompt
  lmdeck costs --budget                          exit 4 once a budget of config.toml is spent
"""
COSTS_BY: Final = "sum by provider (default), model, day, month, chat or origin"
COSTS_SINCE: Final = "from TIME on: 2026-11-01 or 30d (default: this month; with --by month everything)"
COSTS_UNTIL: Final = "until TIME; for a day, until its end"
COSTS_PROVIDER: Final = "this provider only"
COSTS_UTC: Final = "days begin at midnight UTC, not local time"
COSTS_CSV: Final = "print CSV"
COSTS_SHORT: Final = "print what today cost, in one line"
COSTS_BUDGET: Final = "print the state of the budgets; exit 4 if one is spent"
COSTS_PRICE_OLD: Final = "price this provider's unpriced answers at its current prices"
WITHIN_BUDGET: Final = "send nothing and exit 4 if a budget is spent; free requests are sent"
FORGET: Final = "Delete stored keys, chats, caches or the ledger."
FORGET_WHAT: Final = "keys, conversations, caches or ledger (one or more)"

UNKNOWN: Final = "unrecognized arguments: {words}"
UNKNOWN_WORDS: Final = "unrecognized arguments: {words} (several words need quotes)"
EMPTY_VALUE: Final = "the value is empty"
NEEDS: Final = "{option} needs {others}"
NOT_WITH: Final = "{option} cannot be combined with {other}"
OR: Final = " or "
A_COUNT: Final = "a whole number from 1"
A_PORT: Final = "a port from 0 to 65535"
NOT_NEGATIVE: Final = "a number of at least 0"
POSITIVE: Final = "a number above 0"
IS_NOT: Final = "{text!r} is not {wanted}"
UNKNOWN_CHOICE: Final = "{text!r} is unknown: choose from {choices}"
NO_SUCH_FIELD: Final = "{text!r} is not a field: use one of {names}"
PRESETS: Final = "List your presets, or add samples."
PRESETS_INSTALL: Final = "add the sample presets that are missing"

COMPLETION: Final = "Print a script for the shell: Tab completes commands, options and names."
COMPLETION_EXAMPLES: Final = """\
  eval "$(lmdeck completion bash)"
  lmdeck completion fish > ~/.config/fish/completions/lmdeck.fish
"""
SHELL: Final = "bash, zsh or fish"
