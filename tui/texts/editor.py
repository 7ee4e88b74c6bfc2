"""The editor in which a text is edited outside lmdeck."""

from typing import Final

NO_EDITOR: Final = (
    "No editor is set. Run export EDITOR=nano (or another editor) in your shell, then restart lmdeck."
)
OPEN_QUOTATION: Final = "${name} is not a command: it has an unclosed quotation mark."
NOT_FOUND: Final = "{program} was not found. Correct ${name}, which names it."
NOT_STARTED: Final = "{program} cannot be started: {reason}. Your text is unchanged."
FAILED: Final = "{program} exited with status {status}. Your text is unchanged."
KILLED: Final = "{program} was killed by signal {signal}. Your text is unchanged."
AT_ONCE: Final = (
    "{program} closed at once, and the text is unchanged. If its window is still open, add its wait option "
    "to ${name}, such as code --wait."
)
NOT_USED: Final = "The edited text cannot be used: {reason}. Your text is unchanged."
NOT_UTF8: Final = "it is not UTF-8"
KEPT: Final = "{problem} What the editor saved is in {path} until lmdeck ends."
PLAIN_NOTHING: Final = "Nothing was written, and nothing was sent."
