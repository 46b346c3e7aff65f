"""pydantic's errors in our words: where, what was found, what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from wnpopt.core.errors import InputError
from wnpopt.core.near import near

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

MOST = 10
"""Errors that are told at once."""

_LOOKED_AT = 200
"""Paths with errors that are compared with each other: a file may be wrong at a hundred thousand."""

_MOST_SHOWN = 4000
"""Characters of a value that a message shows."""

_WANTED = {
    "int_type": "an integer is needed",
    "int_from_float": "an integer is needed",
    "int_parsing_size": "an integer of at most 2^53 is needed",
    "float_type": "a number is needed",
    "finite_number": "a finite number is needed",
    "string_type": "a text is needed",
    "bool_type": "true or false is needed",
    "tuple_type": "a list is needed",
    "list_type": "a list is needed",
    "dict_type": "an object is needed",
    "model_type": "an object is needed",
    "model_attributes_type": "an object is needed",
    "none_required": "null is needed",
    "string_too_short": "at least {min_length} character is needed",
    "string_too_long": "at most {max_length} characters are allowed",
    "too_short": "at least {min_length} entry is needed",
    "too_long": "at most {max_length} entries are allowed",
    "greater_than": "a number above {gt} is needed",
    "greater_than_equal": "a number of at least {ge} is needed",
    "less_than": "a number below {lt} is needed",
    "less_than_equal": "a number of at most {le} is needed",
    "literal_error": "{expected} is needed",
}

_PLURAL = re.compile(r"entry is\b")


def explain(error: ValidationError, model: type[BaseModel], base: type[BaseModel]) -> InputError:
    """The first of pydantic's errors about a ``model`` as an :class:`InputError`, with the next nine at other paths.

    ``base`` is the class of all documents: pydantic names a branch of a union after its class.
    """
    branches = _BRANCHES | _subclass_names(base)
    details = error.errors(include_url=False)
    # In a union (a number or null) pydantic reports every branch: the one about null tells the user least.
    telling = [d for d in details if d["type"] != "none_required"] or details
    by_path: dict[tuple[int | str, ...], list[ErrorDetails]] = {}
    for detail in telling:
        path = _inside(detail["loc"], branches)
        if len(by_path) < _LOOKED_AT or path in by_path or path == ("kind",):
            by_path.setdefault(path, []).append(detail)
    _leave_out_meant(by_path, model)
    _leave_out_around(by_path)
    if ("kind",) in by_path:  # of a document of another kind there is no more to say
        by_path = {("kind",): by_path["kind",]}
    first, *others = (_at_path(path, at, model) for path, at in list(by_path.items())[:MOST])
    return InputError(first.what, where=first.where, others=tuple(others))


def _leave_out_meant(by_path: dict[tuple[int | str, ...], list[ErrorDetails]], model: type[BaseModel]) -> None:
    """Take out missing fields that an unknown field beside them stands for: its message names them."""
    for path in [path for path, found in by_path.items() if found[0]["type"] == "extra_forbidden"]:
        known = _known_fields(model, path[:-1])
        meant = near(path[-1], known)
        for other in [other for other, found in by_path.items() if found[0]["type"] == "missing"]:
            if other[:-1] == path[:-1] and meant == near(other[-1], known):
                del by_path[other]


def _leave_out_around(by_path: dict[tuple[int | str, ...], list[ErrorDetails]]) -> None:
    """Take out what is told of a container for the sake of an error inside it, which has been told before."""
    told: list[tuple[int | str, ...]] = []
    for path in list(by_path):
        if any(inner[: len(path)] == path for inner in told):
            del by_path[path]
        else:
            told.append(path)


def _at_path(path: tuple[int | str, ...], telling: Sequence[ErrorDetails], model: type[BaseModel]) -> InputError:
    """What is wrong at one path."""
    first = telling[0]
    # A union reports each branch on its own; what would be right is any of them.
    known = [d for d in telling if d["type"] in _WANTED] if first["type"] in _WANTED else []
    wanted = list(dict.fromkeys(_wanted(d) for d in known))
    if len(wanted) > 1 and all(text.endswith(" is needed") for text in wanted):
        choices = " or ".join(text.removesuffix(" is needed") for text in wanted)
        return InputError(f"found {found(first['input'])}; {choices} is needed", where=format_path(path))
    return InputError(_sentence(first, model), where=format_path(path))


def format_path(path: Sequence[int | str]) -> str:
    """``("users", 3, "deadline_s")`` as ``users[3].deadline_s``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def found(value: object) -> str:
    """``value`` as it stood in the file, its beginning where it is long; by its kind when it is a container."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    try:
        told = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return f"a {type(value).__name__}"
    return told if len(told) <= _MOST_SHOWN else f"{told[:_MOST_SHOWN]}…"


def _inside(loc: tuple[int | str, ...], branches: set[str]) -> tuple[int | str, ...]:
    """``loc`` without the steps that name a validator or a branch of a union rather than a field."""
    return tuple(
        step for step in loc if isinstance(step, int) or not (step in branches or step.startswith(_VALIDATORS))
    )


def _subclass_names(base: type[BaseModel]) -> set[str]:
    names, left = set[str](), [base]
    while left:
        children = left.pop().__subclasses__()
        names.update(child.__name__ for child in children)
        left += children
    return names


_BRANCHES = {"int", "float", "str", "bool", "none", "list", "tuple"}
_VALIDATORS = ("function-", "constrained-", "tuple[", "lax-or-strict", "literal[")


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "missing":
        return "missing field"
    if kind == "extra_forbidden":
        known = _known_fields(model, detail["loc"][:-1])
        told = f"; the fields here are {', '.join(known)}{near(detail['loc'][-1], known)}" if known else ""
        return f"unknown field{told}"
    if kind == "value_error":
        return f"found {found(detail['input'])}; {context.get('error', detail['msg'])}"
    if kind not in _WANTED:
        return f"found {found(detail['input'])}; {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return f"found {found(detail['input'])}; {_wanted(detail)}"


def _wanted(detail: ErrorDetails) -> str:
    """What would be right, with texts quoted as in JSON."""
    context = detail.get("ctx", {})
    told = _WANTED[detail["type"]].format(**context).replace("'", '"')
    return told if context.get("min_length", 1) == 1 else _PLURAL.sub("entries are", told)


def _known_fields(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The names of the fields of the sub-model at ``loc``, in order; empty where that is not clear."""
    schema = _schema(model)
    node: object = schema
    for step in (*loc, None):
        node = _resolve(schema, node)
        if step is None or not isinstance(node, dict):
            break
        node = node.get("items") if isinstance(step, int) else node.get("properties", {}).get(step)
    return list(node.get("properties", {})) if isinstance(node, dict) else []


@lru_cache(maxsize=64)
def _schema(model: type[BaseModel]) -> Mapping[str, object]:
    """Kept: it takes ten milliseconds or more, and a file may have as many unknown fields as it likes."""
    return model.model_json_schema(by_alias=True)


def _resolve(schema: Mapping[str, object], node: object) -> object:
    while isinstance(node, dict) and ("$ref" in node or "anyOf" in node):
        if "anyOf" in node:
            node = next((option for option in node["anyOf"] if option.get("type") != "null"), None)
            continue
        definitions = schema.get("$defs")
        name = str(node["$ref"]).rsplit("/", 1)[-1]
        node = definitions.get(name) if isinstance(definitions, dict) else None
    return node
