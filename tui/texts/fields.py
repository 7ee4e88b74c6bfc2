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

NAME_LONG: Final = "A name has at most {most} characters; this one has {count}."
DISPLAY_NAME: Final = "A display name"
MODEL_NAME: Final = "A model name"
PRICE_LONG: Final = "A price has at most {most} characters."
PRICE_TYPE: Final = "A price is a number of at least 0."
ONE_OF: Final = "Use one of {values}."
KEY_INVALID: Final = "The API key is invalid: {reason}."
KEY_DOUBTFUL: Final = "The API key looks wrong: {reason}."
KEY_UNENCRYPTED: Final = (
    "The API key would travel unencrypted to {host}: use https:// or an SSH tunnel, "
    "or allow it for this provider."
)
NUMBER: Final = "{label} is a number from {lowest} to {highest}."
WHOLE_NUMBER: Final = "{label} is a whole number from {lowest} to {highest}."
PIN_FORM: Final = "A pinned certificate is its SHA-256: 64 digits 0-9 and a-f."
CERTIFICATE_MISSING: Final = "A client key needs its certificate: set the certificate file as well."
VERIFICATION_OFF: Final = (
    "The CA file or pinned certificate is ignored while verification is off: turn it on."
)
HEADER_NAME: Final = "A header name has only letters, digits and hyphens."
HEADER_OURS: Final = "lmdeck sets {name} itself."
HEADER_OF_KEY: Final = "The API key is sent in {name}: clear the API key, or choose another key header."
HEADER_VALUE: Final = "The value of {name} has characters that a header cannot contain."
TOO_LONG: Final = "{label} has at most {most} characters."
NOT_PLAIN: Final = "{label} cannot have line breaks or invisible characters."
HEADER_LINE: Final = "Line {number} is not a header: write one Name: value per line."
BODY_LONG: Final = "The extra body has at most {most:,} characters."
BODY_FORM: Final = "Use a JSON object, or lines such as top_k = 20. This cannot be read: {reason}."
BODY_SURROGATE: Final = "It contains half of a character, such as \\ud800: write the whole one."
BODY_INFINITE: Final = "A request cannot contain nan or inf."
BODY_DATE: Final = "A request cannot contain a date or time: put it in quotation marks."
IN_FILE: Final = "{setting} in the file {problem}."
TLS_UNVERIFIED: Final = (
    "TLS is not verified for {name} (insecure = true): others on the network can pose as the server and read "
    "the key and the text."
)
