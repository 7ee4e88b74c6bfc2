"""Files: settings, providers, keys, chats, and what is imported."""

from typing import Final

# Any file
UNREADABLE: Final = "{path} cannot be read: {reason}."
CANNOT_READ: Final = "{path} cannot be read: {reason}. {consequence}"
CANNOT_WRITE: Final = "{path} cannot be written: {reason}. {consequence}"
SET_ASIDE: Final = "{path} could not be read: {reason}. It was saved as {copy}."
NO_BACKUP: Final = "{path}.bak cannot be written: {reason}. The previous version is not kept."

# Settings
DEFAULTS_USED: Final = "{path} cannot be read: {reason}. The defaults are used until you correct it."
DEFAULT_USED: Final = "{path}: {name} {problem}. Its default is used."
ENTRY_IGNORED: Final = "{path}: {name} {problem}. It is ignored."
BUDGET_UNREAD: Final = "{path}: {name} {problem}. This budget counts once you correct it."
USE_SETTING: Final = "{name} is not a setting; use {closest}."
REMOVE_SETTING: Final = "{name} is not a setting; it is ignored. See docs/settings.md."

TEXT_WANTED: Final = 'must be a text in quotes, such as "text"'
FLAG_WANTED: Final = "must be true or false, without quotes"
COUNT_WANTED: Final = "must be a whole number above 0, such as 1024"
NUMBER_WANTED: Final = "must be a number, such as 0.7"
AMOUNT_WANTED: Final = 'must be an amount of 0 or more, such as "0.0015"'
ONE_WANTED: Final = "must be one of: {values}"
QUOTED_ONE_WANTED: Final = "must be one of: {values}, in quotes"
BINDINGS_TABLE: Final = 'must be a table, under a line [keys], such as "chat.stop" = "ctrl+t"'
BINDING_WANTED: Final = '{name} must be a key in quotes, such as "f5"'

# Providers
TABLE_WANTED: Final = "must be a table, under a line such as [providers.NAME.{key}]"
BODY_WANTED: Final = "must be a table, or a JSON object in quotes"
HOLDS_KEY: Final = (
    'holds a key itself, and this file is not private; write "env:NAME", or enter it in the form'
)
UNKNOWN_SETTING: Final = "is not a known setting; {advice}"
WRITE_CLOSEST: Final = "write {closest}"
REMOVE_OR_FIX: Final = "remove it, or correct its name"
VALUE_MISSING: Final = "is empty: give it a value, or remove the line"
PIN_WANTED: Final = "must be a SHA-256 in 64 digits 0-9 and a-f"
CERTIFICATE_WANTED: Final = "needs client_certificate as well"
IN_TLS_TABLE: Final = "belongs under a line [providers.NAME.tls]"
NEWER_PROVIDERS: Final = "{path} was written by a newer lmdeck and is read-only. Update lmdeck to edit it."
READ_AGAIN: Final = "{problem} It is read again once that is corrected."
PREVIOUS_SHOWN: Final = (
    "{problem} An earlier version is shown. Correct the file; until then it is not used or changed."
)
NONE_SHOWN: Final = (
    "{problem} Your providers are not shown. Correct the file; until then it is not used or changed."
)
PROVIDERS_UNCHANGED: Final = "your providers are not changed"
SITE_UNREADABLE: Final = "{problem} Tell your administrator."
KEYS_NOT_USED: Final = "{reason}. Its API keys are not used until then."
PROVIDERS_TABLE: Final = '{path}: "providers" must be a table. Write one [providers.NAME] for each provider.'
PROVIDER_IN: Final = "{path}, provider {name}"
SAME_NAME: Final = (
    "{label}: this name appears twice, in two spellings that Unicode treats as one ({marks}). "
    "The first one is used; rename this one."
)
NO_TABLE: Final = "{label}: must be a table, under a line [providers.{name}]."
BODY_INFINITE: Final = "must not contain nan or inf"
MUST_BE_TABLE: Final = "it must be a table"
USE_DEFAULTS: Final = 'write Model = "NAME" under a line [defaults]'
IGNORED: Final = "it is ignored"
UNKNOWN_NAME: Final = "{path}: {name} is unknown here; {advice}."
UNKNOWN_FIELD: Final = "{label}: {name} is not a field; {advice}."
USE_FIELD: Final = "use {closest}"
FIELD_PROBLEM: Final = "{label}: {field} {problem}."
NOTHING_SENT: Final = "{label}: {field} {problem}. Nothing is sent to this provider until then."

# API keys
COMMAND_NOT_RUN: Final = "its command is not run"
KEY_NOT_USED: Final = "it is not used"
VARIABLE_UNSET: Final = "${name} is not set"
SET_VARIABLE: Final = "Run export {name}=… in your shell, then restart lmdeck."
OPEN_QUOTATION: Final = "it has an unclosed quotation mark"
CLOSE_QUOTATION: Final = "Close the quotation mark in the command."
RELATIVE_PATH: Final = "the path is relative"
USE_FULL_PATH: Final = "Use a full path or ~, such as file:~/key."
FIX_PATH_OR_FILE: Final = "Correct the path or the file."
NO_FILE: Final = "the file does not exist"
FIX_PATH: Final = "Correct the path after file:."
FILE_OPEN: Final = "others can access the file"
CLOSE_FILE: Final = "Run: chmod 600 {path}"
FOREIGN_FILE: Final = "the file belongs to another user"
USE_OWN_FILE: Final = "Use a file of your own."
FIX_KEY_ENTRY: Final = "Correct {path}, or enter the key again."
KEY_MAY_BE_IN: Final = ", or copy it from {path}, which could not be read and was kept"
NO_KEY_STORED: Final = "none is stored for {name}"
ENTER_KEY: Final = "Edit the provider and enter its key{where}."
KEYS_TABLE: Final = "keys must be a table, under a line [keys]{line}"
KEY_NO_TEXT: Final = "the key of {name} is not a text in quotes{line}"
THE_FORM: Final = "the form"
STORED_KEY: Final = "the stored key"
COMMAND_SLOW: Final = "the command took longer than {seconds:g} seconds"
COMMAND_MAY_ASK: Final = "Run it once in a terminal: it may be waiting for a password."
COMMAND_UNKNOWN: Final = "the command was not found"
INSTALL_COMMAND: Final = "Install it, or write its full path after cmd:."
COMMAND_FORBIDDEN: Final = "you have no permission to run the command"
MAKE_EXECUTABLE: Final = "Make the file executable: chmod u+x."
COMMAND_BROKEN: Final = "the command cannot be run"
TRY_COMMAND: Final = "Try it in a terminal first."
COMMAND_LONG: Final = "the command prints far more than a key"
KEY_ALONE: Final = "Use one that prints only the key."
COMMAND_KILLED: Final = "the command was killed by signal {signal}"
COMMAND_FAILED: Final = "the command failed with status {status}"
SEE_COMMAND: Final = "Run it in a terminal to see what it prints."
COMMAND_SILENT: Final = "the command printed nothing on its first line"
KEY_FIRST: Final = "Use one that prints the key first."
ODD_KEY: Final = "{path}: {problem}. Correct it, or enter the key again."
KEYS_REFUSED: Final = "{title} {advice} Providers without a stored key still work."
FIX_KEY_FILE: Final = "Correct {path}, or enter the key again: the file is then saved as a copy, and {kept}."
KEEPS_READABLE: Final = "every readable key stays in use"
KEEPS_NONE: Final = "the keys in it are no longer used"
KEY_FILE_OPEN: Final = "others can read the file, and that cannot be changed: {reason}"
USE_REFERENCE: Final = 'Use a key reference such as "env:NAME" instead of a stored key.'
NO_PERMISSIONS: Final = "the disk keeps no permissions"
MADE_PRIVATE: Final = (
    "Others could read {path}; it is private now. Replace its keys if others use this machine."
)
ONE_KEY_STAYS: Final = (
    "{notice} 1 of its keys stays in use. Copy a missing key from there, or enter it again."
)
KEYS_STAY: Final = (
    "{notice} {count} of its keys stay in use. Copy a missing key from there, or enter it again."
)

# Chats
ATTACHMENT_LOST: Final = "{name} {problem}: only its name is left."
OPEN_ELSEWHERE: Final = "This chat is open in {holder}. Read it here, or fork it to continue."
NEWER_CHAT: Final = "A newer lmdeck wrote this chat: it is read-only. Update lmdeck, or fork it."
ONE_LINE_LOST: Final = "1 line of this chat cannot be read. The rest is shown."
LINES_LOST: Final = "{count} lines of this chat cannot be read. The rest is shown."
SUMMARY_UNREADABLE: Final = "It cannot be read: {reason}."
SUMMARY_GONE: Final = "It no longer exists."
SUMMARY_NEWER: Final = "A newer lmdeck wrote it: it can be read, not continued."
SUMMARY_DAMAGED: Final = "{count} of its lines cannot be read; the rest is there."
TRASH_STAYS: Final = "Deleted chats in it are kept."
NOT_OFFERED: Final = "Chats that were interrupted are not offered at the next start."
SLOW_LIST: Final = "The list of chats takes longer to open."
SLOW_SEARCH: Final = "Searching the chats takes longer."
NO_DRAFTS: Final = "Unsent messages are lost if lmdeck is killed."
TAKEN_OVER: Final = "Another lmdeck writes to this chat; new messages here are only in memory."
CLOSE_OTHER: Final = "Close the other one to save this, or fork the chat."
MOVED_BACK: Final = "{path} {event} by another program. The whole chat is saved again under that name."
MOVED: Final = "{path} {event} by another program. The whole chat is saved in {place}."

# Logs and caches
NO_LOG: Final = "There is no debug log of this run."
LOG_ENDS: Final = "The debug log ends there."
MEMORY_ONLY: Final = "What lmdeck learned about endpoints is lost when it quits."
NOT_JSON: Final = "it is not JSON written by lmdeck"
NO_ENGINE_LOG: Final = "The built-in model runs without a log."

# Deleting
UNKNOWN_KIND: Final = "{what} is not one of {kinds}"
ATTACHMENTS_STAY: Final = "The files in {path} are still there: {reason}"
STILL_OPEN: Final = "{path} is still there: {holder} has it open. Close it, then delete again."
STILL_THERE: Final = "{path} is still there: {reason}."
FOLDER_STAYS: Final = "{path} cannot be read: {reason}. Its contents are still there."

# Budgets
BUDGET_TABLE: Final = 'must be a table, under a line [budget], such as month = "20 EUR"'
BUDGET_PROVIDERS: Final = 'providers must be a table, under a line [budget.providers], such as gpu = "5 EUR"'
BUDGET_UNKNOWN: Final = "{name} is not one of month, day, providers"
BUDGET_AMOUNT: Final = '{name} must be an amount and a currency in quotes, such as "20 EUR"'
BUDGET_OF_NOBODY: Final = (
    "{path}: the budget of {name} counts nothing: there is no such provider, and there never was."
)
BUDGET_MISNAMED: Final = (
    "{path}: the budget of {name} counts nothing: there is no such provider; use {closest}."
)
RATES_TABLE: Final = 'must be a table, under a line [rates], such as EUR = "1.08"'
RATES_DATE: Final = "date must be a day, such as 2026-11-01"
RATES_AMOUNT: Final = '{name} must be a currency and its worth in US dollars, such as EUR = "1.08"'
