"""Importing providers from Casibase, and exporting them."""

from typing import Final

# A file that cannot be imported
NOT_A_FILE: Final = "it is not a regular file; give - and pipe it in"
WEB_PAGE: Final = "it is a web page, such as an error or a login"
COMPRESSED: Final = "it is compressed: unpack it first"
NO_RECORD: Final = "it contains no provider record"
NOT_TEXT: Final = "it is not text in UTF-8 or UTF-16"
TOO_DEEP: Final = "it is nested too deeply"
TOML: Final = "it is TOML, not the JSON that Casibase exports"
NOT_JSON: Final = "it is not JSON{where}"
WHERE: Final = " (line {line})"
NOT_A_NUMBER: Final = "{name} is not a number"
HEADERS: Final = 'it begins with the headers of a response ("{line}")'
ERROR_ANSWER: Final = 'it is an error answer: "{words}"'
SILENT_ERROR: Final = "it is an error answer without a reason"

# A record
WRONG_CATEGORY: Final = "its category is {category}"
RETYPED: Final = "{label}: its type {type} is imported as {new}."
REFUSED: Final = "refused: instead of a key it names {key}, which would be sent to {url}"
ITS_URL: Final = "its URL"
WRONG_FIELD: Final = "{field} {problem}"
NO_OBJECT: Final = "it is not a provider record"
IS_MISSING: Final = "is missing"
IS_EMPTY: Final = "is empty"
NO_TEXT: Final = "is not text"
NO_YES_OR_NO: Final = "is neither true nor false"
NO_NUMBER: Final = "is not a number"
BELOW_ZERO: Final = "is below 0"
NOT_USABLE: Final = "has a value that cannot be used"
RECORD: Final = "Record {number}"
NAMED_RECORD: Final = "Record {number} ({name})"

# What an export leaves out
LOST_FREE: Final = "that it is free (there, a price of 0 means not set)"
LOST_SETTING: Final = "that its {name} is set (to {value}, the value of every record there)"
LOST_SECURITY: Final = "security settings that cannot be read"
LOST_KEY: Final = "the stored API key (--with-keys)"
LOST_KEY_SOURCE: Final = "where the API key comes from ({key})"

# Notes on all records
AT_DEFAULTS: Final = (
    "{providers} at Casibase's defaults (temperature 1, top P 1, penalties 0): Casibase always sends these; "
    "here they are left to the server."
)
UNPRICED: Final = (
    "{providers} with prices of 0: imported as unknown, since Casibase writes 0 where no price was set. "
    "Add --zero-is-free if they are free."
)
NO_SETTING: Final = "Left out, since lmdeck has no such setting: {names}."
