"""Names that look like mark-up, mathematics or commands are drawn as they are, by every family, in every form."""

from __future__ import annotations

import copy
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.registry import family, resolve
from wnpopt.core.text import one_line, short
from wnpopt.plotting.draw import draw

NAMES = (
    r"$\frac{a", "$x$", r"a\$b\\", "[/red]x", "<b>i</b><img src=x onerror=alert(1)>", "%{y} %d 100%", "_hidden", "&lt;",
    "模型 😀", "x" * 190, "=1+1", r"\textbf{n}", "{a}^2", "</script>", "'\"", "$", "$$",
)  # fmt: skip
HOSTILE = "<script>alert(1)</script> \x1b[31m \u202e $x$ %{y}"
METHODS = {"wnp": "pacs", "slide": "greedy", "intradp": "layer-cut"}


def renamed(data: object, names: dict[str, str]) -> object:
    if isinstance(data, dict):
        return {key: renamed(value, names) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [renamed(value, names) for value in data]
    return names.get(data, data) if isinstance(data, str) else data


def names_in(data: object) -> list[str]:
    """Every ``name`` inside the data, each once."""
    if isinstance(data, dict):
        own = [data["name"]] if isinstance(data.get("name"), str) else []
        return list(dict.fromkeys([*own, *(name for value in data.values() for name in names_in(value))]))
    return (
        list(dict.fromkeys(name for part in data for name in names_in(part))) if isinstance(data, list | tuple) else []
    )


def hostile(kind: str, shift: int) -> tuple[Instance, Solution]:
    """The family's tiny instance with other names, and a solution of it."""
    case = family(kind).doctor
    assert case is not None
    data = copy.deepcopy(dict(case.instance))
    found = names_in({key: value for key, value in data.items() if key != "name"})
    chosen = {
        name: NAMES[(shift + place) % len(NAMES)] + ("" if place < len(NAMES) else str(place))
        for place, name in enumerate(found)
    }
    changed = renamed({**data, "name": "-"}, chosen)
    assert isinstance(changed, dict)
    instance = family(kind).instance_type.from_data({**changed, "kind": kind, "name": NAMES[shift], "source": HOSTILE})
    solution = wnpopt.solve(instance, METHODS[kind], threads=1, warm_start="none").solution
    assert solution is not None
    return instance, solution


class Elements(HTMLParser):
    """The elements of a page; scripts are taken whole, as browsers do."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _ in attrs))))


def drawn(instance: Instance, solution: Solution, path: Path) -> bytes:
    draw(instance, solution, 1.0, path)
    return path.read_bytes()


@pytest.mark.parametrize("shift", range(0, len(NAMES), 4))
@pytest.mark.parametrize("kind", sorted(METHODS))
def test_names_are_drawn_as_they_are(kind: str, shift: int, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    instance, solution = hostile(kind, shift)
    if shift == 0:  # dots and repetitions are of one drawing, whatever the names are
        assert drawn(instance, solution, tmp_path / "a.png").startswith(b"\x89PNG")
    svg = drawn(instance, solution, tmp_path / "a.svg").decode()
    # matplotlib writes each text beside its glyphs: as it was drawn.
    texts = [html.unescape(text).strip() for text in re.findall(r"<!--(.*?)-->", svg, re.DOTALL)]
    assert not any(r"\$" in text for text in texts if r"a\$b" not in text)
    title = short(instance.name, 80)
    assert any(title.replace("--", "- -") in text for text in texts)
    if shift == 0:
        assert drawn(instance, solution, tmp_path / "b.svg").decode() == svg


@pytest.mark.parametrize("kind", sorted(METHODS))
def test_names_are_no_elements_of_a_page(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("plotly")
    kept = None
    for shift in range(0, len(NAMES), 5):
        instance, solution = hostile(kind, shift)
        page = drawn(instance, solution, tmp_path / "a.html").decode()
        assert drawn(instance, solution, tmp_path / "b.html").decode() == page
        elements = Elements(page).found, page.count("</script>")
        kept = kept or elements
        assert elements == kept
        for name in NAMES[4], HOSTILE:
            assert name not in page
        assert "\u202e" not in page
        assert html.escape(one_line(HOSTILE)) in page


def test_a_chart_for_the_report_keeps_its_names() -> None:
    """The report escapes what it draws itself: its data must not be escaped twice."""
    for kind in METHODS:
        gantt = family(kind).gantt
        assert gantt is not None
        instance, solution = hostile(kind, 0)
        chart = resolve(gantt)(instance, solution)  # type: ignore[operator]
        texts = " ".join([*(bar.label + bar.detail for bar in chart.bars), *(lane.name for lane in chart.lanes)])
        assert any(name in texts for name in NAMES)
        assert "&#" not in texts


def test_settings_of_the_user_make_no_tex(tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"text.usetex": True}):
        for kind in METHODS:
            assert drawn(*hostile(kind, 1), tmp_path / "a.png").startswith(b"\x89PNG")


def test_an_ending_that_is_not_known_is_named(tmp_path: Path) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    from wnpopt.plotting.save import save_image

    with pytest.raises(InputError, match=r"a\.gif: found the ending '.gif'; .png, .svg, .pdf is needed"):
        save_image(figure, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []
