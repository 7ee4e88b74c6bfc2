"""The provider list: its columns, states, groups, details and recent chats."""

from typing import Final

TITLE: Final = "Providers"
HELP: Final = (
    "The endpoints you can chat with. ★ marks the default one. State says whether an endpoint answered "
    "just now, and what is wrong if it can't be used; checking costs no tokens."
)

# The title of the list, on the right.
TOTAL: Final = "{total}"
SHOWN: Final = "{shown} of {total}"
OK: Final = "{count} ok"
NEED_ATTENTION: Final = "{count} need attention"
NEEDS_ATTENTION: Final = "{count} needs attention"
CHECKED: Final = "checked {done} of {total}"
SORTED: Final = "by {column}"

# Groups.
YOURS: Final = "yours"
SITE_WIDE: Final = "site-wide (read-only)"
BUILT_IN: Final = "built in (read-only)"
NONE_YET: Final = "yours: none yet"
NONE_OF_YOURS: Final = "yours: none yet · press {add} to add one, {find} to find servers on this machine"

# Columns.
NAME: Final = "Name"
MODEL: Final = "Model"
ADDRESS: Final = "Address"
STATE: Final = "State"
PRICE: Final = "Price/1k"
USED: Final = "Last used"
SERVER: Final = "Server"
CONTEXT: Final = "Context"
KEY: Final = "Key"
DEFAULT: Final = "Default"
THIS_MACHINE: Final = "this machine"
UNKNOWN: Final = "—"
FREE: Final = "free"
PRICES: Final = "{input} / {output} {currency}"
ONE_PRICE: Final = "{input} {currency}"

# States, in a word or two.
CHECKING: Final = "checking"
MILLISECONDS: Final = "{milliseconds:.0f} ms"
UP: Final = "up"
READY: Final = "ready"
MODEL_GONE: Final = "model gone"
NO_MODEL: Final = "no model"
NO_KEY: Final = "no key"
KEY_REFUSED: Final = "key refused"
LOADING: Final = "loading"
LOADING_PERCENT: Final = "loading {percent} %"
STARTING: Final = "starting"
BUSY: Final = "busy"
NO_CREDIT: Final = "no credit"
NO_VECTORS: Final = "no vectors"
REFUSED: Final = "refused"
UNKNOWN_HOST: Final = "unknown host"
TIMEOUT: Final = "timeout"
NO_ROUTE: Final = "no route"
NO_ANSWER: Final = "no reply"
TLS_ERROR: Final = "TLS error"
PROXY_ERROR: Final = "proxy error"
WRONG_URL: Final = "wrong URL"
SERVER_ERROR: Final = "server error"
BROKEN: Final = "broken"
NO_LIST: Final = "no model list"
DOWN: Final = "down"
BLOCKED: Final = "blocked"
NOT_INSTALLED: Final = "not installed"
OFF: Final = "inactive"

# The details of the selected provider.
IS_UP: Final = "Reachable in {milliseconds:.0f} ms. The server offers {model}."
ANSWERS: Final = "Reachable in {milliseconds:.0f} ms."
IS_READY: Final = "Ready. It starts with the first message: no server and no key needed."
IS_CHECKING: Final = "Checking the model list. This costs no tokens."
IS_UNKNOWN: Final = "Not checked yet."

IS_OFF: Final = "Inactive: hidden from chats."
LACKS_LIST: Final = "The server answers but has no model list, so it is unknown whether it can chat."
OFFERS: Final = "The server offers {models}."
OFFERS_MORE: Final = "The server offers {models} and {more} more."
INSTALL: Final = "Install it with: {command}"
CONTEXT_WINDOW: Final = "context {tokens:,}"
API_KEY: Final = "key {source}"
PRICE_UNKNOWN: Final = "price unknown"
PRICE_PER_1K: Final = "{price} per 1k tokens"
EMBEDDINGS: Final = "embeddings"
READ_ON: Final = "Tab to read on"

# What can be done about it.
OFFER_CHAT: Final = "chat"
OFFER_TEST: Final = "test"
OFFER_DIAGNOSE: Final = "diagnose"
OFFER_EDIT: Final = "edit"
OFFER_EDIT_KEY: Final = "edit the key"
OFFER_USE: Final = "use it"
OFFER_CHOOSE: Final = "choose a model"
OFFER_CLONE: Final = "clone"
OFFER_AGAIN: Final = "test again"
OFFER_CLOSE: Final = "close"
OFFER_RECHECK: Final = "recheck all"

# Recent chats.
INTERRUPTED: Final = "“{title}” was interrupted. Press {key} to continue it."
RECENT_TITLE: Final = "Recent chats"
ALL_CHATS: Final = "{key} all"
READING: Final = "Reading the conversations…"
NO_CHATS: Final = "No chats yet. {key} starts one with the selected provider."
UNTITLED: Final = "Untitled"
TURNS: Final = "{count:,} turns"
ONE_TURN: Final = "1 turn"

# The filter.
FILTER_HINT: Final = "Filter by name, model or state. Enter to open, Down for the list, {key} to clear"
NOTHING_MATCHES: Final = "No provider matches the filter. Press {key} to clear it."

# What was done, or could not be done.
FILE_CHANGED: Final = "The providers file was changed outside lmdeck and has been reloaded."
NOTHING_DONE: Final = "{name} is no longer in the list. Nothing was done."
IS_INACTIVE: Final = "{name} is inactive. Press {key} to edit it and set State to Active."
BUILT_IN_FIXED: Final = "{name} is built in and can't be changed."
SITE_FIXED: Final = "{name} is set up for the whole site and can't be changed. Press {key} to clone it."
DELETE_TITLE: Final = "Delete {name}?"
DELETE_BODY: Final = "Its saved conversations are kept. Press {key} to undo, until you quit."
DELETE: Final = "Delete"
KEEP: Final = "Keep"
DELETED: Final = "Deleted {name}. Press {key} to undo."
RESTORED: Final = "Restored {name}."
APPLIED: Final = "{name} now uses {value}. Press {key} to undo."
UNDONE: Final = "{name} is back to {value}."
MORE_NOTICES: Final = "{count} more, shown once these are corrected."

# The choice of a model.
CHOOSE_TITLE: Final = "Choose a model for {name}"
CHOOSE_PLACEHOLDER: Final = "Type part of the name"
CHOOSE_NOTHING: Final = "The server offers no model of that name."

# The test of a provider.
TEST_TITLE: Final = "Test of {name}"
TEST_HELP: Final = (
    "Sends the provider's test message and shows the answer, or what is wrong and how to fix it. An "
    "embedding provider gets its test text and three fixed ones, and the cosines of their vectors are shown: "
    "the first two texts mean nearly the same, so they must be the closest."
)
TEST_WAITING: Final = "Waiting for {model}. {key} to stop."
TEST_PROGRESS: Final = "{progress} {key} to stop."

# The columns of all fields, named as on Casibase's page
FIELD_DISPLAY_NAME: Final = "Display name"
FIELD_CATEGORY: Final = "Category"
FIELD_TYPE: Final = "Type"
FIELD_SUB_TYPE: Final = "Sub type"
FIELD_MODEL: Final = "Compatible provider"
FIELD_URL: Final = "Provider URL"
FIELD_KEY: Final = "API key"
FIELD_REMOTE: Final = "Is remote"
FIELD_REACHABLE: Final = "Reachable"
YES: Final = "yes"
NO: Final = "no"
