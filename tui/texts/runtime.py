"""What the program reports about its own work: copies, crashes, imports, stored keys, the built-in model."""

from typing import Final

# Copies
NOT_COPIED: Final = "{what} not copied. {detail}"
COPIED: Final = "{what} copied: {detail}"
SAVED: Final = "{what} saved: {detail}"
PASSED_ON: Final = "{what} sent to the terminal: {detail}"
ONE_HIDDEN: Final = "{text} 1 hidden character was removed: check it before you use it."
HIDDEN: Final = "{text} {count} hidden characters were removed: check it before you use it."
IN_TERMINAL: Final = "it is in the clipboard if your terminal supports OSC 52."
IN_TMUX: Final = "it is in tmux (paste with its prefix, then ]) and in your terminal's clipboard."
IN_OLD_TMUX: Final = "it is in tmux (paste with its prefix, then ]); this tmux is too old to pass it on."
ON_DESKTOP: Final = "it is on the clipboard ({tool})."
NO_CLIPBOARD: Final = "No clipboard is available, and {path} could not be written: {reason}."
IN_FILE: Final = "no clipboard is available, so it is in {path}"

# A crash
REPLACED: Final = "Its program files were changed after it started, as an upgrade does: restart it."
CRASHED: Final = "lmdeck crashed: {error}\n{where} Saved chats are kept."
REPORT_IN: Final = "The report is in {path}."
NO_REPORT: Final = "The report could not be written."

# Providers
NOTHING_SENT: Final = "nothing is sent to your providers"

# Stored keys
KEY_MISSING: Final = (
    "The stored key of {names} is missing. It may be in {path}, which could not be read and was kept: "
    "copy it from there, or enter it again."
)
KEY_UNUSED: Final = "A key is stored for {names}, but no provider uses it. Delete it with: {command}"
KEY_UNUSED_BY_HAND: Final = (
    "A key is stored for {names}, but no provider uses it. Delete it from credentials.toml by hand."
)

KEY_UNREADABLE: Final = "stored, but unreadable"
KEY_LOST: Final = "stored, but missing"

# Import
NAME_TAKEN: Final = "a read-only provider has this name"
KEPT: Final = "not changed; add --replace to overwrite it"
RENAMED: Final = "was named {name}."
DEFAULT_STAYS: Final = "not the default: {name} stays the default."
URL_CHANGED: Final = "its URL is different: its previous API key and headers are not used with it."

# Built-in model, chats, files of others
ENGINE_MISSING: Final = "The built-in model is not installed."
NOT_SAVED: Final = "The chat {name} was not saved. {reason}"
UNTITLED: Final = "without a title"
REVIEW: Final = "Review the file, then run: {ways}"
TRUST: Final = "lmdeck providers trust"
KEYS_CHANGED: Final = "The API keys were already changed and could not be restored."
ASK_TITLE: Final = (
    "Write a title for this conversation, in its language, of at most six words."
    " Answer with the title alone.\n\n"
    "User: {prompt}\n\nAssistant: {answer}"
)

LAST_CHECK: Final = "At the last check: {title}"
REMOVE_KEY: Final = "lmdeck providers remove --only-key {name}"
BUILT_IN: Final = "built in"
