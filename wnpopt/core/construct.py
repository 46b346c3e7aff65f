"""Instances made in a program: what the families' constructors (``wnpopt.wnp.instance`` and its like) are made of.

What there is to give follows from the documents' classes, so that a field which a class gains is one that its
constructor takes. Durations may be given in seconds where the document has ticks: a field ``X_ticks`` takes ``X_s`` in
its place, ``ticks`` takes ``seconds``, ``X_per_tick`` takes ``X_per_s``. Everything is rounded once, to the safe side:
durations and releases up, deadlines, limits and rates down.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from types import UnionType
from typing import Annotated, Any, ParamSpec, TypeVar, Union, cast, get_args, get_origin

from wnpopt.core import arguments
from wnpopt.core.document import MAX_INT, Document, Instance
from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.plain import plain
from wnpopt.core.units import per_tick_down, ticks_down, ticks_up

I = TypeVar("I", bound=Instance)  # noqa: E741
P = ParamSpec("P")
T = TypeVar("T")

Fields = dict[str, Any]
"""A part of an instance as its constructor has it: JSON's object, with durations in seconds where that was given."""

MOST = 10**6
"""Parts that are made of a number alone, and coherence blocks: more is a slip that would only fill the memory."""

_DOWN = ("deadline", "limit")
"""Words in the name of a duration that is a promise: keeping the shorter one keeps the longer one."""


def constructor(model: type[Document]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A function that makes a ``model``: what it is not given, or given too much, is an :class:`InputError`.

    Its ``**fields`` are the fields of ``model`` that it does not name itself; its signature shows them.
    """

    def decorate(make: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(make)
        named = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        open_ended = len(named) < len(signature.parameters)
        others = [name for name in _optional(model) if name not in signature.parameters] if open_ended else []
        known = [*(p.name for p in named), *others]

        @wraps(make)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            for name in kwargs:
                if name not in known:
                    raise InputError(_unknown(name, known), where=name)
            for parameter in named[len(args) :]:
                if parameter.default is inspect.Parameter.empty and parameter.name not in kwargs:
                    raise InputError("missing field", where=parameter.name)
            return make(*args, **kwargs)

        told = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in others]
        checked.__signature__ = signature.replace(parameters=[*named, *told])  # type: ignore[attr-defined]
        return checked

    return decorate


def _unknown(name: str, known: Sequence[str]) -> str:
    return f"unknown field; the fields here are {', '.join(known)}{near(name, known)}"


def build(kind: type[I], **fields: Any) -> I:
    """The instance of these fields; those in seconds become ticks of ``tick_s``.

    Raises :class:`InputError` with the path of the first thing that is wrong, as it was given.
    """
    name = kind.model_fields["kind"].annotation
    data = {"kind": get_args(name)[0], "schema_version": 1, **plain(fields)}
    rounding = _Rounding(_tick_s(kind, data))
    rounded = cast(Fields, rounding.of(kind, data, ""))
    try:
        return kind.from_data(rounded)
    except InputError as error:
        raise InputError(error.what, where=rounding.as_given(error.where)) from None


def rows(model: type[Document], names: Sequence[str] | int, prefix: str, columns: Mapping[str, Any]) -> list[Fields]:
    """A part of the class ``model`` for each of ``names`` (or so many, called ``prefix`` and a number).

    A column has the value for all of them, or one for each: an array or a list that is one level deeper.
    """
    known = [name for name in _optional(model) if name != "name"]
    for column in columns:
        if column not in known:
            raise InputError(_unknown(column, known), where=column)
    taken = plain(names)
    if isinstance(taken, int) and not isinstance(taken, bool):
        count = arguments.integer("names", taken, 0, MOST)
        taken = [f"{prefix}{i}" for i in range(count)]
    labels = arguments.several("names", taken)
    parts: list[Fields] = [{"name": name} for name in labels]
    for column, given in columns.items():
        value = plain(given)
        annotation = _field_of(model, column) or _field_of(model, _in_ticks(model, column))
        if _depth(value) <= _levels(annotation):
            for part in parts:
                part[column] = value
            continue
        if len(value) != len(labels):
            raise InputError(f"has {len(value)} entries; {len(labels)} are needed, one for each name", where=column)
        for part, entry in zip(parts, value, strict=True):
            part[column] = entry
    return parts


@dataclass
class _Rounding:
    """From seconds to ticks of ``tick_s``; ``given`` has the paths of what was given in seconds."""

    tick_s: float
    given: dict[str, str] = field(default_factory=dict)

    def of(self, annotation: Any, value: Any, where: str) -> Any:
        """``value`` as the type ``annotation`` has it."""
        model = _document(annotation)
        if model is not None and isinstance(value, dict):
            return self._fields(model, value, where)
        inner = _entries(annotation)
        if inner is not None and isinstance(value, list) and _holds_documents(inner):
            return [self.of(inner, entry, f"{where}[{i}]") for i, entry in enumerate(value)]
        return value

    def _fields(self, model: type[Document], value: Fields, where: str) -> Fields:
        made: Fields = {}
        for key, entry in value.items():
            at = f"{where}.{key}" if where else str(key)
            annotation = _field_of(model, key)
            name = key
            if annotation is None:
                timed = _in_ticks(model, key)
                if timed is None:
                    made[key] = entry
                    continue
                name = timed
                if name in value:
                    raise InputError(f"is given as {name}, too; one of the two is needed", where=at)
                self.given[f"{where}.{name}" if where else name] = at
                made[name] = self._ticks(key, entry, at)
            else:
                made[name] = self.of(annotation, entry, at)
        return made

    def _ticks(self, key: str, value: Any, where: str) -> Any:
        if value is None:
            return None
        if isinstance(value, list):
            return [self._ticks(key, entry, f"{where}[{i}]") for i, entry in enumerate(value)]
        if key.endswith("_per_s"):
            number = arguments.number(where, value, 0.0, above=True)
            if not 1 <= number * self.tick_s <= MAX_INT:
                what = f"found {number:g}, {number * self.tick_s:g} a tick of {self.tick_s:g} s; 1 to 2^53 are possible"
                raise InputError(f"{what}, so choose another tick_s", where=where)
            return per_tick_down(number, self.tick_s)
        number = arguments.seconds(where, value)
        if not number / self.tick_s <= MAX_INT:
            what = f"found {number:g} s, more than 2^53 ticks of {self.tick_s:g} s"
            raise InputError(f"{what}; choose another tick_s", where=where)
        return (ticks_down if any(word in key for word in _DOWN) else ticks_up)(number, self.tick_s)

    def as_given(self, where: str) -> str:
        """The path of what was given for what stands at ``where``."""
        for made, given in self.given.items():
            if where == made or where.startswith((f"{made}.", f"{made}[")):
                return given + where[len(made) :]
        return where


def _tick_s(kind: type[Instance], data: Fields) -> float:
    declared = kind.model_fields.get("tick_s")
    if declared is None:
        return 1.0
    return arguments.number("tick_s", data.get("tick_s", declared.default), 0.0, above=True)


def _names(model: type[Document]) -> Iterator[str]:
    return (entry.alias or name for name, entry in model.model_fields.items())


def _optional(model: type[Document]) -> Iterator[str]:
    """The fields that a constructor of ``model`` takes, those in ticks in seconds, too."""
    for name in _names(model):
        if name in ("kind", "schema_version"):
            continue
        yield name
        for timed in _in_seconds(name):
            if _field_of(model, timed) is None:
                yield timed


def _in_seconds(name: str) -> tuple[str, ...]:
    if name == "ticks":
        return ("seconds",)
    if name.endswith("_per_tick"):
        return (f"{name.removesuffix('_per_tick')}_per_s",)
    return (f"{name.removesuffix('_ticks')}_s",) if name.endswith("_ticks") else ()


def _in_ticks(model: type[Document], key: object) -> str | None:
    """The field of ``model`` that ``key`` gives in seconds, None if it is none of that kind."""
    return next((name for name in _names(model) if key in _in_seconds(name)), None)


def _field_of(model: type[Document], key: object) -> Any:
    """The type of the field ``key``, None if there is none."""
    for name, entry in model.model_fields.items():
        if key == (entry.alias or name):
            return entry.annotation
    return None


def _branches(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _branches(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [branch for part in get_args(annotation) for branch in _branches(part)]
    return [annotation]


@cache
def _document(annotation: Any) -> type[Document] | None:
    """The class of documents that a value of this type may be."""
    for branch in _branches(annotation):
        if isinstance(branch, type) and issubclass(branch, Document):
            return branch
    return None


@cache
def _entries(annotation: Any) -> Any:
    """The type of a list's entries, None where the type is no list."""
    for branch in _branches(annotation):
        if get_origin(branch) is tuple:
            return get_args(branch)[0]
    return None


@cache
def _holds_documents(annotation: Any) -> bool:
    inner = _entries(annotation)
    return _document(annotation) is not None or (inner is not None and _holds_documents(inner))


def _levels(annotation: Any) -> int:
    """How deep lists are nested in a value of this type."""
    inner = _entries(annotation)
    return 0 if inner is None else 1 + _levels(inner)


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
