"""The description of a provider field; ``provider_schema`` has one for each field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from enum import Enum, StrEnum, auto
from operator import attrgetter
from typing import Any

from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_rules import FieldProblem

NOT_SET = "default"
"""The choice that leaves a value to the server or the settings: in the form, in files and in flags."""
YES, NO = "yes", "no"
_BLANK = Provider("")


class Kind(Enum):
    """The type of a value, which determines how it is edited, written and parsed."""

    TEXT = auto()
    PATH = auto()
    """A text without surrounding spaces, or nothing."""
    PIN = auto()
    """The fingerprint of a certificate, or nothing."""
    LINES = auto()
    CHOICE = auto()
    FLAG = auto()
    PRICE = auto()
    NUMBER = auto()
    COUNT = auto()
    KEY = auto()
    MODEL = auto()
    TEST = auto()
    """The text of a test, by default that of the category."""
    TIME = auto()
    HEADERS = auto()
    BODY = auto()
    LOCKED = auto()
    """Read-only: it follows from other values."""


_RANKS = {
    **dict.fromkeys((Kind.TEST, Kind.LINES, Kind.NUMBER, Kind.COUNT), 1),
    Kind.FLAG: 2,
    **dict.fromkeys((Kind.HEADERS, Kind.BODY), 4),
}
_NESTED_RANK = 3


class Section(Enum):
    """The section of the form that has a row for the field."""

    MAIN = auto()
    ADVANCED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rule of a field can use besides the value."""

    provider: Provider
    other_names: Collection[str]
    """The names of all other providers."""
    key_text: str
    """The text of the key field, or the value in the record."""


Rule = Callable[[Any, Checked], FieldProblem | tuple[FieldProblem, ...] | None]


@dataclass(frozen=True, slots=True, eq=False)
class ProviderField:
    """One field: all code that shows, reads, writes or checks providers iterates over these."""

    name: str
    """Its key in ``providers.toml``, and its name in problems and in the form."""
    label: str
    help: str
    kind: Kind = Kind.TEXT
    placeholder: str = ""
    words: type[StrEnum] | tuple[str, ...] = ()
    """The choices."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of choices in the form, if they differ from the choice itself."""
    attribute: str = ""
    """Its attribute of ``Provider``, if not ``name``."""
    group: str = ""
    """The attribute of ``Provider`` that contains it, such as ``sampling``."""
    section: Section = Section.MAIN
    shown_at: str = ""
    """The form row that represents it, if it has none of its own."""
    bounds: tuple[int, int] = (0, 0)
    """The minimum and the maximum."""
    rule: Rule | None = None
    is_sent: bool = True
    """Whether it affects what is sent, or how it is counted."""
    is_security: bool = False
    """Whether it determines who may read or answer requests."""
    is_in_toml: bool = True
    is_nested: bool = False
    """Whether it is in a table with the name of its group in ``providers.toml``."""
    casibase_key: str = ""
    """Its key in a Casibase record, if that is not its name or the field is an advanced one."""
    casibase_default: float | None = None
    """Casibase's value in every record by default, which means unset."""
    lost_as: str = ""
    """How an export to Casibase names it as missing, if not by its label."""
    flag: str = ""
    """Its command-line flag, if not ``name``."""
    of: Callable[[Provider], Any] = field(init=False, repr=False)
    """Returns its value in a provider."""
    default: Any = field(init=False, repr=False)
    """Its default value."""

    def __post_init__(self) -> None:
        """Find the field in ``Provider``, once."""
        object.__setattr__(self, "of", attrgetter(self.path))
        object.__setattr__(self, "default", self.of(_BLANK))

    @property
    def path(self) -> str:
        """Its path in a provider: ``tls.ca_file``."""
        name = self.attribute or self.name
        return f"{self.group}.{name}" if self.group else name

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices in the form, if any."""
        if self.kind is Kind.FLAG:
            return NO, YES
        unset = (NOT_SET,) if self.kind is Kind.CHOICE and self.default is None else ()
        return (*unset, *map(str, self.words))

    def label_of(self, choice: str) -> str:
        """Return the label of a choice in the form."""
        return self.labels.get(choice, choice)

    @property
    def is_long(self) -> bool:
        """Whether it is edited in a multi-line field."""
        return self.kind in (Kind.LINES, Kind.HEADERS, Kind.BODY)

    @property
    def toml_table(self) -> str:
        """The subtable of the provider's table in ``providers.toml`` that contains it."""
        return self.group if self.is_nested else ""

    @property
    def toml_key(self) -> str:
        """Its key in a provider's table: ``tls.ca_file``."""
        return f"{self.toml_table}.{self.name}" if self.is_nested else self.name

    @property
    def toml_rank(self) -> int:
        """Its rank in files: lower ones first, equal ones in the order of the form."""
        return (
            _NESTED_RANK
            if self.is_nested
            else _RANKS.get(self.kind, int(self.section is Section.ADVANCED) * 2)
        )

    @property
    def casibase(self) -> str:
        """Its key in a Casibase record, or empty; the main part of the form follows Casibase's page."""
        if self.casibase_key or self.section is not Section.MAIN:
            return self.casibase_key
        head, *tail = self.name.split("_")
        return head + "".join(map(str.capitalize, tail))


def with_values(provider: Provider, values: Mapping[ProviderField, Any]) -> Provider:
    """Return a provider with new values for some fields."""
    groups: dict[str, dict[str, Any]] = {}
    for item, value in values.items():
        groups.setdefault(item.group, {})[item.attribute or item.name] = value
    changes = groups.pop("", {})
    inner = {name: replace(getattr(provider, name), **group) for name, group in groups.items()}
    return replace(provider, **changes, **inner)
