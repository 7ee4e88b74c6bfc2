"""The texts of how full a model's context is."""

from typing import Final

GAUGE: Final = "context {used} of {window} ({percent} %){images}{draft}"
GAUGE_SHORT: Final = "context ~{percent} %{images}"
DRAFT: Final = " · draft {tokens}"
IMAGES: Final = " + images ?"
LINE: Final = "context: {used} of {window} tokens ({percent} %)"
LINE_UNKNOWN: Final = "context: {used} tokens; its size is unknown"

TITLE: Final = "This does not fit the model's context"
TOO_LONG: Final = "{tokens} tokens are too many for a context of {window}: {excess} too many. The largest:"
SHARE: Final = "message {number}, {tokens} tokens: {title}"
SHARE_DRAFT: Final = "this message, {tokens} tokens"
FILE: Final = "largest file: {words}"
HOW: Final = "Shorten the message, edit or leave out an earlier one, or start a new chat."
SEND: Final = "Send anyway"
CANCEL: Final = "Cancel"
PLAIN: Final = "Send it again to send it anyway."
