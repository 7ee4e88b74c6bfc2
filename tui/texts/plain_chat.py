"""What the chat without screens prints."""

from typing import Final

HELP: Final = """\
Write a message and press Enter. End a line with \\ to continue it on the next line. Ctrl+C stops an answer.
/again       retry the last message         /continue  resume an answer that was cut off
/previous    use the previous answer        /next      use the next answer
/model NAME  use another model              /new       start a new chat
/title TEXT  rename the chat                /help      show this help
/quit        quit (or Ctrl+D)"""
TYPE_HELP: Final = "Type /help for help."
NEW_CHAT: Final = "Started a new chat."
TITLE: Final = "title: {title}"
NO_TITLE: Final = "none yet"
MODEL: Final = "model: {model}"
UNKNOWN_COMMAND: Final = "Unknown command {command}. Type /help for the list."
NO_ANSWER: Final = "There is no answer yet."
NO_EARLIER: Final = "The last message has no earlier answer."
NO_LATER: Final = "The last message has no later answer."
NOTHING_TO_CONTINUE: Final = "There is no answer to continue."
READ_ONLY: Final = "This chat is read-only. Type /new to start another one."
NOT_SENT: Final = "not sent: {title} {advice}"
FAILED: Final = "failed: {title} {advice}"
TOTAL: Final = "chat: {total}"
VARIANT: Final = "answer {number} of {count} (/previous and /next show the others)"
