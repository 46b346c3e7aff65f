"""Names that repeat: one wording wherever they stand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from wnpopt.core import registry
from wnpopt.core.document import Document
from wnpopt.core.errors import InputError
from wnpopt.core.unique import repeated, require_unique


def test_the_first_repeat_and_where_it_stood_first() -> None:
    assert repeated(["a", "b", "a", "b"]) == (2, 0)
    assert repeated(["a", "b"]) is None
    assert repeated([]) is None
    require_unique("users", ["a", "b"])


def doctor(family: str) -> dict[str, object]:
    known = registry.family(family).doctor
    data: dict[str, object] = json.loads(json.dumps(known.instance))
    return data


@pytest.mark.parametrize(
    ("family", "path"),
    [
        ("slide", ["users"]),
        ("slide", ["models"]),
        ("wnp", ["subgraphs"]),
        ("wnp", ["chip", "cores"]),
        ("wnp", ["modalities"]),
        ("intradp", ["operators"]),
    ],
)
def test_one_wording_in_every_family(family: str, path: list[str]) -> None:
    data = doctor(family)
    entries: object = data
    for step in path:
        assert isinstance(entries, dict)
        entries = entries[step]
    assert isinstance(entries, list)
    if len(entries) < 2:
        entries.append(json.loads(json.dumps(entries[0])))
    entries[1]["name"] = entries[0]["name"]
    field = ".".join(path)
    with pytest.raises(InputError) as caught:
        registry.family(family).instance_type.from_data(data)
    assert caught.value.where == f"{field}[1].name"
    assert caught.value.what == f'"{entries[0]["name"]}" is the name of {field}[0] too; names must differ'


def _documents(base: type[Document] = Document) -> list[type[Document]]:
    return [base, *(found for child in base.__subclasses__() for found in _documents(child))]


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None, 2])
def test_every_kind_of_file_takes_the_integer_1_alone_as_its_version(wrong: object) -> None:
    import wnpopt.domain.files.chip
    import wnpopt.domain.files.composition
    import wnpopt.domain.files.graph
    import wnpopt.domain.files.profile
    import wnpopt.domain.files.radio
    import wnpopt.problems.intradp.online.table  # noqa: F401

    for family in registry.family_names():
        registry.family(family)
    versioned = [
        found for found in _documents() if "schema_version" in found.model_fields and issubclass(found, Document)
    ]
    assert len(versioned) >= 8
    for document in versioned:
        assert _version_errors(document, wrong), document
        assert not _version_errors(document, 1), document


def _version_errors(document: type[Document], value: object) -> list[str]:
    from pydantic import ValidationError

    try:
        document.model_validate({"schema_version": value})
    except ValidationError as error:
        return [entry["msg"] for entry in error.errors() if entry["loc"][:1] == ("schema_version",)]
    return []


def test_columns_use_the_same_words() -> None:
    from wnpopt.problems.slide.columnar.columns import SlideColumns

    instance = registry.family("slide").instance_type.from_data(doctor("slide"))
    fields = dict(vars(SlideColumns.of(instance)))
    fields["user_names"] = np.array(["u0", "u1", "u0", "u3", "u4", "u5"])
    with pytest.raises(InputError) as caught:
        SlideColumns(**{key: value for key, value in fields.items() if key in SlideColumns.__dataclass_fields__})
    assert str(caught.value) == 'user_names[2]: "u0" is user_names[0] too; names must differ'
