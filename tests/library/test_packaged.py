"""What comes with the package: instances by name, and metadata that agree."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
SETUP = runpy.run_path(str(ROOT / "setup.py"), run_name="setup")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_an_example_is_the_instance_of_that_name() -> None:
    drone = wnpopt.example("wnp/inspection-drone")
    assert drone == wnpopt.load(ROOT / "instances" / "wnp" / "real" / "inspection-drone.json")
    assert wnpopt.examples("slide/tiny")[0] == "slide/tiny-accuracy-1400"
    assert wnpopt.examples("wnp/tiny") == tuple(f"wnp/tiny-{number:02d}" for number in range(24))
    assert {name.partition("/")[0] for name in wnpopt.examples("tiny")} == {"intradp", "slide", "wnp"}


def test_every_instance_of_the_library_has_a_name_of_its_own() -> None:
    files = [p for p in (ROOT / "instances").glob("*/*/*.json") if p.name != "index.json"]
    files = [p for p in files if p.parts[-3] not in ("graphs", "solutions")]
    names = wnpopt.examples()
    assert len(names) == len(set(names)) == len(files)
    assert sorted(names) == sorted(f"{p.parts[-3]}/{p.stem}" for p in files)


@pytest.mark.parametrize("name", ["wnp/inspection-dron", "", "wnp/real", "../x", 3, None])
def test_another_name_is_an_error_that_names_the_list(name: object) -> None:
    with pytest.raises(InputError, match=r"wnpopt\.examples\(\) lists all \d+ names") as caught:
        wnpopt.example(name)  # type: ignore[arg-type]
    assert name != "wnp/inspection-dron" or 'did you mean "wnp/inspection-drone"' in str(caught.value)
    with pytest.raises(InputError, match="the suites are intradp/chains"):
        wnpopt.examples("huge")


def test_the_version_is_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version = PROJECT["version"]
    assert re.findall(r"^version: (\S+)$", citation, re.MULTILINE) == [version]
    released = re.findall(r"^## (\d+\.\d+\.\d+)\b(.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert released, "CHANGELOG.md has no version"
    newest, when = released[0]
    assert newest == version
    dated = re.search(r"\d{4}-\d\d-\d\d", when)
    assert dated is not None or "unreleased" in when
    # A released version is dated in both, on the same day.
    assert re.findall(r"^date-released: \"?(\d{4}-\d\d-\d\d)\"?$", citation, re.MULTILINE) == (
        [] if dated is None else [dated.group()]
    )


def test_readme_reads_the_same_elsewhere() -> None:
    """In an index of packages a relative link leads nowhere: setup.py makes them absolute."""
    text = SETUP["absolute"]((ROOT / "README.md").read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)", text) + re.findall(r"(?:src|href)=[\"']([^\"']+)", text)
    at = f"{PROJECT['urls']['Repository']}/"
    assert targets
    for target in targets:
        assert re.match(r"https?://|mailto:|#", target), target
        own = re.fullmatch(rf"{re.escape(at)}(?:blob|raw)/v{re.escape(PROJECT['version'])}/([^#]+)(#.*)?", target)
        if target.startswith(at) and own is not None:
            assert (ROOT / own.group(1)).exists(), target


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](docs/a.md)", "[a](AT/blob/V/docs/a.md)"),
        ("[a](./docs/a.md#x)", "[a](AT/blob/V/docs/a.md#x)"),
        ("![p](docs/a.png)", "![p](AT/raw/V/docs/a.png)"),
        ("[![p](docs/a.png)](docs/a.md)", "[![p](AT/raw/V/docs/a.png)](AT/blob/V/docs/a.md)"),
        ("[a](https://x.org/a.md) [b](#b) [c](mailto:d@e.org)", "[a](https://x.org/a.md) [b](#b) [c](mailto:d@e.org)"),
        ('<img width="9" src="docs/a.svg"> <a href="LICENSE">', '<img width="9" src="AT/raw/V/docs/a.svg"> '
                                                               '<a href="AT/blob/V/LICENSE">'),
        ('[a](docs/a.md "title")', '[a](AT/blob/V/docs/a.md "title")'),
    ],
)  # fmt: skip
def test_links_become_absolute(text: str, wanted: str) -> None:
    made = SETUP["absolute"](text)
    assert made == wanted.replace("AT", PROJECT["urls"]["Repository"]).replace("V/", f"v{PROJECT['version']}/")


def test_a_source_archive_has_every_folder() -> None:
    given = set(re.findall(r"^(?:graft|recursive-include) (\S+)", (ROOT / "MANIFEST.in").read_text(), re.MULTILINE))
    ours = {".venv", ".ci-venv", ".git", "out", "build", "dist"}
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.endswith(("_cache", ".egg-info")) and not (path / "pyvenv.cfg").exists()
    }
    assert folders - ours - {".hypothesis", "__pycache__", "node_modules", "site"} <= given
