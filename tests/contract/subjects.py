"""The families that are registered, with what the kit has to know about them."""

from __future__ import annotations

from functools import cache

from tests.contract.mutations import intradp, slide, wnp
from wnpopt import testing
from wnpopt.core import registry
from wnpopt.core.document import Instance


def _changed(family: str, **fields: object) -> Instance:
    case = registry.family(family).doctor
    assert case is not None
    made: Instance = registry.family(family).instance_type.from_data({**case.instance, **fields})
    return made


@cache
def subjects() -> tuple[testing.Subject, ...]:
    """A subject for each family of the registry; one without mutations fails for lack of them."""
    known = {"wnp": _wnp, "slide": _slide, "intradp": _intradp}
    names = registry.family_names()
    return tuple(known[name]() if name in known else testing.Subject(registry.family(name)) for name in names)


def _wnp() -> testing.Subject:
    case = registry.family("wnp").doctor
    assert case is not None
    chip = {**case.instance["chip"], "exclusive_bus": True}  # type: ignore[dict-item]
    modalities = [{"name": name, "payload_bits": 10**9} for name in ("m0", "m1")]
    return testing.Subject(
        registry.family("wnp"),
        mutations=wnp.MUTATIONS,
        samples=(_changed("wnp", name="exclusive", chip=chip), *_with_fields("wnp")),
        solutions=(wnp.two_transfers(),),
        infeasible=(_changed("wnp", name="too-much-data", modalities=modalities),),
    )


def _with_fields(name: str) -> list[Instance]:
    """One for each optional field of the family ``name``, of its further known cases."""
    family = registry.family(name)
    made = [family.instance_type.from_data(dict(case.instance)) for case in family.cases]
    return [instance for instance in made if "+" not in instance.name]


def _slide() -> testing.Subject:
    multicast = _changed("slide", name="multicast", delivery="multicast")
    blocks = _changed("slide", name="blocks", resource_block_hz=180e3)
    return testing.Subject(
        registry.family("slide"),
        mutations=slide.MUTATIONS,
        samples=(multicast, blocks),
        unsupported={"equal": multicast, "convex": blocks},
    )


def _intradp() -> testing.Subject:
    return testing.Subject(
        registry.family("intradp"),
        mutations=intradp.MUTATIONS,
        samples=(_changed("intradp", name="energy", objective="energy"), *_with_fields("intradp")),
        infeasible=(_changed("intradp", name="too-late", deadline_s=1e-6),),
    )
