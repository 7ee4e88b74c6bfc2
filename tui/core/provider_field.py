"""The description of one field of a provider; ``provider_schema`` has one for each field."""

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
"""What a choice says that is left to the server, or to the settings: in the form, in files and in flags."""
YES, NO = "yes", "no"
_BLANK = Provider("")


class Kind(Enum):
    """The type of a value, which determines how it is edited, written and read."""

    TEXT = auto()
    PATH = auto()
    """A text without spaces around it, or nothing."""
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
    """The text of a test: where none is given, that of the category."""
    TIME = auto()
    HEADERS = auto()
    BODY = auto()
    LOCKED = auto()
    """Only shown: it follows from something else."""


_RANKS = {
    **dict.fromkeys((Kind.TEST, Kind.LINES, Kind.NUMBER, Kind.COUNT), 1),
    Kind.FLAG: 2,
    **dict.fromkeys((Kind.HEADERS, Kind.BODY), 4),
}
_NESTED_RANK = 3


class Section(Enum):
    """Where the form has a row for a field."""

    MAIN = auto()
    ADVANCED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rule of a field can use besides its value."""

    provider: Provider
    other_names: Collection[str]
    """The names of all other providers."""
    key_text: str
    """The text of the key field, or what the record has there."""


Rule = Callable[[Any, Checked], FieldProblem | tuple[FieldProblem, ...] | None]


@dataclass(frozen=True, slots=True, eq=False)
class ProviderField:
    """One field: all code that shows, reads, writes or checks providers iterates over these."""

    name: str
    """Its key in ``providers.toml``, its name in problems and in the form."""
    label: str
    help: str
    kind: Kind = Kind.TEXT
    placeholder: str = ""
    words: type[StrEnum] | tuple[str, ...] = ()
    """What there is to choose from."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the form calls a choice, where that is not the choice itself."""
    attribute: str = ""
    """What it is called in ``Provider``, if not ``name``."""
    group: str = ""
    """The attribute of ``Provider`` within which it lies: ``sampling``."""
    section: Section = Section.MAIN
    shown_at: str = ""
    """The row that stands for it, where it has none of its own."""
    bounds: tuple[int, int] = (0, 0)
    """The lowest and the highest number."""
    rule: Rule | None = None
    is_sent: bool = True
    """Whether it changes what is sent, or how it is counted."""
    is_security: bool = False
    """Whether it says who may read or answer."""
    is_in_toml: bool = True
    is_nested: bool = False
    """Whether it is in a table of its group's name in ``providers.toml``."""
    casibase_key: str = ""
    """Its key in a record of Casibase, where that is not its name, or it is an advanced one."""
    casibase_default: float | None = None
    """What every record of Casibase has there: it means unset."""
    lost_as: str = ""
    """What an export to Casibase says is missing, if not its label."""
    flag: str = ""
    """Its flag on the command line, if not ``name``."""
    of: Callable[[Provider], Any] = field(init=False, repr=False)
    """Returns its value in a provider."""
    default: Any = field(init=False, repr=False)
    """Its value where nothing is said."""

    def __post_init__(self) -> None:
        """Look up once where providers have it."""
        object.__setattr__(self, "of", attrgetter(self.path))
        object.__setattr__(self, "default", self.of(_BLANK))

    @property
    def path(self) -> str:
        """Where a provider has it: ``tls.ca_file``."""
        name = self.attribute or self.name
        return f"{self.group}.{name}" if self.group else name

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts to choose from in the form, or nothing."""
        if self.kind is Kind.FLAG:
            return NO, YES
        unset = (NOT_SET,) if self.kind is Kind.CHOICE and self.default is None else ()
        return (*unset, *map(str, self.words))

    def label_of(self, choice: str) -> str:
        """Return what the form calls one of the choices."""
        return self.labels.get(choice, choice)

    @property
    def is_long(self) -> bool:
        """Whether it is edited in several lines."""
        return self.kind in (Kind.LINES, Kind.HEADERS, Kind.BODY)

    @property
    def toml_table(self) -> str:
        """The table within the provider's table that holds it in ``providers.toml``."""
        return self.group if self.is_nested else ""

    @property
    def toml_key(self) -> str:
        """Its place in a provider's table: ``tls.ca_file``."""
        return f"{self.toml_table}.{self.name}" if self.is_nested else self.name

    @property
    def toml_rank(self) -> int:
        """The files have lower ones first, equal ones in the order of the form."""
        return (
            _NESTED_RANK
            if self.is_nested
            else _RANKS.get(self.kind, int(self.section is Section.ADVANCED) * 2)
        )

    @property
    def casibase(self) -> str:
        """Its key in a record of Casibase, whose page the main part of the form follows; or nothing."""
        if self.casibase_key or self.section is not Section.MAIN:
            return self.casibase_key
        head, *tail = self.name.split("_")
        return head + "".join(map(str.capitalize, tail))


def with_values(provider: Provider, values: Mapping[ProviderField, Any]) -> Provider:
    """Return the provider with other values in some fields."""
    groups: dict[str, dict[str, Any]] = {}
    for item, value in values.items():
        groups.setdefault(item.group, {})[item.attribute or item.name] = value
    changes = groups.pop("", {})
    inner = {name: replace(getattr(provider, name), **group) for name, group in groups.items()}
    return replace(provider, **changes, **inner)
