"""``lmdeck history``: the saved chats on the command line."""

from typing import Final

UNTITLED: Final = "(untitled)"
NONE_SAVED: Final = "No saved chats."
NONE_MATCH: Final = "No chat matches."
NOT_A_TIME: Final = "{text!r} is not a valid time. Use 7d, 12h, 2w or 2026-11-01"
SEVERAL: Final = "{name} matches {count} chats: give a number from the list, or an ID"
NO_SUCH_TURN: Final = "this chat has {count:turn|turns}, so there is no turn {number}"

# One chat
YOU: Final = "you> {prompt}"
TURNS: Final = "{count:,} turns"
ONE_TURN: Final = "1 turn"
OTHER_TURNS: Final = "{count} more in other answers and branches"
VARIANT: Final = "answer {number} of {count}"
FAILED: Final = "✗ {title} {advice}"

# Deleting
WILL_DELETE: Final = "This deletes {names}. They stay in the trash for {days} days."
WILL_DELETE_ONE: Final = "This deletes {names}. It stays in the trash for {days} days."
OF_TURNS: Final = "“{title}” ({turns})"
AND: Final = ", "
DELETED: Final = "Deleted “{title}”. To restore it: lmdeck history restore {identity}"
NOT_DELETED: Final = "“{title}” was not deleted. {title_of_failure} {advice}"
RESTORED: Final = "Restored “{title}”."
EMPTY_TRASH: Final = "The trash is empty."

# Exporting
PROMPT: Final = "Prompt"
ANSWER: Final = "Answer"
REASONING: Final = "Reasoning"
BRANCH_LEFT_OUT: Final = "1 turn in another answer or branch is left out; the formats json and jsonl have it."
BRANCHES_LEFT_OUT: Final = (
    "{count} turns in other answers and branches are left out; the formats json and jsonl have them."
)
UNANSWERED_LEFT_OUT: Final = "1 turn without an answer is left out."
SEVERAL_UNANSWERED_LEFT_OUT: Final = "{count} turns without an answer are left out."
FILES_LEFT_OUT: Final = "Attached files are left out; their names are kept."
NEEDS_FOLDER: Final = "this format writes one file per chat; use -o FOLDER/ to export several"
NOTHING_CHOSEN: Final = "give a chat, or --all"
ALL_OR_NAMES: Final = "give chats or --all, not both"
EXPORTED: Final = "Exported “{title}” to {path}"
NOT_EXPORTED: Final = "“{title}” was not exported. {title_of_failure} {advice}"
NO_FOLDER_THERE: Final = "a file has the name of the folder"
FILE_EXISTS: Final = "the file already exists"
ADD_REPLACE: Final = "To replace it, add --replace."
OTHER_NAME: Final = "Choose another name or folder."
ONE_CHAT_A_FILE: Final = "this format holds one chat per file: name a folder for several"
UNKNOWN_ENDING: Final = "it is not a folder, and does not end with .md, .html, .json or .jsonl"
OF_CHAT: Final = "“{title}”: {text}"

# Importing
IMPORT_ADVICE: Final = (
    "Use an export of lmdeck (Markdown, JSON, JSON lines), of ChatGPT (ZIP, folder or conversations.json) or "
    "of Open WebUI, OpenAI messages, or the output of llm logs --json."
)
EMPTY_FILE: Final = "the file is empty"
NOT_JSON: Final = "this is neither JSON nor a Markdown export of lmdeck"
NOT_JSON_LINE: Final = "line {line} is not JSON"
NO_CONVERSATION: Final = "no chat found in it"
NO_RECORDS: Final = "a chat in it has no records"
NO_HEADER: Final = "the first record is not a header"
NO_TURN: Final = "a record in it has a turn name that is not text"
NO_MESSAGES: Final = "it contains something that is not a message"
NOT_OUR_PAGE: Final = "its markers are missing or changed"
TOO_DEEP: Final = "its values are nested too deeply"
ROLE_LEFT_OUT: Final = "Messages of the role “{role}” are left out."
TOOL_CALLS_LEFT_OUT: Final = "Tool calls are left out."
PARTS_LEFT_OUT: Final = "Non-text parts of messages are left out."
BEGINNINGS_LEFT_OUT: Final = (
    "The beginnings of some answers are left out: their branches repeat too much text."
)
ATTACHMENTS_LEFT_OUT: Final = "Attachments are left out."
IMPORTED: Final = "Imported “{title}”: {turns}."
UPDATED: Final = "Updated “{title}”: {turns} added."
PRESENT: Final = "Already there: “{title}”."
COUNTS: Final = "Chats: {counts}."
COUNT_IMPORTED: Final = "{count} imported"
COUNT_UPDATED: Final = "{count} updated"
COUNT_PRESENT: Final = "{count} already there"
COUNT_SKIPPED: Final = "{count} not imported"
NO_EXPORT_IN_FOLDER: Final = "the folder has no conversations.json"
NO_EXPORT_IN_ARCHIVE: Final = "the archive has no conversations.json"
DAMAGED_ARCHIVE: Final = "the archive is damaged or encrypted"
NOT_IMPORTED: Final = "“{title}” was not imported. {title_of_failure} {advice}"

# Searching
NO_WORDS: Final = "give a word or a condition to search for"
NOT_UNDERSTOOD: Final = {
    "since": NOT_A_TIME,
    "has": "{text!r} is unknown: write has:code, has:reasoning or has:error",
    "cost": "{text!r} is not a limit: write cost:>0.01 or cost:<1",
}
READ: Final = "Read {done:,} of {total:,} chats…"
SEARCHED: Final = "Searched {done:,} of {total:,} chats…"
HIT: Final = "     {where}: {line}"
IN_TURN: Final = "{where} {turn}"
IN_OTHER: Final = "{where} (other branch)"
MORE_LINES: Final = "     and {count:more line|more lines}"
