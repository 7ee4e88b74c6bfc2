"""The lazy dataclasses behave like the library's, and compile nothing on import."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any, ClassVar

import pytest

from tui.core import lazy_dataclass
from tui.core.lazy_dataclass import dataclass

Decorate = Callable[..., Any]


def _classes(decorate: Decorate) -> tuple[Any, Any]:
    """Return the same two classes, one above the other, made by a decorator."""

    class Base:
        """One."""

        kinds: ClassVar[int] = 3
        name: str
        hidden: str = field(default="h", repr=False, compare=False)
        made: list[int] = field(default_factory=list)

        def __len__(self) -> int:
            return len(self.name)

    base = decorate(Base)

    class Derived(base):  # type: ignore[misc, valid-type]
        """Two."""

        size: int = 0
        name: str = "n"
        counted: int = field(default=7, init=False)

        def __post_init__(self) -> None:
            self.made.append(self.size)

    return base, decorate(Derived)


@dataclass(frozen=True, slots=True)
class Point:
    """At module level, since pickling requires it."""

    x: int
    y: int = 0


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("slots", [False, True])
def test_it_is_what_the_library_makes(frozen: bool, slots: bool) -> None:
    ours = _classes(dataclass(frozen=frozen, slots=slots))
    theirs = _classes(dataclasses.dataclass(frozen=frozen, slots=slots))
    for mine, other in zip(ours, theirs, strict=True):
        values = [kind("a", "b") for kind in (mine, other)]
        assert repr(values[0]) == repr(values[1])
        assert asdict(values[0]) == asdict(values[1])
        assert len(values[0]) == len(values[1]) == 1
        assert mine.kinds == 3
        assert mine.__match_args__ == other.__match_args__
        assert hasattr(values[0], "__dict__") == hasattr(values[1], "__dict__")
        assert _described(mine) == _described(other)
        assert mine("a", "b") == mine("a", "other") != mine("c", "b")
        assert repr(replace(mine("a"), name="z")) == repr(replace(other("a"), name="z"))
        assert (mine.__hash__ is None) == (other.__hash__ is None)
        assert copy.copy(mine("a")) == mine("a") == copy.deepcopy(mine("a"))
    assert ours[0]("a") != ours[1]("a")
    assert ours[1]().made is not ours[1]().made


def _described(kind: Any) -> list[object]:
    return [(one.name, one.type, one.default, one.init) for one in fields(kind)]


def test_a_frozen_one_cannot_be_changed_and_is_a_key() -> None:
    point = Point(1)
    for name in ("x", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(point, name, 2)
        with pytest.raises(FrozenInstanceError):
            delattr(point, name)
    assert {point: 1}[Point(1, 0)] == 1
    assert pickle.loads(pickle.dumps(point)) == point


def test_wrong_arguments_are_refused_as_ever() -> None:
    make: Callable[..., Point] = Point
    for arguments in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            make(*arguments)
    with pytest.raises(TypeError):
        make(1, z=1)


def test_what_a_class_writes_itself_stays() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        """Has methods of its own."""

        text: str

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

    assert repr(Own("a")) == "own"
    assert Own("a") == Own("b")
    assert hash(Own("a")) == hash(Own("a"))


def test_one_without_fields() -> None:
    @dataclass(frozen=True, slots=True)
    class Nothing:
        """Empty."""

    assert Nothing() == Nothing()
    assert repr(Nothing()).endswith("Nothing()")


def test_one_that_holds_itself_has_a_repr() -> None:
    @dataclass
    class Ring:
        """May point at itself."""

        next: object = None

    ring = Ring()
    ring.next = ring
    assert repr(ring).endswith("Ring(next=...)")


def test_equality_can_be_left_to_identity() -> None:
    @dataclass(eq=False, repr=False)
    class Thing:
        """Its own."""

        x: int = 1

    thing = Thing()
    assert thing == thing != Thing()
    assert {thing}
    assert "object at" in repr(thing)


def test_a_constructor_is_compiled_once_and_not_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compile_init = lazy_dataclass._compile_init

    def count(*given: Any) -> object:
        compiled.append(given)
        return compile_init(*given)

    monkeypatch.setattr(lazy_dataclass, "_compile_init", count)

    @dataclass(frozen=True, slots=True)
    class Late:
        """Counts."""

        x: int = 1

    assert (fields(Late)[0].name, compiled) == ("x", [])
    assert Late() == Late(1)
    assert len(compiled) == 1
