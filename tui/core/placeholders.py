"""API keys that are not secret: placeholders and dictionary words.

Servers without authentication still require a key in many clients, so it is often ``ollama``, ``EMPTY`` or
``password``. Erasing those from answers would remove ordinary words.
"""

from __future__ import annotations

import base64
import re
import string
import zlib
from functools import lru_cache

from tui.core.lazy_pattern import lazy_pattern

SHORTEST_SECRET = 8
"""In characters; a shorter key would occur in texts by chance."""
_LONGEST_WORD = 16
_UNMISTAKABLE = 12
_SHORTEST_FORM = 6

_MARKS = lazy_pattern(
    r"(sk-|hf_)?[x*•.…_-]{3,}|<.*>|\[.*\]|(sk-)?(your|insert|replace|enter)[-_ ].*", re.IGNORECASE
)
_SEPARATORS = lazy_pattern(r"[-_. ]+")
_WORDS = (
    "a abc abc123 an any anything api apikey bearer change changeme cpp default demo dummy empty example "
    "fake here ignored is it jan key koboldcpp llama llamacpp llamafile llm lm lmstudio local localai "
    "localhost me mlx model my na needed nil no nokey none not null ollama oobabooga openai password "
    "placeholder pw required sample secret server sglang sk some studio test testing tgi the todo token "
    "unused used user vllm whatever xinference"
)
"""A key made only of these words is a placeholder: ``not-needed``, ``token-abc123``, ``lm-studio``."""

_TRIPLES = (
    "eNqtVX1QVFUUP+95d1ka2rkLmxIMzjM3hBljZHQS0/Q+u+hiyMcMZIwJautX4keTiQ7KLimRfzQtKClpwJQ1NpPZOJUfhSwjSjONCiOYTE"
    "PuALnWNi5MkjAKr3PfLkth01/dP/a9e/a8c8/5/X7nXAAoPl7Q2fV1e+DPVSa7seXpZJqwQWWUZM7P4iC54y97nGeKZg/njZy5/zgobN3p"
    "pQD0odb0ZkF3+5b6iOIFX3Aizbney9gsKCnIxM2dDn8uj2bAKBC1rb7HCPoiIPVXjMoEXwA4Ua0WfFI4sOtnCSR8ZZwSqxrbQkye6j8ULv"
    "7Tl/uOgr8pjQuFe61NQnvT8FQRBBTPtqYVpUMpMkB/fSCPU65HEpsI/VuK5xBwscw6w9xhM4SX0WRiAN5D/jd4NSlnlCdG9r+nbcOyqUXG"
    "b/orA5sJDSYqWS2EYTp5w6PEGIkmFc851G0H2ZTj3oxZg0WVRTLWxYBB735Xxm0FbV197S/VGU42mi/bNtGaGbmcsuVnU5aAChbmKXq2KG"
    "bAOhLQrrzvX+o4HaEjqo381H19y/kfo75K4SRye3wxW7fdGLOb24lno7s3Jpx7f00v49WG8uCmsscUNOuVBoHeODn4IhB1u8BOLOqlnvHi"
    "Q8AuO1coEx14NBzdtRUIgyrFw+NiVuxaKI8F4MgS56nuQ75J4XPgiAtWY9m7zXowm27/EkAG7y1/CXMTiSHNkW0HA3OZzjZD6n2Bp8YCIK"
    "IcOJWcQ2VEcKsjul81ddye1yn3ChCrVGF2ub4Xjxtp5kxbRk5XX25h3JTipLIW2xrrhxsklJckVMWohXjKDhfFtFsRxM4K/0XHN7pGB0sH"
    "bmnXt9S1AiV4KFbNCMiSXoLdtFkO45Gzbz2B/1quaZOlCSY3WStPdFuWliUIFoS44dxQlgGhwpYhVEo4aw5TwoIZIFxLWbTOF1FnJVRwRd"
    "BixIKwHmFGEPHXW+h3ErfQ6M1Pawe0wKK8aiPqTTRTtjYdHSzJ5PeW0icsBtFg2cNOQ2JyiORq1eQwFtz7xGfnIpp+/GS/YOtq04WlqNEO"
    "vSjn0FUItg1+s3fj1DHqgVlU7B/wHgv0Oqoj9A4GiNwvXD1pOvVSCLYokegt/wvYTFUZcSO+0sF6zYmbbzcVLsFmuqa9is2UusmYjtRL2E"
    "w0fefwqEHJCFLPtO49v2woyD/oww1SLxKgtJljxlEzzZmfD+R0HW93ftA5MynFQ9bQmvW5PJYtTzLj/0qVyrIXZc8eXjIY0N5tDTDHGZ36"
    "+w/ya7vb151eUfYZNpPUf7AVVWVPtRDEyNvpn6IjKuppq/zNoJcgc9u8joq7+rukN5MQF4VXRkZxOIw1kxqbb8ttcPUEvXTIqAL/x7Koj5"
    "i8WqCEV6cjoqv65g826YhWZUQjiPd816Zjbqm/kj7yurWWX3JYYzRtND1xnkDUQXl9c2y3b+VIzQ+Lw4g2uK9g9bC1sYyTDGutTUVRaI1a"
    "OlZqUZqX1011DjWhH7UoOaLrVSvi5t136qKjmgTn6Kyjpzr3Xsjfds7MwholaWK4e2/4XxSI2qkBZVkfyEaoUL0PbzsHK3WN6oiKOYqHkj"
    "JE9KkQovxw58s88cn+w4FxDKg7CawKZD1j3rP1QU5Xg7qTpsefML+tAE0wCI+EEynicElpLloUETMw5+F9TaINzSUf6dT7tB1dV9ud56eg"
    "mllQnxxCOsWbaRzetmO91vGhWnFbHrumxhZ5Pu5vEzNod/2TImFcdnJhOuB0IRBFYWUyNoYaLA4WLEgJ9ZJoJuyaGc9Jrhmh+YuAwM13DK"
    "v/VQ2M7BOPqkgxIJhrTegbJLC/vPVR9wZUb0ZYkjjwCygowCZ4vZX2GN6P9ABhxAXxSVlA7AD6fUoVMjaeok0xA7CDTAN5reo4MimYKD1a"
    "Dg4aCkgjbTA2yfEG/jh8UUOb6zWBCNUHPpRPChczLmmYOGiZpIwHEHuTDH8BiaPh0g=="
)
"""The trigrams of English words: one bit for each of aaa … zzz, compressed with zlib.

From the 8,000 most frequent words of 8 to 16 letters, and trigrams that occur at least four times in 25,000.
One in 230 strings of 8 random letters passes, one in 5,500 of 12.
"""


def is_placeholder(key: str) -> bool:
    """Return whether a key is a placeholder, made of words such as ``no``, ``api``, ``key``, ``ollama``."""
    bare = key.strip().lower()
    if _MARKS.fullmatch(bare):
        return True
    return all(part in _words() for part in _SEPARATORS.split(bare) if part)


def is_plain_word(key: str) -> bool:
    """Return whether a key looks like one dictionary word: letters of one case, with common trigrams.

    Since this is a rule and not a list, words of other languages, names and invented words may pass too.
    """
    if not (key.isascii() and key.isalpha() and len(key) <= _LONGEST_WORD):
        return False
    if not (key.islower() or key.isupper() or key.istitle()):
        return False
    triples = _triples()
    numbers = [ord(letter) - ord("a") for letter in key.lower()]
    indexes = (
        (first * 26 + second) * 26 + third
        for first, second, third in zip(numbers, numbers[1:], numbers[2:], strict=False)
    )
    return all(triples[index >> 3] >> (index & 7) & 1 for index in indexes)


def is_real_key(key: str) -> bool:
    """Return whether a key is erased from all texts. Others are masked only where a key is expected."""
    return len(key) >= SHORTEST_SECRET and not is_placeholder(key) and not is_plain_word(key)


def is_searchable(form: str) -> bool:
    """Return whether a shorter form of a real key can still be distinguished from a word."""
    return len(form) >= _SHORTEST_FORM and not is_placeholder(form) and not is_plain_word(form)


def is_unmistakable(key: str) -> bool:
    """Return whether a key is long and mixed enough that it cannot be part of another word."""
    has_letters = any(character in string.ascii_letters for character in key)
    return len(key) >= _UNMISTAKABLE and has_letters and any(character.isdigit() for character in key)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(_WORDS.split())


@lru_cache(maxsize=1)
def _triples() -> bytes:
    return zlib.decompress(base64.b64decode(_TRIPLES))
