"""Every registered family and method keeps the contract."""

from __future__ import annotations

import pytest

from wnpopt import testing
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.extras import installed

FAMILIES = registry.family_names()
METHODS = [(name, method) for name in FAMILIES for method in registry.methods(name)]


def known(name: str) -> tuple[Instance, float]:
    family = registry.family(name)
    assert family.doctor is not None, "a family brings a tiny instance with its optimum"
    instance: Instance = family.instance_type.from_data(family.doctor.instance)
    return instance, family.doctor.optimum


def skip_unusable(name: str, method: str, instance: Instance) -> None:
    """Skip where a library is missing, or where a method that is not of the family's own refuses ``instance``.

    A family's own methods solve its known instance: they have no excuse.
    """
    found = registry.method(name, method)
    missing = [module for module in found.modules if not installed(module)]
    if missing:
        pytest.skip(f"{method} needs {', '.join(missing)}: pip install {found.install or ' '.join(missing)}")
    refused = found.refuse(instance)
    if method not in registry.family(name).methods and refused is not None:
        pytest.skip(f"{method} refuses {refused[0]}: {refused[1]}")


@pytest.mark.parametrize("name", FAMILIES)
def test_family_is_complete(name: str) -> None:
    testing.check_family(registry.family(name))


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_method_on_a_known_instance(name: str, method: str) -> None:
    instance, optimum = known(name)
    skip_unusable(name, method, instance)
    testing.check_method(registry.family(name), method, instance, optimum)


@pytest.mark.parametrize(("name", "method"), [(n, m) for n, m in METHODS if not registry.method(n, m).timed])
def test_untimed_methods_repeat_themselves(name: str, method: str) -> None:
    instance, _ = known(name)
    skip_unusable(name, method, instance)
    testing.check_repeatable(method, instance)
    testing.check_repeatable(method, registry.family(name).generate({}, 7))


@pytest.mark.parametrize("name", FAMILIES)
def test_formulations_compile(name: str) -> None:
    import wnpopt

    instance, _ = known(name)
    for formulation in registry.family(name).formulations:
        assert wnpopt.compile_model(instance, formulation) is not None


@pytest.mark.parametrize(("name", "method"), [(n, m) for n, m in METHODS if registry.method(n, m).timed])
def test_no_time_is_no_error(name: str, method: str) -> None:
    import wnpopt

    instance, optimum = known(name)
    skip_unusable(name, method, instance)
    result = wnpopt.solve(instance, method, time_limit=0.0, threads=1, warm_start="none")
    testing.check_result(registry.family(name), instance, result)
    if result.status == "optimal":
        assert result.objective == pytest.approx(optimum)
    else:
        assert result.status in ("unknown", "feasible")
        assert result.termination in ("time_limit", "heuristic")
