"""Presets: the files, and their use."""

from typing import Final

UNREADABLE: Final = "{path} is not used: {reason}."
UNTRUSTED: Final = "{path} is not used: {reason}. {advice}"
CLOSE_FILE: Final = "Review it, then run: {command}"
OWN_FILE: Final = "Use a file and folders of your own."
FOLDER_UNREADABLE: Final = "Your presets in {path} cannot be read: {reason}."
TAKEN: Final = "it has the name of the command /{name}; rename it"
ODD_NAME: Final = "its name can have only letters, digits, - and _, at most 40"
NO_TEXT: Final = "{name} must be a text in quotes"
NO_VALUE: Final = "{name} has no usable value"
UNKNOWN_KEY: Final = "it has no setting {name}; remove it or use one of {names}"
UNKNOWN_PLACEHOLDER: Final = (
    "its prompt has {name}, but the only placeholder is {known}: paste the text after the name of the preset"
)
TOO_MANY: Final = "Only the first {most} presets are used."

USED: Final = "Preset {name} is used from now on."
USED_WITH: Final = "Preset {name} is used from now on, with {provider}."
USED_BUT: Final = (
    "Preset {name} is used from now on. Its provider {provider} is not available; {current} is used."
)
SENT_AS_TEXT: Final = "/{name} is neither a command nor a preset: it was sent as a message."
NEEDS_INPUT: Final = "Preset {name} needs a text: /{name} TEXT"

NONE: Final = "There are no presets in {folder}. To add three samples: lmdeck presets --install"
FOLDER: Final = "Your presets are in {folder}, one TOML file each."
INSTALLED: Final = "Added to {folder}: {names}."
KEPT: Final = "Kept yours: {names}."
