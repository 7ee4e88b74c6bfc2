"""The ledger, ``lmdeck costs``, budgets."""

from typing import Final

NOT_RECORDED: Final = "{count} not recorded in {path}: {reason}. The costs are incomplete."
CHATS_NOT_READ: Final = "The costs of older chats are missing."
FILE_NOT_READ: Final = "Its costs are missing."
BAD_LINES: Final = "{count} damaged in {path}: left out."
ANSWER: Final = "1 answer"
ANSWERS: Final = "{count:,} answers"
LINE: Final = "1 line"
LINES: Final = "{count:,} lines"
