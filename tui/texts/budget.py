"""What a chat shows about budgets."""

from typing import Final

MARK: Final = "budget {percent} %"
TITLE: Final = "Send a paid request?"
QUESTION: Final = "{budget}\n\nBudgets are set in config.toml."
SEND: Final = "Send anyway"
CANCEL: Final = "Cancel"
