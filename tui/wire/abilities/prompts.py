"""The prompts of the ability tests, and the expected content of the answers."""

from __future__ import annotations

WORD = "papaya"
SYSTEM = "Answer every message with the single word PAPAYA and nothing else."
CAPITAL = "What is the capital of France?"
CAPITAL_IS = "The capital of France is"

TOOL = "get_time"
TOOL_SCHEMA = {
    "type": "function",
    "function": {
        "name": TOOL,
        "description": "Return the current time in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
TIME_IN_PARIS = "What time is it in Paris now? Use the tool."
TOOL_RESULT = "07:43"
RESULT_SEEN = "7:43"
HELLO = "Write the word hello."
"""Needs no tool: a tool call can only be the effect of forcing one."""

GREET = "Greet me in one short sentence."
GREET_JSON = "Greet me in one short sentence. JSON is not required."
"""OpenAI requires the word JSON in the prompt; nothing here makes a model write JSON on its own."""
NONSENSE = ("blorn", "quixel", "trasp")
"""Values that no model chooses by chance."""
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "enum": list(NONSENSE)}, "count": {"type": "integer"}},
    "required": ["word", "count"],
    "additionalProperties": False,
}
SCHEMA_NAME = "answer"

RANDOM_WORDS = "Write ten random words."
COUNT_DIGITS = "Count from 1 to 9 in digits, separated by commas."
STOP, BEFORE_STOP = "5", "4"
COUNT_LONG = "Count from 1 to 20."

WHICH_COLOUR = "Which colour is the left half of the picture: red, green, blue or yellow? One word."
COLOURS = ("red", "green", "blue", "yellow")

LONG_TEXT_LINE = "Row {number}: the store room holds {count} boxes of plain white paper for the office."
LONG_TEXT_END = "Answer with OK."

WEEKDAYS = "Name the days of the week."
BEGUN = "The days, as my old notes have them: Monday, Tuesday, Wednes"
"""An answer that ends in the middle of a word, and begins unlike any other."""
REST = "day"
