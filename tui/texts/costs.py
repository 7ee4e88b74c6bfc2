"""The ledger, ``lmdeck costs``, budgets."""

from typing import Final

NOT_RECORDED: Final = "{count} not recorded in {path}: {reason}. The costs are incomplete."
CHATS_NOT_READ: Final = "The costs of older chats, or of killed answers, are missing."
FILE_NOT_READ: Final = "Its costs are missing."
BAD_LINES: Final = "{count} damaged in {path}: left out."
ANSWER: Final = "1 answer"
ANSWERS: Final = "{count:,} answers"
LINE: Final = "1 line"
LINES: Final = "{count:,} lines"

# lmdeck costs
NO_LINES: Final = "Nothing was spent in this period."
REVERSED: Final = "the period begins ({since}) after its end ({until}): give --since and --until"
NO_CHAT: Final = "(no chat)"
EVERYTHING: Final = "All costs"
SINCE: Final = "Since {since}"
UNTIL: Final = "Until {until}"
PERIOD: Final = "{since} to {until}"
TOTAL: Final = "Total: {sums}"
TOGETHER: Final = "Combined: {sum}"
TOGETHER_DATED: Final = "Combined: {sum} (rates of {date})"
GPU_PER_MILLION: Final = "GPU cost per million output tokens: {each}."
GPU_EACH: Final = "{name} {sum}"
PROJECTED: Final = "At the end of the month: {sums}"
NOT_PRICED: Final = "Not priced: {providers}."
SET_PRICES: Final = "  Set its prices: lmdeck providers set {name} --input-price P --output-price P"
NOT_PRICED_EACH: Final = "{provider} ({count})"
SET_INPUT_PRICE: Final = "  Set its price: lmdeck providers set {name} --input-price P"
PRICE_OLD: Final = "  Price these answers too: lmdeck costs --price-old {name}"
DIFFERENT: Final = "{count}: the cost reported by the server differs by more than 2 % and is counted."
PRICED_LATER: Final = "{count} priced later, with --price-old."
TODAY: Final = "{sums} today"
NOTHING: Final = "0.00"
PRICED: Final = "{provider}: {count} priced."
NO_PRICE: Final = "{provider} has no price"
BUDGET_MONTH: Final = "this month"
BUDGET_DAY: Final = "today"
BUDGET_PROVIDER: Final = "{provider} this month"
BUDGET_LINE: Final = "Budget {what}: {spent} of {limit} ({percent} %)"
BUDGET_SHORT: Final = "Budget {what}: {percent} % of {limit}"
BUDGET_MORE: Final = "{count} more: lmdeck costs --budget"
BUDGET_UNPRICED: Final = "{count} not priced"
BUDGET_BESIDES: Final = "plus {sums}, not counted"

# Columns, as the screen has them; the command prints them in capitals
KEYS: Final = {
    "provider": "Provider",
    "model": "Model",
    "day": "Day",
    "month": "Month",
    "chat": "Chat",
    "origin": "Origin",
}
REQUESTS: Final = "Requests"
IN: Final = "In"
CACHED: Final = "Cached"
OUT: Final = "Out"
REASONING: Final = "Reasoning"
AMOUNT: Final = "Amount"
TTFT: Final = "TTFT"
RATE: Final = "tok/s"
FAILURES: Final = "Failed"
GPU: Final = "GPU"
MEDIAN: Final = "{name} p50"
