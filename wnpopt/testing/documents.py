"""What instances and solutions must keep as documents."""

from __future__ import annotations

import copy
import json
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wnpopt.core.document import Document, Instance
from wnpopt.core.errors import InputError
from wnpopt.core.extras import installed
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.lazy import resolve
from wnpopt.testing.kit import Subject, check, expect

Data = dict[str, Any]
Place = tuple[str | int, ...]


def _documents(subject: Subject) -> list[Document]:
    """A document of each kind that the family has: an instance, a solution."""
    return [subject.known, subject.solved[0][1]]


def _changed(document: Document, change: Callable[[Data], None]) -> Data:
    data = copy.deepcopy(document.to_data())
    change(data)
    return data


def _refused(kind: type[Document], data: Data, what: str) -> str:
    """Where ``data`` is refused; that it is not is a failure."""
    try:
        kind.from_data(data)
    except InputError as error:
        return error.where
    raise AssertionError(f"{kind.__name__} accepts {what}")


def _parts(value: object, place: Place = ()) -> Iterator[tuple[Place, Document]]:
    """``value`` and every document inside it, with its place in the JSON data."""
    if isinstance(value, Document):
        yield place, value
        for name, entry in type(value).model_fields.items():
            yield from _parts(getattr(value, name), (*place, entry.serialization_alias or entry.alias or name))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _parts(entry, (*place, index))


def _at(data: Any, place: Place) -> Any:
    for step in place:
        data = data[step]
    return data


def _told(place: Place) -> str:
    """The place as messages have it: ``users[3].link``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def _shown(data: Any, place: Place) -> bool:
    """False for what a document leaves out of its data, as optional fields that came later may be."""
    for step in place:
        if isinstance(data, dict) and step not in data:
            return False
        data = data[step]
    return True


@check("document-version")
def version(subject: Subject) -> None:
    """The schema_version is the integer 1: true, 1.0, 2, "1" and null are refused."""
    for wrong in (True, 1.0, 2, "1", None):
        data = {**subject.known.to_data(), "schema_version": wrong}
        where = _refused(type(subject.known), data, f"the schema_version {wrong!r}")
        expect(where == "schema_version", f"schema_version {wrong!r} is refused at {where!r}")


@check("document-kind")
def kind(subject: Subject) -> None:
    """The kind is the family's name, and that with -solution; another is refused."""
    name = subject.family.name
    for document, wanted in zip(_documents(subject), (name, f"{name}-solution"), strict=True):
        data = document.to_data()
        expect(data.get("kind") == wanted, f"the kind is {data.get('kind')!r}; {wanted!r} is needed")
        where = _refused(type(document), {**data, "kind": "another"}, "another kind")
        expect(where == "kind", f"another kind is refused at {where!r}")


@check("document-missing-field")
def missing(subject: Subject) -> None:
    """A document without a field that has no default is refused at that field."""
    for document in _documents(subject):
        for name, entry in type(document).model_fields.items():
            if entry.is_required():
                alias = entry.alias or name
                data = _changed(document, lambda data, alias=alias: data.pop(alias))  # type: ignore[misc]
                where = _refused(type(document), data, f"a document without {alias}")
                expect(where == alias, f"that {alias} is missing is told of {where!r}")


@check("document-unknown-field")
def unknown(subject: Subject) -> None:
    """A field that nobody knows is refused where it stands, inside too."""
    for document in _documents(subject):
        data = document.to_data()
        for place, _ in _parts(document):
            part = _at(data, place) if _shown(data, place) else None
            if isinstance(part, dict):
                changed = _changed(document, lambda data, place=place: _at(data, place).update(surprise=1))  # type: ignore[misc]
                where = _refused(type(document), changed, f"an unknown field {_told((*place, 'surprise'))}")
                expect(where == _told((*place, "surprise")), f"an unknown field is told of {where!r}")


@check("document-duplicate-name")
def duplicates(subject: Subject) -> str | None:
    """Names in a list of an instance differ; a second one like the first is refused at its place."""
    data, seen = subject.known.to_data(), 0
    lists = {place[:-1] for place, _ in _parts(subject.known) if place and isinstance(place[-1], int)}
    for place in sorted(lists, key=_told):
        entries = _at(data, place)
        if len(entries) > 1 and all(isinstance(entry, dict) and "name" in entry for entry in entries):
            seen += 1
            changed = copy.deepcopy(data)
            _at(changed, place)[1]["name"] = entries[0]["name"]
            where = _refused(type(subject.known), changed, f"two {_told(place)} of one name")
            expect(where == f"{_told(place)}[1].name", f"that two {_told(place)} have one name is told of {where!r}")
    return None if seen else "the known instance has no list of things with names"


@check("document-round-trip")
def round_trip(subject: Subject) -> None:
    """A document that is written and read is the same, as a file too."""
    for document in (*_documents(subject), *subject.instances):
        kind, data = type(document), document.to_data()
        again = kind.from_data(json.loads(json.dumps(data, allow_nan=False)))
        expect(again == document and again.to_data() == data, f"a {kind.__name__} survives being written and read")
        with tempfile.TemporaryDirectory() as folder:
            write_json(Path(folder) / "document.json", data)
            again = kind.from_data(read_json(Path(folder) / "document.json"))
        expect(again == document, f"a {kind.__name__} survives being written into a file and read")


@check("document-hash")
def content_hash(subject: Subject) -> None:
    """The hash of an instance does not depend on name, source, order of fields and defaults that are written out."""
    for instance in subject.instances:
        data = instance.to_data()
        told: dict[str, Data] = {
            "the name": {**data, "name": "another"},
            "the source": {**data, "source": "somewhere"},
            "the order of fields": dict(reversed(data.items())),
            "defaults that are written out": _without_defaults(instance),
        }
        for what, same in told.items():
            made: Instance = type(instance).from_data(same)
            expect(made.instance_hash == instance.instance_hash, f"{what} must not change the hash")


def _without_defaults(instance: Instance) -> Data:
    data = copy.deepcopy(instance.to_data())
    for place, part in _parts(instance):
        shown = _at(data, place) if _shown(data, place) else {}
        for name, entry in type(part).model_fields.items() if isinstance(shown, dict) else ():
            alias = entry.serialization_alias or entry.alias or name
            if (
                not entry.is_required()
                and alias in shown
                and getattr(part, name) == entry.get_default(call_default_factory=True)
            ):
                del shown[alias]
    # The kind tells what it is, default or not.
    return {"kind": instance.kind, **data}


@check("document-frozen")
def frozen(subject: Subject) -> None:
    """A document cannot be changed."""
    for document in _documents(subject):
        for place, part in _parts(document):
            name = next(iter(type(part).model_fields))
            try:
                setattr(part, name, getattr(part, name))
            except (TypeError, ValueError, AttributeError):
                continue
            raise AssertionError(f"{_told((*place, name)) or name} of {type(document).__name__} can be set")


@check("document-pickle")
def pickled(subject: Subject) -> None:
    """A document that is sent to another process is the same there."""
    for document in (*_documents(subject), *subject.instances):
        again = pickle.loads(pickle.dumps(document))
        expect(again == document, f"a {type(document).__name__} survives being pickled")
        if isinstance(document, Instance):
            expect(again.instance_hash == document.instance_hash, "a pickled instance has the same hash")


@check("document-json-schema")
def json_schema(subject: Subject) -> str | None:
    """The JSON Schema takes what is valid, and refuses unknown and missing fields and other versions."""
    if not installed("jsonschema"):
        return "jsonschema is not installed"
    validator: Any = resolve("jsonschema:Draft202012Validator")
    for document in (*_documents(subject), *subject.instances):
        schema = type(document).model_json_schema(by_alias=True)
        validator.check_schema(schema)
        takes = validator(schema).is_valid
        data = document.to_data()
        expect(takes(data), f"the JSON Schema of {type(document).__name__} refuses a valid document")
        expect(not takes({**data, "surprise": 1}), "the JSON Schema refuses an unknown field")
        for name, entry in type(document).model_fields.items():
            if entry.is_required():
                lacking = {key: value for key, value in data.items() if key != (entry.alias or name)}
                expect(not takes(lacking), f"the JSON Schema refuses a document without {name}")
        if isinstance(document, Instance):
            expect(not takes({**data, "schema_version": 2}), "the JSON Schema refuses the schema_version 2")
    return None
