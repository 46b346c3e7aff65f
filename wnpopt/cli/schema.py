"""``wnpopt schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from wnpopt.cli.terminal import print_json
from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from wnpopt.core.document import Document


def schema(
    kind: Annotated[str | None, typer.Argument(help="An instance's or a solution's kind.", show_default="all")] = None,
) -> int:
    """Print the JSON Schema (draft 2020-12) of a kind of document, or of all by their kind."""
    from wnpopt.core import registry

    families = [registry.family(name) for name in registry.family_names()]
    kinds = [f.name + suffix for f in families for suffix in ("", "-solution")]
    kinds += [other for f in families for other in f.documents]
    if kind is not None and kind not in kinds:
        raise InputError(f"found {kind!r}; one of {', '.join(kinds)} is needed", where="KIND")
    print_json(_schema(kind) if kind is not None else {name: _schema(name) for name in kinds})
    return 0


def _schema(kind: str) -> dict[str, object]:
    content: dict[str, object] = _model(kind).model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}


def _model(kind: str) -> type[Document]:
    from wnpopt.core import registry
    from wnpopt.core.lazy import resolve

    for name in registry.family_names():
        family = registry.family(name)
        if kind in family.documents:
            return cast("type[Document]", resolve(family.documents[kind]))
    found = registry.family(kind.removesuffix("-solution"))
    return found.solution_type if kind.endswith("-solution") else found.instance_type
