"""Why a file cannot be read, written or used, each as the end of a sentence."""

from typing import Final

EMPTY: Final = "it is empty"
