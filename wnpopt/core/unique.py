"""Names that must differ: one check and one wording for all files and families."""

from __future__ import annotations

from collections.abc import Iterable

from wnpopt.core.errors import InputError

_PLURAL = {"modality": "modalities"}


def repeated(names: Iterable[str]) -> tuple[int, int] | None:
    """(index of the first name that stood before, index where it stood first); None if all differ."""
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            return index, first[name]
        first[name] = index
    return None


def require_unique(field: str, names: Iterable[str], attribute: str = "name") -> None:
    """Raise :class:`InputError` at the first entry of the list ``field`` whose ``attribute`` stood before.

    Its path and message name both: ``users[3].name: "u0" is the name of users[0] too; names must differ``. An empty
    ``attribute`` is for lists of names.
    """
    names = list(names)
    found = repeated(names)
    if found is None:
        return
    index, first = found
    where = f"{field}[{index}].{attribute}" if attribute else f"{field}[{index}]"
    what = f"the {attribute} of {field}[{first}]" if attribute else f"{field}[{first}]"
    raise InputError(f'"{names[index]}" is {what} too; {_PLURAL.get(attribute, "names")} must differ', where=where)
