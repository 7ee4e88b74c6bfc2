"""What the body of a reply is, or contains, instead of what was requested."""

from typing import Final

# Bodies
EMPTY: Final = "an empty body"
PLAIN_TEXT: Final = "plain text"
OTHER_JSON: Final = "JSON of another kind"
WEB_PAGE: Final = "a web page"
TITLED_PAGE: Final = 'a web page titled "{title}"'
CHAT_ANSWER: Final = "a chat answer"
OTHER_LIST: Final = "a list of something other than vectors"
OTHER_EVENTS: Final = "events of another kind"
NO_CHOICES: Final = "a chunk without choices"

# What exceeds its limit
ANSWER: Final = "the answer"
EVENT: Final = "an event"
EXCEEDS: Final = "{what} exceeds {limit} bytes"
WITHOUT_TEXT: Final = "{size} MB without text"
UNREQUESTED_ENCODING: Final = "the answer is compressed with {name}, which was not requested"
INFLATED: Final = "{size} bytes expanded to more than {inflated}"
CUT_ENCODING: Final = "the compressed answer is incomplete"

# Media
MEDIA: Final = {"image": "an image", "images": "an image", "video": "a video", "videos": "a video"}

# JSON
NOT_JSON: Final = "not JSON"
NOT_IN_JSON: Final = "{name} is not JSON"
TOO_DEEP: Final = "nested too deeply"
TEXT_AFTER: Final = "something follows the JSON at character {position}"
WRONG_AT: Final = "{problem} at character {position}"
TOO_MANY_DIGITS: Final = "a number has too many digits"
NOT_AN_OBJECT: Final = "not a JSON object"

# Vectors
NO_VECTORS: Final = "no vectors"
INDEX_MISSING: Final = "an index is missing"
INDEX_NO_NUMBER: Final = "an index is not a number"
INDEX_TWICE: Final = "index {index} appears twice"
INDEX_MIXED: Final = "in a different order, a text got another text's vector"
INDEX_OUTSIDE: Final = "index {index} is out of range for {count:text|texts}"
IS: Final = "it is {kind}"
CONTAINS: Final = "it contains {kind}"
TOO_LARGE: Final = "it contains a number that is too large"
NOT_BASE64: Final = "it is text, but not Base64"
ODD_BASE64: Final = "its Base64 is {size:byte|bytes}, which is not a whole number of floats"
BOOLEAN: Final = "true or false"
TEXT: Final = "text"
LIST: Final = "a list"
OBJECT: Final = "an object"
NUMBER: Final = "a number"

# Scores
INDEX_UNUSABLE: Final = "an index is missing, appears twice or is out of range"
NO_SCORE: Final = "a score is missing or not a number"
SCORES: Final = "{count:score|scores} for {asked:document|documents}"

# How a server was recognised
BY_HOST: Final = "host name"
BY_ERRORS: Final = "form of its errors"
