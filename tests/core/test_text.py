"""What is shown acts on nothing that shows it, and numbers that differ look different."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import subprocess
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.core.text import in_csv, in_image, in_latex, in_page, number, numbers, one_line, percent, seconds, short

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
TEXTS = st.text(max_size=30) | st.text("$\\{}^_%&<>=+-@[]/ax\n\x1b\u202e", max_size=30)


@pytest.mark.parametrize(
    "character", [*BIDI, "\x00", "\x1b", "\x7f", "\x9b", "\u2028", "\u2029", "\ufeff", "\udcff", "\xa0"]
)
def test_what_acts_unseen_is_escaped(character: str) -> None:
    shown = one_line(f"a{character}b")
    assert shown.isascii()
    assert shown.isprintable()
    assert shown != f"a{character}b"
    assert one_line(f"{character}" * 3) == 3 * one_line(character)


@pytest.mark.parametrize("text", ["[/red]x", "$x$ \\frac", "模型 😀", "עברית", "é", ""])
def test_what_is_seen_stays(text: str) -> None:
    assert one_line(text) == text


@given(TEXTS)
@settings(deadline=None)
def test_no_medium_takes_a_name_for_more(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    page = in_page(text, 1000)
    assert html.unescape(page) == line
    assert not set(page) & set("<>\"'$%")
    assert re.fullmatch(r"([^&]|&#\d+;)*", page)
    latex = in_latex(text)
    assert not re.search(r"(?<!\\)[&%#_]", latex)
    assert "--" not in latex
    cell = next(csv.reader(io.StringIO(f'"{in_csv(text).replace(chr(34), 2 * chr(34))}"')), [""])[0]
    assert cell == "-" or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == line.removeprefix("'")


def test_hyphens_stay_hyphens_in_latex() -> None:
    assert [in_latex("a" + count * "-") for count in range(1, 5)] == ["a-", "a-{}-", "a-{}-{}-", "a-{}-{}-{}-"]


@given(TEXTS)
@settings(deadline=None)
def test_matplotlib_reads_no_mathematics(text: str) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    drawn = figure.text(0, 0, in_image(text, 1000))
    shown, mathematics = drawn._preprocess_math(drawn.get_text())
    assert mathematics is False
    assert shown.removeprefix(" ") == one_line(text).removeprefix(" ")
    assert not in_image(text).startswith("_")


def test_short_texts_keep_their_beginning() -> None:
    assert short("abcdef", 6) == "abcdef"
    assert short("abcdefg", 6) == "abcde…"
    assert len(short("\u202e" * 50, 20)) == 20


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (0.0, "0"), (-0.0, "0"), (3.0, "3"), (20000016.0, "20000016"), (2.0**53, "9007199254740992"),
        (0.1, "0.1"),
        (-2.5, "-2.5"), (123456.7, "123456.7"), (20000003.7, "20000003.7"), (1e-7, "1e-07"), (1e300, "1e+300"),
        (float("inf"), "inf"), (float("nan"), "nan"), (97.9999999, "98"), (2.0000116679610818, "2.00001"),
    ],
)  # fmt: skip
def test_numbers_alone(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((2.0000150, 2.0000116679610818), ("2.000015", "2.000012")),
        ((20000016.0, 20000004.0), ("20000016", "20000004")),
        ((98.0, 97.99999), ("98", "97.99999")),
        ((20000004.0, 20000003.96), ("20000004", "20000003.96")),
        ((1.5, 1.5), ("1.5", "1.5")),
        ((2.0000116679610818, 2.0000116679610814), ("2.00001", "2.00001")),
        ((None, 1.0), ("-", "1")),
        ((float("inf"), 1.0), ("inf", "1")),
    ],
)
def test_numbers_together(values: tuple[float | None, ...], texts: tuple[str, ...]) -> None:
    assert numbers(*values) == texts


@given(st.floats(1e-6, 1e15), st.floats(1.1e-9, 1e-2))
@settings(deadline=None)
def test_a_gap_is_seen_in_the_numbers(value: float, gap: float) -> None:
    shown, bound = numbers(value, value * (1 - gap))
    assert float(shown) > float(bound)
    assert float(shown) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "-"), (0.0, "0.00 %"), (6e-7, "6.0e-05 %"), (0.00005, "0.01 %"), (0.0501, "5.01 %"), (1.0, "100.00 %"),
     (1e-12, "0.00 %"), (1e12, "1.0e+14 %")],
)  # fmt: skip
def test_no_gap_looks_like_none(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (2.1e-3, "2.1 ms"), (3.414, "3.41 s"), (999.4, "999 s"), (12345.6, "12346 s")]
)
def test_durations(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_the_page_follows_the_same_rules() -> None:
    """The report's scripts have these rules once more, in JavaScript; the numbers of both must agree."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    values = [[98.0, 97.99999], [2.000015, 2.0000116679610818], [20000004.0, 20000003.96], [0.1, 0.3], [123456.7, 1e-7]]
    shares = [0.0, 6e-7, 0.0501, 1e-12, 0.00005]
    homes = (("wnpopt.plotting", "page.js"), ("wnpopt.bench.report", "tables.js"))
    browser = "globalThis.IntersectionObserver = class {}; globalThis.matchMedia = () => ({ addEventListener() {} });"
    browser += "globalThis.addEventListener = () => {};"
    script = browser + "".join(
        files(package).joinpath("assets", name).read_text(encoding="utf-8") for package, name in homes
    )
    tail = f"console.log(JSON.stringify([{json.dumps(values)}.map(numerals), {json.dumps(shares)}.map(percentage)]))"
    found = json.loads(subprocess.run([node, "-e", script + tail], capture_output=True, text=True, check=True).stdout)
    texts = [[float(text) for text in numbers(*pair)] for pair in values]
    assert [[float(text) for text in pair] for pair in found[0]] == texts
    assert [float(text.split()[0]) for text in found[1]] == [float(percent(share).split()[0]) for share in shares]
