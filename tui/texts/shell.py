"""What the program shows around its screens: toasts of the app, dialogs, help, palette."""

from typing import Final

THEME_NOT_KEPT: Final = "The theme lasts until you quit: {reason}"
LOSS_FORM: Final = "The provider form has unsaved changes."
LOSS_CHANGE: Final = "A change is waiting for another lmdeck."

CHAT_WITH: Final = "Chat: {name} · {model}"
OPEN_CHAT: Final = "Open: {title}"
NO_THEME: Final = "There is no theme {name}. Use dark, light or ansi."
NO_SUCH_KEY: Final = "{key} is no key, so {name} keeps its own. See docs/keys.md."
KEY_TAKEN: Final = "{key} is already the key of {other}, so {name} keeps its own. See docs/keys.md."
NO_BINDING: Final = "There is no key binding {name}. See docs/keys.md."
CALM: Final = "Animations are off."
NOT_CALM: Final = "Animations are on."
HOW_TO_QUIT: Final = "Press {key} to quit."
ODD_LINK: Final = "This link is not a plain web address, so it was not opened."
USE_THEME: Final = "Use theme: {name}"
THEME_HINT: Final = "Use this theme, now and at the next start"
END_ANIMATIONS: Final = "Turn off: animations"
ALLOW_ANIMATIONS: Final = "Turn on: animations"
CALM_HINT: Final = "Until you quit"
DIALOG_HELP: Final = "Choose an answer by its letter, or select it."
TOO_SMALL: Final = (
    "This window has {width}×{height} cells, lmdeck needs {needed}.\nMake it larger, or press {key} to quit."
)
TEXT_TOO_LONG: Final = "The text is too long to draw in full. All of it is saved and can be copied."
STILL_WAITING: Final = "An earlier change is still waiting for another lmdeck. Press {key} to cancel it."
CHANGE_WAITS: Final = "{title} Your change waits for it. Press {key} to cancel."
CHANGE_CANCELLED: Final = "Cancelled: nothing was changed."
QUIT_TITLE: Final = "Quit lmdeck?"
LINK_COPIED: Final = "Copied the link: {address}"
