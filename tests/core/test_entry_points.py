"""Other packages' families and methods: what is broken costs only itself, and is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError

MODULES = {
    "good": """
from dataclasses import replace
from wnpopt.core.registry import method
METHOD = replace(method("wnp", "rtfs"), name="good")
OTHER = replace(METHOD, name="other")
PACS = replace(METHOD, name="pacs")
FOREIGN = replace(METHOD, family="slide", name="foreign")
NO_RUN = replace(METHOD, name="no-run", run=None)
TEXT = "METHOD"
""",
    "raises": "raise RuntimeError('no luck [red]today\\nor tomorrow')",
    "leaves": "import sys\nsys.exit(7)",
    "syntax": "def (",
    "lacks": "import a_module_that_nobody_has",
    "families": """
from dataclasses import replace
from wnpopt.core.registry import family
GOOD = replace(family("wnp"), name="good-family", methods=("broken_package.good:GONE", "broken_package.families:NAMED"))
NAMED = replace(__import__("broken_package.good").good.METHOD, family="good-family", name="named")
TWICE = replace(family("wnp"), name="slide")
""",
}
METHODS = {
    "wnp.good": "good:METHOD",
    "wnp.raises": "raises:METHOD",
    "wnp.leaves": "leaves:METHOD",
    "wnp.syntax": "syntax:METHOD",
    "wnp.lacks": "lacks:METHOD",
    "wnp.gone": "good:GONE",
    "wnp.nowhere": "nowhere:METHOD",
    "wnp.text": "good:TEXT",
    "wnp.renamed": "good:OTHER",
    "wnp.pacs": "good:PACS",
    "wnp.foreign": "good:FOREIGN",
    "wnp.no-run": "good:NO_RUN",
    "wnp": "good:METHOD",
    "nonsense.good": "good:METHOD",
    "wnp.unparsed": "good METHOD !",
}
FAMILIES = {
    "good-family": "families:GOOD",
    "slide": "families:TWICE",
    "broken-family": "lacks:FAMILY",
    "no-family": "good:TEXT",
}
BROKEN = {
    "wnp.raises": "RuntimeError: no luck",
    "wnp.leaves": "SystemExit: 7",
    "wnp.syntax": "SyntaxError",
    "wnp.lacks": "ModuleNotFoundError: No module named 'a_module_that_nobody_has'",
    "wnp.gone": "AttributeError",
    "wnp.nowhere": "ModuleNotFoundError",
    "wnp.text": "it is a str",
    "wnp.renamed": "it is a method called 'other'",
    "wnp.pacs": "the method pacs of wnp is wnpopt.problems.wnp.methods.pacs:METHOD already",
    "wnp.foreign": "it is a method of the family 'slide'",
    "wnp.no-run": "its run is a NoneType",
    "wnp": "a name of the form family.method is needed",
    "nonsense.good": "there is no family 'nonsense'",
    "wnp.unparsed": "Error: ",  # AttributeError, or ValueError where importlib_metadata reads entry points
    "slide": "the family slide is wnpopt.problems.slide:FAMILY already",
    "broken-family": "a_module_that_nobody_has",
    "no-family": "it is a str",
    "good-family": "AttributeError",
}


def install(site: Path) -> None:
    package = site / "broken_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    for name, text in MODULES.items():
        (package / f"{name}.py").write_text(text)
    meta = site / "broken_package-2.5.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-package\nVersion: 2.5\n")
    lines = ["[wnpopt.methods]", *(f"{name} = broken_package.{value}" for name, value in METHODS.items())]
    lines += ["[wnpopt.families]", *(f"{name} = broken_package.{value}" for name, value in FAMILIES.items())]
    (meta / "entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    site = tmp_path / "site"
    install(site)
    monkeypatch.syspath_prepend(str(site))
    registry.forget()
    yield site
    for name in [name for name in sys.modules if name.startswith("broken_package")]:
        del sys.modules[name]
    monkeypatch.undo()
    registry.forget()


@pytest.fixture
def instance_file(tmp_path: Path) -> Path:
    doctor = registry.family("wnp").doctor
    assert doctor is not None
    file = tmp_path / "doctor.json"
    wnpopt.save(registry.family("wnp").instance_type.from_data(doctor.instance), file)
    return file


@pytest.mark.usefixtures("broken")
def test_what_is_broken_is_left_out_and_what_is_whole_stays() -> None:
    own = ["rtfs", "pacs", "pacs-ls", "milp", "cpsat", "lbbd", "auto"]
    known = registry.methods("wnp")
    assert list(known) == [*own, "cpop", "heft", "pyjobshop", "good"]
    assert known["pacs"].run.__module__ == "wnpopt.problems.wnp.methods.pacs"
    assert len(known) == len(list(known.values())) == len(own) + 4
    assert "raises" not in known
    assert known.get("raises") is None
    assert registry.family_names() == ("good-family", "intradp", "slide", "wnp")
    assert registry.family("slide").title.startswith("model provisioning")
    assert list(registry.methods("good-family")) == ["named"]


@pytest.mark.usefixtures("broken")
def test_every_fault_is_named_with_its_package_and_cause() -> None:
    found = {fault.name: fault for fault in registry.faults()}
    assert found.keys() == BROKEN.keys()
    for name, cause in BROKEN.items():
        told = str(found[name])
        assert cause in told, told
        assert "broken-package 2.5" in told
        assert f" {name} = broken_package." in told
        assert "\n" not in told


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("name", ["raises", "leaves", "syntax", "lacks", "gone", "text", "renamed", "no-run"])
def test_a_broken_method_that_is_asked_for_says_why(
    instance_file: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.raises(InputError, match=r"broken-package 2\.5"):
        registry.method("wnp", name)
    assert main(["solve", str(instance_file), "--method", name]) == 2
    out, err = capfd.readouterr()
    assert not out
    assert err.count("\n") == 1
    for part in (f"wnp.{name}", "broken-package 2.5", BROKEN[f"wnp.{name}"]):
        assert part in err


@pytest.mark.usefixtures("broken")
def test_a_family_that_is_broken_says_why() -> None:
    with pytest.raises(InputError, match=r"broken-package 2\.5.*a_module_that_nobody_has"):
        registry.family("broken-family")


@pytest.mark.usefixtures("broken")
def test_the_commands_go_on(instance_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(instance_file), "--method", "good"]) == 0
    assert capfd.readouterr().err.replace("wnpopt: compiling, once (kept on disk)\n", "") == ""
    assert main(["list"]) == 0
    out, err = capfd.readouterr()
    assert "pacs" in out
    assert err.count("\n") == len(BROKEN)
    for name in BROKEN:
        assert f" {name} = broken_package." in err


def test_an_unreadable_list_of_entry_points_costs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = tmp_path / "unreadable-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: unreadable\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_bytes(b"[wnpopt.methods]\nwnp.x \xff\xfe\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.forget()
    try:
        assert registry.family_names() == ("intradp", "slide", "wnp")
        assert "heft" in registry.methods("wnp")
        told = [str(fault) for fault in registry.faults()]
        assert any("unreadable 1.0" in line and "cannot be read" in line for line in told)
    finally:
        monkeypatch.undo()
        registry.forget()


@pytest.mark.usefixtures("broken")
def test_who_registered_a_method() -> None:
    from wnpopt.core.versions import versions

    own = ("wnpopt", versions()["wnpopt"])
    assert registry.distribution("wnp", "pacs") == own
    assert registry.distribution("wnp", "heft") == own
    assert registry.distribution("wnp", "good") == ("broken-package", "2.5")
    assert registry.distribution("good-family", "named") == ("broken-package", "2.5")
    assert registry.distribution("wnp", "nobody") is None


class OtherEntryPoint:
    """As the backport importlib_metadata gives them to all once anything has imported it: of a class of its own."""

    def __init__(self, point: EntryPoint) -> None:
        self.name, self.value, self.group, self.dist, self.load = (
            point.name, point.value, point.group, point.dist, point.load
        )  # fmt: skip


@pytest.mark.usefixtures("broken")
def test_who_registered_a_method_when_entry_points_are_of_another_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [OtherEntryPoint(p) for p in entry_points(group=group)])
    registry.forget()
    assert registry.distribution("wnp", "good") == ("broken-package", "2.5")
    assert registry.distribution("wnp", "rtfs") == ("wnpopt", wnpopt.__version__)
    fault = registry.methods("wnp").fault("raises")
    assert fault is not None
    assert fault.distribution == "broken-package 2.5"


@pytest.mark.parametrize(
    "asked", ["registry.method('wnp', 'pacs')", "wnpopt.solve(registry.family('wnp').generate({}, 1), 'pacs')"]
)
def test_one_method_imports_no_other(asked: str) -> None:
    """Neither another family's files, nor other methods', nor a solver library."""
    program = f"import sys, wnpopt\nfrom wnpopt.core import registry\n{asked}\nprint(*sys.modules)"
    environment = dict(os.environ)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert "wnpopt.problems.wnp.methods.pacs" in loaded
    others = {name for name in loaded if name.startswith(("wnpopt.problems.slide", "wnpopt.problems.intradp"))}
    assert not others
    assert not loaded & {"ortools", "highspy", "pyomo", "cvxpy", "clarabel", "matplotlib", "pandas", "saga"}
    assert not {
        name for name in loaded if name.startswith(("wnpopt.problems.wnp.formulations.", "wnpopt.problems.wnp.peers"))
    }
    assert not loaded & {"wnpopt.problems.wnp.methods.auto", "wnpopt.problems.wnp.methods.rtfs"}


@pytest.mark.parametrize("family", registry.family_names())
def test_names_in_a_family_are_those_of_its_methods(family: str) -> None:
    known = registry.methods(family)
    assert [(name, method.name, method.family) for name, method in known.items()] == [(n, n, family) for n in known]
