"""`record`: what `dataclass(frozen=True, slots=True)` gives, for a fifth of the time that this takes at each start.

A render needs some 170 such classes. A dataclass compiles six methods for each of them, and that would be a fifteenth
of the whole render. All methods but `__init__` are the same for every record, given a way to read its fields at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def record(cls: type[_T], /) -> type[_T]: ...
@overload
def record(*, kw_only: bool) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Any] | None = None, /, *, kw_only: bool = False) -> Any:
    """Makes a class a frozen dataclass with slots, comparable and hashable by its fields."""
    if cls is None:
        return lambda cls: _completed(cls, kw_only=kw_only)
    return _completed(cls, kw_only=kw_only)


def _completed(cls: type[Any], *, kw_only: bool) -> type[Any]:
    # The fields, the slots and the patterns of `match` are the standard library's own work.
    made = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    known = fields(made)
    values = _reader(tuple(it.name for it in known if it.compare))

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    methods: dict[str, Callable[..., Any]] = {
        "__init__": _initializer(made, known),
        "__repr__": _shown,
        "__eq__": equal,
        "__hash__": hashed,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__setstate__": _restore,
    }
    for name, method in methods.items():
        setattr(made, name, method)
    return made


def _reader(names: tuple[str, ...]) -> Callable[[object], object]:
    """What reads the values of these attributes, as a tuple where they aren't exactly one."""
    return attrgetter(*names) if names else lambda _: ()


def _initializer(made: type[Any], known: tuple[Field[Any], ...]) -> Callable[..., None]:
    """The only method that is compiled: it is called too often to be a loop over the fields."""
    namespace: dict[str, Any] = {"MISSING": MISSING}
    parameters, named, body = ["self"], list[str](), list[str]()
    for it in known:
        name = value = it.name
        namespace[f"set_{name}"] = getattr(made, name).__set__
        parameter = name
        if it.default is not MISSING:
            namespace[f"default_{name}"] = it.default
            parameter = f"{name}=default_{name}"
        elif it.default_factory is not MISSING:
            namespace[f"make_{name}"] = it.default_factory
            parameter, value = f"{name}=MISSING", f"make_{name}() if {name} is MISSING else {name}"
        (named if it.kw_only else parameters).append(parameter)
        body.append(f"    set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        body.append("    self.__post_init__()")
    signature = ", ".join([*parameters, *(["*", *named] if named else [])])
    # Nothing but the names of attributes, which a class statement has accepted as such.
    exec("\n".join([f"def __init__({signature}):", *(body or ["    pass"])]), namespace)  # noqa: S102
    initializer: Callable[..., None] = namespace["__init__"]
    initializer.__qualname__ = f"{made.__qualname__}.__init__"
    return initializer


def _shown(self: Any) -> str:
    parts = (f"{it.name}={getattr(self, it.name)!r}" for it in fields(self) if it.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _refuse_to_set(_: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: object, state: tuple[None, dict[str, object]]) -> None:
    """Sets what a copy or a pickle holds, which would otherwise be refused."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)
