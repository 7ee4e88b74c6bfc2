"""Structured answers: JSON schemas, how an answer violates one, and how one is requested."""

from typing import Final

# ── The schema ──────────────────────────────────────────────────────────────────────────────

NOT_FOUND: Final = "there is no such file"
NOT_READABLE: Final = "it cannot be read ({reason})"
TOO_LARGE: Final = "it is larger than {most} bytes"
NOT_JSON: Final = "it is not JSON: {reason}"
HALF: Final = "it has an unpaired surrogate"
NOT_UTF8: Final = "it is not UTF-8 text"
NOT_AN_OBJECT: Final = "a schema is a JSON object"
NO_SCHEMA: Final = "it is not a valid JSON Schema: {path}: {problem}"
NO_REFERENCE: Final = "{reference} is not in it, and nothing is fetched"
ENDLESS: Final = "{reference} leads back to itself without end"
NO_URI: Final = "$id or $ref in it is not a URI: {reason}"
NO_DIALECT: Final = "$schema must be a text"
NOT_STRICT: Final = "--strict cannot close {path}: {problem}"
OPEN_OBJECT: Final = "its property names are open"
OPEN_KEYWORD: Final = "{keyword} has no strict form"
OBJECTS_IN: Final = "{keyword} with an object in it has no strict form"
OBJECTS_BESIDE: Final = "{keyword} beside properties has no strict form"
STRICT_CHANGES: Final = "--strict: objects closed: {closed}; properties now required and nullable: {nullable}"

# ── Reading JSON out of an answer ───────────────────────────────────────────────────────────

EMPTY: Final = "there is no text in it"
WRONG: Final = "{problem} at line {line}, column {column}"
TOO_BIG: Final = "the number {number} is too large to be checked"
TOO_DEEP: Final = "the JSON is nested too deeply"
TWICE: Final = "the property {name} appears twice"
TWO_VALUES: Final = "it has more than one JSON value"
TEXT_AFTER: Final = "text follows the JSON at line {line}, column {column}"
TWO_BLOCKS: Final = "it has {count} code blocks"
FROM_BLOCK: Final = "the JSON was taken out of a code block"
FROM_REASONING: Final = "the JSON was taken from the reasoning: the answer itself is empty"

# ── The verdict ─────────────────────────────────────────────────────────────────────────────

VALID: Final = "valid against the schema"
INVALID: Final = "not valid against the schema: {path}: {problem}"
NOT_VALID_JSON: Final = "not JSON: {reason}"
CUT: Final = "cut off at {tokens:token|tokens}: the JSON is incomplete"
CUT_SOMEWHERE: Final = "cut off at the token limit: the JSON is incomplete"
FILTERED: Final = "cut off by the server's content filter: the JSON is incomplete"
STOPPED: Final = "stopped by the server: the JSON is incomplete"
CALLED: Final = "the model called a tool instead of answering"
EMPTY_ANSWER: Final = "the answer is empty ({counts})"
COUNTS: Final = "prompt {prompt:token|tokens}, answer {completion:token|tokens}"
COUNTS_REASONING: Final = "{counts}, of which reasoning {reasoning}"

NOT_ALLOWED: Final = "{names} is not allowed"
MISSING: Final = "{names} is missing"
NO_FORM: Final = "matches none of the allowed forms"
MULTIPLE: Final = "must be a multiple of {allowed}, not {found}"
EXCLUDED: Final = "has a form that the schema excludes"
VIOLATIONS: Final = {
    "type": "must be {allowed}, not {kind}",
    "required": MISSING,
    "dependentRequired": MISSING,
    "dependencies": MISSING,
    "properties": NOT_ALLOWED,
    "patternProperties": NOT_ALLOWED,
    "additionalProperties": NOT_ALLOWED,
    "unevaluatedProperties": NOT_ALLOWED,
    "enum": "must be one of {allowed}, not {found}",
    "const": "must be {allowed}, not {found}",
    "pattern": "{found} does not match the pattern {allowed}",
    "minimum": "must be at least {allowed}, not {found}",
    "maximum": "must be at most {allowed}, not {found}",
    "exclusiveMinimum": "must be greater than {allowed}, not {found}",
    "exclusiveMaximum": "must be less than {allowed}, not {found}",
    "multipleOf": MULTIPLE,
    "divisibleBy": MULTIPLE,
    "minLength": "must have at least {allowed:character|characters}, not {size}",
    "maxLength": "must have at most {allowed:character|characters}, not {size}",
    "minItems": "must have at least {allowed:item|items}, not {size}",
    "maxItems": "must have at most {allowed:item|items}, not {size}",
    "minProperties": "must have at least {allowed:property|properties}, not {size}",
    "maxProperties": "must have at most {allowed:property|properties}, not {size}",
    "uniqueItems": "has the same item twice",
    "anyOf": NO_FORM,
    "oneOf": NO_FORM,
    "several": "matches several of the allowed forms, but may match only one",
    "not": EXCLUDED,
    "disallow": EXCLUDED,
    "false": "{found} is not allowed",
    "contains": "has no item of the required form",
    "minContains": "must have at least {allowed:item|items} of the required form",
    "maxContains": "must have at most {allowed:item|items} of the required form",
    "format": "{found} is not a valid {allowed}",
}
OTHER_VIOLATION: Final = "does not follow {keyword}"
NAME: Final = "the name {name}: {problem}"
OR: Final = " or "

# ── Asking ──────────────────────────────────────────────────────────────────────────────────

HINT: Final = "Answer with one JSON value and nothing else. It must follow this JSON Schema: {schema}"
SHORT_HINT: Final = "Answer with one JSON value and nothing else. It must follow the given JSON Schema."
AGAIN: Final = "{prompt}\n\nYour last answer was {problem}. Answer again."
NEXT_FORM: Final = "the server does not accept {refused}; asking with {form}"
FORMS: Final = {
    "json_schema": "the schema",
    "json_object": "a JSON object and the schema in the prompt",
    "prompt": "the schema in the prompt only",
}
RETRYING: Final = "{problem}; retrying"
OFFER_STRICT: Final = "The server names {keyword}: --strict rewrites the schema to what such servers accept"
OFFER_SMALLER: Final = (
    "The server could not compile the schema: try without large maxLength or maxItems, nested patterns, "
    "or with a smaller schema"
)
STRICT_ALREADY: Final = "The server names {keyword}, although the schema was rewritten by --strict"
PROGRESS: Final = "{count:character|characters} of JSON"
