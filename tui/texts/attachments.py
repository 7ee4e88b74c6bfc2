"""Files and images that are attached to messages."""

from typing import Final

# A line for each attachment
ATTACHED: Final = "[{words}]"
IMAGE: Final = "image {number}"
LINES: Final = "{count} lines"
ONE_LINE: Final = "1 line"
TOKENS: Final = "~{count} tok"
BYTES: Final = "{count:byte|bytes}"
KILOBYTES: Final = "{count} kB"
MEGABYTES: Final = "{count} MB"
LEADS_TO: Final = "{name} → {target}"
LOST: Final = "The file is no longer stored."
MORE_LINES: Final = "… {count:more line|more lines}"

# The list of files over the prompt
FILES: Final = "Files"
SCANNING: Final = "looking for files…"
CAPPED: Final = "the first {count} files"

# Sending them
READING: Final = "The previous message is still being prepared: reading its files, checking its size."
CHANGED: Final = "{name} has changed since you mentioned it: its new content is sent."
SEND_IMAGES: Final = "Send the image?"
REFUSED_BEFORE: Final = "{model} has refused images before. Your message is kept if you do not send it."
REFUSED_BEFORE_PLAIN: Final = (
    "{model} has refused images before. Send the same message again to send it anyway."
)
TEST_IMAGES: Final = "To test it again: lmdeck check {provider} --only vision"
SEND_SECRETS: Final = "Send {names}?"
SECRETS: Final = (
    "Files with this name usually hold keys or passwords. Your message is kept if you do not send it."
)
SECRETS_PLAIN: Final = (
    "{names}: files with this name usually hold keys or passwords."
    " Send the same message again to send it anyway."
)
LAST_LINE: Final = "its last line is {count}"
NO_RANGE: Final = "no line is in that range"
DROPPED: Final = "No longer attached: {names}"
SECRETS_ASK: Final = "{names}: files with this name usually hold keys or passwords. Send anyway?"
ATTACH_HOW: Final = "Nothing is attached. Type /attach FILE, or mention a file in your message: @path"
SEND: Final = "Send"

# Large pastes
PASTED: Final = "pasted {count} lines"
