"""The chat: transcript, prompt, status bar, search, picker, and the windows over them."""

from typing import Final

# ── Header and prompt ───────────────────────────────────────────────────────────────────────

TITLE: Final = "Chat"
PLACEHOLDER: Final = "Message {provider}…  ({send} to send, {newline} for a new line)"
PROMPT_HELP: Final = (
    "Write your message. The draft is kept until it is sent. While an answer streams, a message waits for it."
)
CHAT_HELP: Final = (
    "Chat with a model. The header names it; the status bar shows the tokens and the cost of this chat. "
    "~ marks an estimate, — an unknown figure; all others were reported by the server."
)
DRAFT_TOKENS: Final = "~{tokens} tokens"
DRAFT_SINGLE: Final = "~1 token"
DRAFT_LINES: Final = "{lines} lines · ~{tokens} tokens"
DRAFT_IMAGES: Final = "{draft} + images"
NO_PROVIDER_NAME: Final = "no provider"
RECALL: Final = "(reverse search) '{text}': {found}"
EDITING: Final = "Editing message {number}"
EDITING_KEYS: Final = "Editing message {number} · {cancel} to cancel"
NO_SUCH_MESSAGE: Final = "This chat has no message {number}: its messages are 1 to {count}."
COMMANDS: Final = "Commands"
QUEUE: Final = "Queue"
READ: Final = "Read"
PROMPT: Final = "Prompt"
LEADING_SLASH: Final = "// sends a leading /"

# ── Why a message cannot be sent ────────────────────────────────────────────────────────────

LINES_AT_ONCE: Final = "Several lines came at once and were inserted as a paste. {send} sends them."
EMPTY_PROMPT: Final = "Write a message first."
STILL_STREAMING: Final = "An answer is still streaming. {stop} stops it."
DRAFT_KEPT: Final = "An answer is still streaming. Your draft is kept; {stop} stops the answer."
OPENED_ELSEWHERE: Final = "Another session has this conversation open. {fork} to continue in a copy."
STILL_OPENING: Final = "The conversation is still being opened. Your draft is kept."
NO_PROVIDER: Final = "No provider is active. {providers} to add one."
CHOOSE_MODEL: Final = "{problem} {model} to choose another model."
PROVIDER_CHANGED: Final = "{provider} has changed; the new settings are used."
WAS_INTERRUPTED: Final = "“{title}” was interrupted. {key} lists it."
READ_ONLY: Final = "Read-only. {fork} to continue in a copy."
FREE_AGAIN: Final = "This chat is no longer open elsewhere: you can continue it here."

# ── An empty chat ───────────────────────────────────────────────────────────────────────────

WELCOME: Final = "Ask anything, or start with an example:"
EXAMPLES: Final = (
    "Explain what a ring buffer is, with a short example in Python.",
    "Write a shell command that lists the ten largest files in a folder.",
    "What should I check first when a web server is slow?",
)
EXAMPLES_TYPING: Final = "{focus}, then {first}–{last} to use an example, or click one."
EXAMPLES_READING: Final = "{first}–{last} to use an example, or click one."

# ── The end of an answer ────────────────────────────────────────────────────────────────────

WAITING: Final = "Waiting for the model…"
NEUTRALISED_ONE: Final = "⚠ 1 control character neutralised"
NEUTRALISED: Final = "⚠ {count} control characters neutralised"
STOPPED: Final = "Stopped by you."
INTERRUPTED: Final = "Interrupted: the program or the connection ended before the answer did."
FAILURE_MARK: Final = "✗"
STOP_MARK: Final = "■"
TOOL_CALL: Final = "⚙ tool call, not run: "
MORE_TOOL_CALLS: Final = "⚙ {count:more tool call|more tool calls}, not run"
UNSEEN: Final = " ↓ new output below · {key} "

OFFER_CONTINUE: Final = "Continue"
OFFER_DIAGNOSE: Final = "Diagnose"
OFFER_EDIT: Final = "Edit provider"
OFFER_MODEL: Final = "Other model"
OFFER_RETRY: Final = "Retry"

OTHER_BRANCH: Final = (
    "The hit is on another branch, shown until you reopen the chat. {previous} and {next} switch branches."
)
NO_VARIANT_BEFORE: Final = "There is no earlier version of this message."
NO_VARIANT_AFTER: Final = "There is no later version of this message."

# ── Status bar ──────────────────────────────────────────────────────────────────────────────

STATE_REASONING: Final = "reasoning…"
STATE_ANSWERING: Final = "answering…"
STATE_QUIET: Final = "{state} no text for {waited}"
WAIT_PREPARING: Final = "preparing{waited}"
WAIT_CONNECTED: Final = "connected, waiting{waited}"
WAIT_CONNECTING: Final = "connecting{waited}"
WAIT_SENT: Final = "sent, waiting{waited}"
WAIT_STARTING: Final = "starting the model{waited}"
WAIT_RETRY: Final = "retrying"
WAIT_RETRY_IN: Final = "retrying in {waited}"
TOKENS_ALL: Final = "{total:token|tokens} ({prompt} in, {completion} out)"
TOKENS_REASONING: Final = (
    "{total:token|tokens} ({prompt} in, {completion} out, of which reasoning {reasoning})"
)
TOKENS: Final = "{total:token|tokens}"
NO_COST: Final = "cost —"
MARK_PROXY: Final = "via proxy"
MARK_DISK: Final = "disk error"
MARK_READ_ONLY: Final = "read-only"
MARK_UNSAVED: Final = "not saved"

# ── Search ──────────────────────────────────────────────────────────────────────────────────

SEARCH: Final = "Search "
SEARCH_PLACEHOLDER: Final = "any text of this chat"
SEARCH_COUNT: Final = "{place} of {count}"
SEARCH_ENTER: Final = " · Enter to go there"
SEARCH_KEYS: Final = " · {next} next · {previous} previous"
SEARCH_HIDDEN: Final = " · {hidden} not shown (text too long)"
SEARCH_NOTHING: Final = "no match"

# ── Copying ─────────────────────────────────────────────────────────────────────────────────

NOTHING_TO_COPY: Final = "There is no {what} to copy yet."
MOUSE_RELEASED: Final = "Mouse capture is off: the terminal can select text."
MOUSE_TAKEN: Final = "Mouse capture is on."
OPEN_LINK: Final = "Open this link?"
OPEN: Final = "Open"
CANCEL: Final = "Cancel"

# ── Closing and copying a conversation ──────────────────────────────────────────────────────

FORKED: Final = "You're in a copy; the original is unchanged."
CLOSE_CHAT: Final = "Close this chat?"
CLOSE: Final = "Close"
LOSS_STREAMING: Final = "An answer is still streaming. It is stopped, and the partial text is kept."
LOSS_DRAFT: Final = "You have an unsent message."
LOSS_UNSAVED: Final = "This chat is not saved."
LOSS_UNWRITTEN: Final = "This chat could not be written to disk."
UNWRITTEN: Final = "The chat continues in memory and is saved as soon as possible."

# ── Name ────────────────────────────────────────────────────────────────────────────────────

RENAME: Final = "Rename the conversation"
RENAME_PLACEHOLDER: Final = "New name"
RENAME_KEYS: Final = "Enter save · {cancel} cancel"
RENAME_HELP: Final = "The name under which the conversation is listed. It is never sent anywhere."

# ── Settings of a chat ──────────────────────────────────────────────────────────────────────

SETTINGS: Final = "Chat settings"
SETTINGS_KEYS: Final = "{save} save (from the next message) · Tab next · {cancel} cancel"
SETTINGS_HELP: Final = (
    "Settings of this chat only. They apply from the next message, are saved with the chat and restored "
    "when you resume it. Empty fields use the provider's values; enter none to omit a parameter."
)
THINKING: Final = "Thinking"
THINKING_LEVELS: Final = ("Off", "On", "Minimal", "Low", "Medium", "High")
THINKING_DEFAULT: Final = "Provider default"
THINKING_DEFAULT_IS: Final = "Provider default ({level})"
SYSTEM_PROMPT: Final = "System prompt"
SYSTEM_PROMPT_INHERITED: Final = "System prompt · from the provider"
SYSTEM_PROMPT_NONE: Final = "System prompt · none"
SAVE: Final = "Save"

# ── Picker ──────────────────────────────────────────────────────────────────────────────────

PICKER: Final = "Choose a model"
PICKER_PLACEHOLDER: Final = "Type part of a provider or model, such as: qw 235"
PICKER_KEYS: Final = "Enter select · {cancel} cancel"
PICKER_HELP: Final = (
    "All models of your providers, most recently used first; ★ marks the default provider. Type parts of the "
    "names in any order. A model that is not listed can be typed in full, after the name of its provider."
)
PICKER_PROVIDER: Final = "Provider"
PICKER_MODEL: Final = "Model"
PICKER_STATE: Final = "State"
PICKER_PRICE: Final = "Price/1k"
PICKER_TYPED: Final = "(as typed)"
PICKER_COUNT: Final = "{count} models"
PICKER_ONE: Final = "1 model"
PICKER_MORE: Final = "The first {shown} of {count} models. Type more of the name."
PICKER_ASKING: Final = " · asking {waiting} servers for their models…"
PICKER_ASKING_ONE: Final = " · asking 1 server for its models…"
PICKER_NOTHING: Final = (
    "Nothing matches. For a model that is not listed, type its provider and its full name."
)
DEFAULT_MARK: Final = "★"

# In the transcript
PAGE_DOWN: Final = "Page down"
PAGE_UP: Final = "Page up"
IMAGE: Final = "[image: {description}]"
NO_DESCRIPTION: Final = "no description"
