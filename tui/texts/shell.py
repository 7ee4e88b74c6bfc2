"""What the program shows around its screens: toasts of the app, dialogs, help, palette."""

from typing import Final

THEME_NOT_KEPT: Final = "The theme lasts until you quit: {reason}"
LOSS_FORM: Final = "The provider form has unsaved changes."
LOSS_CHANGE: Final = "A change is waiting for another lmdeck."
