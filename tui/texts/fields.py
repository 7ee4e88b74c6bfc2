"""What is wrong with the fields of a provider. What they are for is in ``core/provider_schema.py``."""

from typing import Final

NAME_MISSING: Final = "Enter a name, e.g. my-server."
NAME_CHARACTERS: Final = "Use only letters A-Z, digits, dots, underscores and hyphens."
NAME_HYPHEN: Final = "A name can't start with a hyphen."
NAME_USED: Final = "This name is already used. Choose another."
MODEL_MISSING: Final = "Enter the model name, e.g. qwen-plus."
MODEL_SPACES: Final = "Remove the spaces around the model name."
PRICE_NEGATIVE: Final = "A price can't be negative. Enter 0 if it is free."
PRICE_NUMBER: Final = "Enter a number, e.g. 0.0005, without a currency sign."
