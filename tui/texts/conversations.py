"""The list of saved conversations."""

from typing import Final

TITLE: Final = "Conversations"
HELP: Final = (
    "Your saved conversations, newest first. One that is open elsewhere can be read or forked. "
    "A search finds words in titles, prompts and answers, and a chat opens at the first line found."
)

# Around the list
READING: Final = "Reading conversations…"
READ: Final = "Reading conversations… {done:,} of {total:,}"
TOTAL: Final = "{total:,}"
TOKENS: Final = "{tokens:token|tokens}"
FOUND: Final = "{found:,} of {total:,}"
MARKED: Final = "{count:,} marked"
SORTED: Final = "by {column}"
SEARCH_HINT: Final = "Words in titles and texts · provider: model: since:7d has:code cost:>0.01"
SEARCH_KEY: Final = "{key} to search titles and texts"
SEARCHING: Final = "searched {done:,} of {total:,}…"
LINES_FOUND: Final = "{count:line|lines} · {time:,} ms"
ALL: Final = "everywhere"
IN_PROVIDER: Final = "in {provider}"
IN_THIS_CHAT: Final = "in this chat"
WITH_REASONING: Final = "with reasoning"
WITHOUT_REASONING: Final = "without reasoning"
SEARCHED: Final = "Search {scope}, {reasoning}"
SCOPE: Final = "{scope_key} scope · {reasoning_key} reasoning on/off"
OF_REASONING: Final = "reasoning: "
OF_OTHER_BRANCH: Final = "other branch: "
MORE_LINES: Final = " +{count:,}"
PREVIEW: Final = "Preview"
PREVIEW_OF: Final = "{where} {turn}"
NONE_FROM_LIST: Final = (
    "No saved conversations yet. Press {back} to go back, then {chat} on a provider to start a chat."
)
NONE_FROM_CHAT: Final = "No saved conversations yet. Press {back} to go back to the chat and send a message."
NO_MATCH: Final = "Nothing found. Press {key} to clear the search."
NO_MATCH_IN_ANSWERS: Final = (
    "Nothing found. Press {reasoning} to search the reasoning too, or {key} to clear the search."
)
LOOKING: Final = "Searching…"
OPEN_ELSEWHERE: Final = "Open elsewhere: {open} to read, {fork} to fork."
REFUSED: Final = "The conversations can't be read or changed: {reason}."

# Columns
COLUMN_TITLE: Final = "Title"
COLUMN_TURNS: Final = "Turns"
COLUMN_MODEL: Final = "Model"
COLUMN_PROVIDER: Final = "Provider"
COLUMN_TOKENS: Final = "Tokens"
COLUMN_PRICE: Final = "Price"
COLUMN_TIME: Final = "Last message"
BEST: Final = "Best match"

# Groups
PINNED_GROUP: Final = "Pinned"
TODAY: Final = "Today"
YESTERDAY: Final = "Yesterday"
LAST_WEEK: Final = "Last week"
MONTHS: Final = "January February March April May June July August September October November December"
MONTH_OF_YEAR: Final = "{month} {year}"
NO_DATE: Final = "Without a date"

# What was done
DELETE_TITLE: Final = "Delete this conversation?"
DELETE_MANY_TITLE: Final = "Delete {count} conversations?"
DELETE_BODY: Final = "{title} · Press {key} to undo, until you close this list."
QUOTED: Final = "“{title}”"
AND_MORE: Final = " and {count:other|others}"
TURNS: Final = "{count:turn|turns}"
ALL_TURNS: Final = "{count:turn|turns}, {hidden} of them in other answers and branches"
DELETED: Final = "Deleted. Press {key} to undo."
DELETED_MANY: Final = "Deleted {count} conversations. Press {key} to undo."
RESTORED: Final = "Restored."
PINNED: Final = "Pinned to the top of the list."
UNPINNED: Final = "No longer pinned."
HELD_ONE: Final = "1 is open elsewhere and was not changed."
HELD_MANY: Final = "{count:,} are open elsewhere and were not changed."
ALL_HELD_ONE: Final = "Nothing changed: the marked conversation is open elsewhere."
ALL_HELD: Final = "Nothing changed: the {count:,} marked conversations are open elsewhere."

# Exporting
EXPORT_TITLE: Final = "Export the conversation"
EXPORT_MANY_TITLE: Final = "Export {count} conversations"
EXPORT_PLACEHOLDER: Final = "A folder, or a file ending with .md, .html, .json or .jsonl"
EXPORT_KEYS: Final = (
    "A folder gets Markdown files; a file's ending sets its format.\nEnter export · {cancel} cancel"
)
EXPORT_HELP: Final = (
    "Exports have no keys and can be imported again with lmdeck history import. "
    "A file ending with .md or .html holds one conversation, one ending with .json or .jsonl several. "
    "No file is replaced."
)
EXPORTED: Final = "Exported to {path}."
EXPORTED_MANY: Final = "Exported {count} conversations to {path}."
