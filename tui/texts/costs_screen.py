"""The screen of costs."""

from typing import Final

TITLE: Final = "Costs"
HELP: Final = (
    "What was spent in a month: by provider, model, day, chat or origin, with the budgets. "
    "Each answer that used tokens is recorded at the price of its day. TTFT and tok/s are medians."
)
READING: Final = "Reading the ledger…"
MONTH: Final = "{month} {year}"
NONE: Final = (
    "No costs in {month}.\n\n"
    "Every answer that uses tokens is recorded here: in chats, lmdeck ask, tests and checks. Prices are set "
    "in the form of a provider.\n\n{previous} shows the previous month."
)
PER_DAY: Final = "{currency} per day"
NO_PLOT: Final = "Nothing was spent in {month}."
UNKNOWN_PLOT: Final = "The cost of {month} is unknown: not every answer has a price."
BY: Final = {
    "provider": "By provider",
    "model": "By model",
    "day": "By day",
    "chat": "By chat",
    "origin": "By origin",
}
INSIDE: Final = "{by}: {key}"
ORIGINS: Final = {
    "chat": "Chat",
    "ask": "lmdeck ask",
    "test": "Test",
    "check": "Check",
    "compare": "Compare",
    "bench": "Benchmark",
    "embed": "lmdeck embed",
    "other": "Other",
}

# Columns of exchanges
TIME: Final = "Time"
FOR: Final = "For"

# Beside the plot
BUDGET_UNREADABLE: Final = "A budget in config.toml cannot be read: lmdeck costs --budget"
NO_BUDGET: Final = 'No budget. Set one in config.toml: [budget] month = "20 EUR"'
AT_THE_END: Final = "{amount} by the end of the month"

# Below the table
NOT_PRICED: Final = "Not priced: {providers}. Select one and press {key} to enter its price."
NOT_PRICED_ELSEWHERE: Final = "Not priced: {providers}. Group by provider ({by}) to enter their prices."
DEAREST_IN: Final = "Most expensive chats in {currency}"
DEAREST: Final = "Most expensive chats"
OF_NO_CHAT: Final = "This exchange belongs to no chat."
CHAT_GONE: Final = "This chat no longer exists."
PROVIDER_GONE: Final = "The provider {name} no longer exists."

# Exporting
EXPORT_TITLE: Final = "Export the costs of {month}"
EXPORT_PLACEHOLDER: Final = "A file ending with .csv or .json, or a folder"
EXPORT_KEYS: Final = "The ending sets the format.\nEnter export · {cancel} cancel"
EXPORT_HELP: Final = "The sums that are shown, with exact amounts. No file is replaced."
UNKNOWN_ENDING: Final = "it is not a folder, and does not end with .csv or .json"
