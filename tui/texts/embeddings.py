"""Vectors: the sentences that are compared, and how similar they are."""

from typing import Final

# What a check and a test send: the first two mean nearly the same, the third something else
SENTENCES: Final = (
    "The cat sleeps on the sofa.",
    "A kitten naps on the couch.",
    "Interest rates rose again.",
)

MEASURED: Final = "Text {number}: {text}"

# The table of cosines
COSINE: Final = "Cosine"
PLAUSIBLE: Final = "Plausible: of 1 to 3, the two similar ones (1 and 2) are the closest."
IMPLAUSIBLE: Final = "Not plausible: of 1 to 3, the two similar ones (1 and 2) are not the closest."
TOKENS_UNKNOWN: Final = "tokens unknown"
NUMBERED: Final = "{number} {text}"

# lmdeck embed
PROGRESS: Final = "{done:,} of {total:text|texts}"
NO_TEXT: Final = "there is no text: give one, or pipe it in"
NO_LINES: Final = "it has no text"
STDIN_TWICE: Final = "stdin is the text or the lines, not both"
ONE_VECTOR: Final = "{model}: {vectors}, {norm}"
RANKED: Final = "{model}: {count} ranked by {way}"
BY_COSINE: Final = "cosine"
BY_SCORE: Final = "rerank score"
ONE_LINE: Final = "1 line"
LINES: Final = "{count:,} lines"
COSINE_HEAD: Final = "cosine"
SCORE_HEAD: Final = "score"
LINE_HEAD: Final = "line"
TEXT_HEAD: Final = "text"
MORE: Final = "{count:,} more"
MORE_LINES: Final = "{count:,} more (--top {total} prints all)"
