"""Texts of the provider form. Those of its fields are in ``core/provider_schema.py``."""

from typing import Final

TITLE: Final = "Providers › {name}"
NEW: Final = "new provider"
COPY_OF: Final = "copy of {name}"
UNSAVED: Final = "unsaved"
ONE_ERROR: Final = "1 error"
ERRORS: Final = "{count} errors"
SAVED: Final = "Saved {name}."
SAVED_STATUS: Final = "✓ saved"

# Buttons
SAVE: Final = "Save"
SAVE_EXIT: Final = "Save & Exit"
COPY: Final = "Clone"
TEST: Final = "Test"
SHOW_KEY: Final = "Show"
FIX: Final = "Fix"
USE: Final = "Use it"
DISCARD: Final = "Discard"
KEEP_EDITING: Final = "Keep editing"
ALLOW: Final = "Allow"
BACK: Final = "Go back"

# Rows
ADVANCED: Final = "Advanced: thinking, sampling, headers, TLS"
ADVANCED_HINT: Final = "Enter or Space opens and closes the settings that most servers don't need."
SITE_WIDE: Final = (
    "{label} is from a site-wide file and can't be changed here. Press {key} for a copy that you can edit."
)
OVER_WHOLE_KEY: Final = "{label} is stored. Enter another key to replace it, or clear the field."
KEY_MISSING: Final = "The stored key is missing.{place} Enter it again, or clear the field."
KEY_IN_FILE: Final = " It may be in {file}, which could not be read and was set aside."
KEY_NOT_COPIED: Final = "The stored key is not copied. Enter it again, or clear the field."
KEY_UNSAFE: Final = "The file of this provider is writable by others, so its API key is not copied."
NO_COPY: Final = "API keys can't be copied from here."

# Models
SUGGESTIONS: Final = "Suggestions. Enter a URL to list the server's own models."
COMMON_NAMES: Final = "Common names"
ONE_MODEL: Final = "1 model on this server"
MODELS: Final = "{count} models on this server"
NO_MODELS: Final = "This server lists no models."
OPEN_LIST: Final = "{key} or ▾ opens the list."
OFFERS_ONE: Final = "The server offers {model}."
OTHERS_OFFERED: Final = "The server does not list this model. It offers {models}."

# Choices
OPEN_CHOICES: Final = "{open} opens the list, {previous} and {next} change the value."
TOGGLE: Final = "{open} switches."

# The server now
ENTER_URL: Final = "Enter a Provider URL to see what the server says."
ASKING: Final = "… Asking {address}"
REACHABLE: Final = "● Reachable"
REACHABLE_BUT: Final = "● Reachable, but not usable yet"
ANSWERS: Final = "◌ Answers, without a list of models"
KIND: Final = "Kind"
TOKENS: Final = "{count:,} tokens"
UNKNOWN: Final = "unknown"
MORE_MODELS: Final = "and {count} more"
KEY_LATER: Final = "The API key is sent when you move to another field."
CONTEXT_OF: Final = "context {count:,}"

# The test
TESTING: Final = "Asking {model}."
PROGRESS: Final = "… {text} {key} to stop."
STOPPED: Final = "– Stopped."
WORKS: Final = "● It works"
FIRST: Final = "first token {milliseconds:.0f} ms"
ONLY_REASONING: Final = "Reasoning only, no answer."
EARLIER: Final = "With earlier values: {title} Test again."
NOTE: Final = "Note: {note}"
NOT_COUNTED: Final = "the server reports no token counts: the number is estimated."
OTHER_MODEL: Final = "the server reports that {model} answered."
RETRIED_ONCE: Final = "retried once."
RETRIED: Final = "retried {count} times."

# Questions
CLOSE_TITLE: Final = "Close the form?"
CLOSE_BODY: Final = "It has unsaved changes."
OPEN_KEY_TITLE: Final = "Send the key unencrypted?"
OPEN_KEY_BODY: Final = "{question} Your choice is saved with this provider."
PER_MILLION: Final = "That is {amount} per million."
