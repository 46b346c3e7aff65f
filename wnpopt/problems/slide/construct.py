"""slide instances in a program: ``wnpopt.slide.instance(...)``, and constructors of its parts.

Every constructor takes the fields of the document, too, under their names in the file, all in SI units. Arrays and
scalars may be NumPy's. What is wrong raises :class:`wnpopt.InputError` with the path inside the instance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wnpopt.core.construct import Fields, build, constructor, rows
from wnpopt.core.errors import InputError
from wnpopt.core.plain import plain
from wnpopt.problems.slide.instance import Link, Model, SlideInstance, User

__all__ = ["instance", "link", "model", "user", "users"]


@constructor(SlideInstance)
def instance(name: str, *, bandwidth_hz: float, models: Any, users: Any, **fields: Any) -> SlideInstance:
    """An instance of model provisioning, bandwidth and frequency allocation.

    ``models``: a list of :func:`model`. ``users``: a list of :func:`user`, or what :func:`users` makes.
    """
    return build(
        SlideInstance, name=name, bandwidth_hz=bandwidth_hz, models=models, users=_with_links(plain(users)), **fields
    )


@constructor(Model)
def model(name: str, accuracy: float, *, bits: Any, flop: Any) -> Fields:
    """A neural network: arrays with the bits and the FLOP of each layer, in the order of downloading and computing."""
    columns = {"bits": plain(bits), "flop": plain(flop)}
    for where, column in columns.items():
        if not isinstance(column, list):
            raise InputError(f"found a {type(column).__name__}; a list with one number a layer is needed", where=where)
    if len(columns["bits"]) != len(columns["flop"]):
        what = f"has {len(columns['flop'])} entries; {len(columns['bits'])} are needed, as bits has"
        raise InputError(what, where="flop")
    layers = [{"bits": size, "flop": work} for size, work in zip(columns["bits"], columns["flop"], strict=True)]
    return {"name": name, "accuracy": accuracy, "layers": layers}


@constructor(Link)
def link(spectral_efficiency: float | None = None, **fields: Any) -> Fields:
    """A downlink: its spectral efficiency in bit/s/Hz, or ``power_w``, ``gain`` and ``noise_w_per_hz``."""
    return fields if spectral_efficiency is None else {"spectral_efficiency": spectral_efficiency, **fields}


@constructor(User)
def user(
    name: str,
    *,
    deadline_s: float,
    link: Any,
    frequency_hz: Any,
    flop_per_cycle: float,
    energy_per_flop_hz2: float,
    **fields: Any,
) -> Fields:
    """A user. ``link``: see :func:`link`; a number is its spectral efficiency. ``frequency_hz``: least and greatest."""
    return {
        "name": name,
        "deadline_s": deadline_s,
        "link": link,
        "frequency_hz": frequency_hz,
        "flop_per_cycle": flop_per_cycle,
        "energy_per_flop_hz2": energy_per_flop_hz2,
        **fields,
    }


def users(names: Sequence[str] | int, **columns: Any) -> list[Fields]:
    """A user for each of ``names``; a number makes u0, u1 and so on.

    Every other field of a user, and of its link, is one value for all of them or an array with one for each:
    ``users(100, deadline_s=rng.uniform(0.2, 0.5, 100), spectral_efficiency=4.2, frequency_hz=(1e8, 1.3e9), ...)``.
    """
    of_link = {name: columns.pop(name) for name in Link.model_fields if name in columns}
    made = rows(User, names, "u", columns)
    if not of_link:
        return made
    if "link" in columns:
        raise InputError(f"is given as {', '.join(of_link)}, too; one of the two is needed", where="link")
    links = rows(Link, [entry["name"] for entry in made], "", of_link)
    return [entry | {"link": {key: value for key, value in own.items() if key != "name"}}
            for entry, own in zip(made, links, strict=True)]  # fmt: skip


def _with_links(given: Any) -> Any:
    """Users whose link may be a spectral efficiency alone."""
    if not isinstance(given, list):
        return given
    return [
        entry | {"link": {"spectral_efficiency": entry["link"]}}
        if isinstance(entry, dict) and isinstance(entry.get("link"), int | float)
        else entry
        for entry in given
    ]
