"""``wnpopt schema``."""

from __future__ import annotations

from typing import Annotated

import typer

from wnpopt.cli.terminal import print_json
from wnpopt.core.errors import InputError


def schema(
    kind: Annotated[str | None, typer.Argument(help="An instance's or a solution's kind.", show_default="all")] = None,
) -> int:
    """Print the JSON Schema (draft 2020-12) of a kind of document, or of all by their kind."""
    from wnpopt.core import registry

    kinds = [name + suffix for name in registry.family_names() for suffix in ("", "-solution")]
    if kind is not None and kind not in kinds:
        raise InputError(f"found {kind!r}; one of {', '.join(kinds)} is needed", where="KIND")
    print_json(_schema(kind) if kind is not None else {name: _schema(name) for name in kinds})
    return 0


def _schema(kind: str) -> dict[str, object]:
    from wnpopt.core.registry import family

    found = family(kind.removesuffix("-solution"))
    model = found.solution_type if kind.endswith("-solution") else found.instance_type
    content: dict[str, object] = model.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}
