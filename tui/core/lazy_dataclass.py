"""Dataclasses that are quick to import: the constructor is compiled on first use.

``dataclasses.dataclass`` compiles up to six methods per class, which takes about a millisecond: a quarter of
the startup time, for classes of which half are never instantiated then. Here only ``__init__`` is compiled,
and on first use; the other methods are plain functions. ``fields``, ``replace`` and ``asdict`` accept these
classes, and mypy treats them as ordinary dataclasses. Annotations must be strings (``from __future__ import
annotations``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

Declared = dict[str, tuple[str, "Field[Any]"]]
"""The annotation and the specification of each field, inherited ones first."""
_DECLARED = "__declared_fields__"


def _dataclass(
    cls: type[Any] | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002 - the library's name
) -> Any:
    """Return a class as a dataclass, or a decorator; see ``dataclasses.dataclass``."""
    if cls is None:
        return lambda cls: _dataclass(cls, frozen=frozen, slots=slots, eq=eq, repr=repr)
    own = _take_fields(cls)
    inherited: Declared = getattr(cls, _DECLARED, {})
    declared = inherited | own
    if slots:
        cls = _with_slots(cls, own, inherited)
    methods: dict[str, Any] = {
        "__init__": _late_init(cls, declared, frozen),
        "__match_args__": tuple(name for name, (_, field) in declared.items() if field.init),
        "__dataclass_fields__": _LateFields(cls, declared),
        _DECLARED: declared,
    }
    if repr:
        methods["__repr__"] = _repr
    if eq:
        methods |= _comparison([name for name, (_, field) in declared.items() if field.compare], frozen)
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if frozen and slots:
        methods |= {"__getstate__": _get_state, "__setstate__": _set_state}
    for name, method in methods.items():
        if cls.__dict__.get(name) is None:  # Python itself sets __hash__ to None next to an __eq__
            setattr(cls, name, method)
    return cls


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: TID251
else:
    dataclass = _dataclass


class _LateFields:
    """``__dataclass_fields__``, created by the library on first access."""

    def __init__(self, owner: type[Any], declared: Declared) -> None:
        self._owner = owner
        self._declared = declared

    def __get__(self, _: object, __: type[Any] | None = None) -> dict[str, Field[Any]]:
        body: dict[str, Any] = {name: field for name, (_, field) in self._declared.items()}
        body["__annotations__"] = {name: annotation for name, (annotation, _) in self._declared.items()}
        body |= {"__module__": self._owner.__module__, "__doc__": "given, or the library writes one"}
        make = dataclasses.dataclass(init=False, repr=False, eq=False)  # noqa: TID251 - compiles nothing
        like: Any = make(type("Like", (), body))
        found: dict[str, Field[Any]] = like.__dataclass_fields__
        self._owner.__dataclass_fields__ = found
        return found


def _take_fields(cls: type[Any]) -> Declared:
    """Return the fields declared by a class, and remove ``field()`` objects from its attributes."""
    taken: Declared = {}
    for name, annotation in get_annotations(cls).items():
        if annotation.startswith("ClassVar"):
            continue
        default = cls.__dict__.get(name, MISSING)
        if isinstance(default, Field):
            delattr(cls, name)
        else:
            default = dataclasses.field(default=default)
        taken[name] = annotation, default
    return taken


def _with_slots(cls: type[Any], own: Declared, inherited: Declared) -> type[Any]:
    """Return a copy of the class with slots, which cannot be added to an existing one."""
    body = {name: value for name, value in cls.__dict__.items() if name not in own}
    for name in ("__dict__", "__weakref__"):
        body.pop(name, None)
    body["__slots__"] = tuple(name for name in own if name not in inherited)
    metaclass: Callable[..., type[Any]] = type(cls)
    made = metaclass(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _late_init(cls: type[Any], declared: Declared, frozen: bool) -> Callable[..., None]:
    def __init__(self: object, *arguments: object, **named: object) -> None:  # noqa: N807
        cls.__init__ = _compile_init(declared, frozen, hasattr(cls, "__post_init__"))
        cls.__init__(self, *arguments, **named)

    return __init__


def _compile_init(declared: Declared, frozen: bool, has_more: bool) -> Callable[..., None]:
    parameters, body = ["self"], []
    values: dict[str, Any] = {"_set": object.__setattr__, "_MISSING": MISSING}
    for name, (_, field) in declared.items():
        values |= {f"_default_{name}": field.default, f"_make_{name}": field.default_factory}
        is_made = field.default_factory is not MISSING
        value = f"_make_{name}()" if is_made else f"_default_{name}"
        if field.init:
            has_default = is_made or field.default is not MISSING
            parameters.append(f"{name}=_default_{name}" if has_default else name)
            value = f"{value} if {name} is _MISSING else {name}" if is_made else name
        elif not is_made and field.default is MISSING:
            continue
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if has_more:
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), values)  # noqa: S102 - names alone
    made: Callable[..., None] = values["__init__"]
    return made


def _comparison(names: Sequence[str], frozen: bool) -> dict[str, Any]:
    value: Callable[[object], object] = attrgetter(*names) if names else lambda _: ()

    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        return value(self) == value(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(value(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, value: object = None) -> None:
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def _get_state(self: Any) -> list[object]:
    return [getattr(self, name) for name in getattr(self, _DECLARED)]


def _set_state(self: Any, state: Sequence[object]) -> None:
    for name, value in zip(getattr(self, _DECLARED), state, strict=True):
        object.__setattr__(self, name, value)
