"""The base of everything that is read from a file: instances and solutions.

Documents are pydantic models: frozen, with every field checked, unknown fields refused. Sequences are tuples.
The types below are the contract's: integers stay below 2^53 so that any JSON reader in any language sees the
same number, reals are finite, names are printable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Self, TypeVar, cast, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from wnpopt.core.canonical import content_hash
from wnpopt.core.errors import InputError
from wnpopt.core.explain import explain
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.core.lazy import resolve
from wnpopt.core.place import Place, changed, parse

MAX_INT = 2**53
"""Largest integer a document may hold, or reach in a sum: the largest that a double holds exactly."""


def _check_name(name: str) -> str:
    if not name.isprintable():
        raise ValueError("a name has printable characters only")
    if "->" in name:
        raise ValueError('a name has no "->" in it')
    return name


Name = Annotated[str, Field(strict=True, min_length=1, max_length=200), AfterValidator(_check_name)]
"""1 to 200 printable characters without ``->``."""


def _check_version(value: object) -> object:
    if type(value) is not int:  # true and 1.0 equal 1, but are none
        raise ValueError("1 is needed")
    return value


SchemaVersion = Annotated[Literal[1], BeforeValidator(_check_version)]
"""The integer 1."""

Int = Annotated[int, Field(strict=True, ge=-MAX_INT, le=MAX_INT)]
"""An integer; 12.0 and true are none."""

Count = Annotated[int, Field(strict=True, ge=0, le=MAX_INT)]
"""An integer that is not negative."""

Positive = Annotated[int, Field(strict=True, ge=1, le=MAX_INT)]
"""An integer of at least 1."""

Flag = Annotated[bool, Field(strict=True)]

Real = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
"""A finite number that is not negative."""

PositiveReal = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
"""A finite number above 0."""

SignedReal = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number."""


class Later:
    """Marks a field that came after the first version of a file, see :data:`LATER`."""


LATER: Final = Later()
"""In the annotation of a field with a default: files and hashes do not have it while it has that default.

``efficiency: Annotated[Real, LATER] = 1.0``. So a document that does without the field has the file and the hash that
it always had.
"""


class Document(BaseModel):
    """A frozen, validated JSON object."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @classmethod
    def from_data(cls, data: object) -> Self:
        """The document that ``data`` (parsed JSON) describes.

        Raises :class:`InputError` with the path of the first thing that is wrong.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise explain(error, cls, Document) from None

    def to_data(self) -> dict[str, object]:
        """The JSON object, in the contract's order of fields; those that came later only where they say something."""
        data = self.model_dump(mode="json", by_alias=True)
        _leave_out(self, data)
        return data

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with ``update``d fields, validated anew; nothing that was cached of the original comes along.

        Raises :class:`InputError`, as :meth:`from_data`.
        """
        del deep  # everything is frozen: there is nothing that a deep copy would protect
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return self.from_data(fields | dict(update or {}))

    def trusted_copy(self, update: Mapping[str, object], *, keep: Iterable[str] = ()) -> Self:
        """A copy with ``update``d fields that are known to be valid: nothing is checked.

        Of what is cached ``keep`` comes along: what does not depend on those fields.
        """
        kind = type(self)
        (copy,) = _made(kind, [[update[name] if name in update else self.__dict__[name] for name in _names_of(kind)]])
        copy.__dict__.update({name: getattr(self, name) for name in keep})
        return cast(Self, copy)

    def put(self, changes: Mapping[Place, object]) -> Self:
        """The document with other values at these places, checked as if it came from a file.

        Raises :class:`InputError` with the path of the first thing that is wrong.
        """
        return self.from_data(changed(self, self.to_data(), changes))

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        """For sending to another process: the fields alone, already validated; nothing that was cached."""
        kind = type(self)
        return _restored, (kind, tuple([_folded(self.__dict__[name]) for name in _names_of(kind)]))

    def __eq__(self, other: object) -> bool:
        """Equal content; what was cached on the way (arrays, a hash) does not count."""
        return isinstance(other, Document) and type(self) is type(other) and self.to_data() == other.to_data()

    def __hash__(self) -> int:
        return hash(content_hash(self.to_data()))


class _LaterFields(NamedTuple):
    """What of a kind of documents may be left out: own fields with their defaults, and fields that hold such kinds."""

    own: tuple[tuple[str, str, object], ...]
    within: tuple[tuple[str, str], ...]


@cache
def _later_fields(kind: type[Document]) -> _LaterFields:
    own, within = [], []
    for name, field in kind.model_fields.items():
        written = field.serialization_alias or field.alias or name
        if any(isinstance(mark, Later) for mark in field.metadata):
            own.append((name, written, field.get_default(call_default_factory=True)))
        if any(any(_later_fields(part)) for part in _documents_in(field.annotation)):
            within.append((name, written))
    return _LaterFields(tuple(own), tuple(within))


def _documents_in(annotation: object) -> list[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in _documents_in(part)]


def _leave_out(document: Document, data: dict[str, Any]) -> None:
    """Take the later fields that have their defaults out of ``data``, the JSON object of ``document``."""
    later = _later_fields(type(document))
    for name, written, default in later.own:
        if getattr(document, name) == default:
            del data[written]
    for name, written in later.within:
        if written in data:
            _leave_out_within(getattr(document, name), data[written])


def _leave_out_within(value: object, data: Any) -> None:
    if isinstance(value, Document):
        _leave_out(value, data)
    elif isinstance(value, tuple):
        for part, written in zip(value, data, strict=True):
            _leave_out_within(part, written)


_MANY = 32


@dataclass(frozen=True)
class _Rows:
    """Many documents of one kind on their way to another process, by columns: a million fields at C's speed."""

    kind: type[Document]
    columns: tuple[object, ...]


@cache
def _names_of(kind: type[Document]) -> dict[str, None]:
    return dict.fromkeys(kind.model_fields)


def _folded(value: object) -> object:
    if type(value) is not tuple or len(value) < _MANY or not isinstance(value[0], Document):
        return value
    kinds = set(map(type, value))
    if len(kinds) > 1:
        return value
    rows = [entry.__dict__ for entry in value]
    kind = kinds.pop()
    return _Rows(kind, tuple([_folded(tuple([row[name] for row in rows])) for name in _names_of(kind)]))


def _unfolded(value: object) -> object:
    if type(value) is not _Rows:
        return value
    columns = [cast(Iterable[object], _unfolded(column)) for column in value.columns]
    return tuple(_made(value.kind, zip(*columns, strict=True)))


def _restored(kind: type[Document], values: tuple[object, ...]) -> Document:
    """A document of validated fields, as :meth:`Document.__reduce__` took it apart."""
    return _made(kind, [map(_unfolded, values)])[0]


D = TypeVar("D", bound=Document)


def documents_of(kind: type[D], *columns: Iterable[object]) -> tuple[D, ...]:
    """Documents of fields that are known to be valid (nothing is checked), from one column a field in their order."""
    assert len(columns) == len(tuple(_names_of(kind))), "a column for each field"
    with no_garbage_collection():
        return tuple(cast(list[D], _made(kind, zip(*columns, strict=True))))


def _made(kind: type[Document], rows: Iterable[Iterable[object]]) -> list[Document]:
    """A document for each row of its fields' values."""
    names = tuple(_names_of(kind))
    contents = list(map(dict, map(zip, repeat(names), rows)))
    made = list(map(kind.__new__, repeat(kind, len(contents))))
    # Without a loop in Python: there may be a hundred thousand. The names are one set for all: they are frozen.
    for slot, values in (
        ("__dict__", contents),
        ("__pydantic_fields_set__", repeat(set(names))),
        ("__pydantic_extra__", repeat(None)),
        ("__pydantic_private__", repeat(None)),
    ):
        deque(map(object.__setattr__, made, repeat(slot), values), maxlen=0)
    return made


class Instance(Document):
    """Base of all problem instances: ``kind``, ``schema_version``, ``name``, ``source`` and a content hash."""

    kind: str
    schema_version: SchemaVersion
    name: Name
    source: Annotated[str, Field(strict=True)] | None = None

    #: fields that do not change what the instance means
    _unhashed: ClassVar[tuple[str, ...]] = ("name", "source")

    @property
    def instance_hash(self) -> str:
        """SHA-256 of the canonical JSON without name and source, defaults filled in, 1 and 1.0 alike."""
        cached = self.__dict__.get("_instance_hash")
        if isinstance(cached, str):
            return cached
        with no_garbage_collection():
            data = self.to_data()
            for field in self._unhashed:
                data.pop(field, None)
            digest = content_hash(data)
        self.__dict__["_instance_hash"] = digest
        return digest

    def replace(self, changes: Mapping[str, object] | None = None, /, **fields: object) -> Self:
        """The instance with other values at these paths and in these fields, checked as if it came from a file.

        ``instance.replace({"users[3].deadline_s": 0.4}, bandwidth_hz=2e7)``: the paths are those of messages; ``[*]``
        is every entry of a list. Values are JSON's, or documents, tuples, NumPy's arrays and scalars. The changes are
        made in the order in which they are given, the fields last. Raises :class:`InputError` with the path of the
        first thing that is wrong.
        """
        if changes is not None and not isinstance(changes, Mapping):
            what = f"found a {type(changes).__name__}; an object of paths and values is needed"
            raise InputError(what, where="changes")
        places: dict[Place, object] = {}
        for path, value in (*(changes or {}).items(), *fields.items()):
            if not isinstance(path, str):
                raise InputError(f"found {path!r}; paths are texts, as in users[3].deadline_s", where="changes")
            place = parse(path)
            if place in places:
                raise InputError("is given twice; one value is needed", where=path)
            places[place] = value
        return self.put(places)

    def frames(self) -> dict[str, Any]:
        """The lists of the instance as pandas data frames, see :func:`wnpopt.plotting.frames.frames`."""
        return cast("dict[str, Any]", resolve("wnpopt.plotting.frames:frames")(self))  # type: ignore[operator]

    def schedule(self, solution: Solution) -> Any:
        """A plan's schedule as a pandas data frame: a row a bar of its chart, times in ms.

        Raises :class:`InputError` for a solution that is not accepted.
        """
        return resolve("wnpopt.plotting.frames:schedule_frame")(self, solution)  # type: ignore[operator]

    def _repr_html_(self) -> str:
        """What a notebook shows: facts, and a picture where the extra ``plot`` is installed."""
        return cast(str, resolve("wnpopt.plotting.notebook:instance_html")(self))  # type: ignore[operator]


class PlanState(Document):
    """Base of the states of running plans: what has happened by now."""

    kind: str
    instance: Name

    def check(self, instance: Any) -> None:
        """Raise :class:`InputError` where this is no state of ``instance``."""
        raise NotImplementedError


class Solution(Document):
    """Base of all solutions: the decisions alone, never an objective value."""

    kind: str
    instance: Name

    def frames(self) -> dict[str, Any]:
        """What the solution decides as pandas data frames, see :func:`wnpopt.plotting.frames.frames`."""
        return cast("dict[str, Any]", resolve("wnpopt.plotting.frames:frames")(self))  # type: ignore[operator]

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows of what is decided."""
        return cast(str, resolve("wnpopt.plotting.notebook:solution_html")(self))  # type: ignore[operator]


def require(condition: bool, where: str, what: str) -> None:
    """Raise :class:`InputError` at ``where`` saying ``what`` unless ``condition`` holds."""
    if not condition:
        raise InputError(what, where=where)
