"""Text that is safe to show, and numbers as people read them: one rule for each medium.

Names, sources, file names, messages and stored records come from files of others. Nothing in them may act on what shows
it: move a cursor, turn the direction of writing, be read as mark-up, mathematics or a formula.
"""

from __future__ import annotations

import re
from math import isclose

SAME = 1e-9
"""Values that differ by no more, relatively, count as equal: they may look equal, and their gap as none."""
_EXACT = 2.0**53
_PLOTLY = re.compile(r"[&<>\"'%$]")
_FORMULA = ("=", "+", "-", "@")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "|": r"\textbar{}", "≤": r"$\leq$",
        "[": "{[}", "*": "{*}",  # after the end of a row these two would be its options
    }
)  # fmt: skip


def one_line(text: str) -> str:
    """``text`` as a line: line breaks, control, format (bidi) and surrogate characters as their escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def short(text: str, most: int) -> str:
    """At most ``most`` characters of ``text``, as one line."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def in_image(text: str, most: int = 120) -> str:
    """``text`` for matplotlib: what stands between two dollars is no mathematics, and ``_`` hides it in no legend."""
    line = short(text, most).replace("$", r"\$")
    return f" {line}" if line.startswith("_") else line


def in_page(text: str, most: int = 120) -> str:
    """``text`` for HTML and for plotly, which reads some HTML, ``%{...}`` as a variable and ``$...$`` as TeX."""
    return _PLOTLY.sub(lambda found: f"&#{ord(found[0])};", short(text, most))


def in_latex(text: str) -> str:
    """``text`` for a paragraph or a cell of LaTeX."""
    return re.sub("-(?=-)", "-{}", one_line(text).translate(_LATEX))  # two hyphens are a dash, three a longer one


def in_markdown(text: str) -> str:
    """``text`` for a cell or a paragraph of Markdown: nothing in it is mark-up or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>|#$~&])", r"\\\1", one_line(text))


def in_csv(text: str) -> str:
    """``text`` for a cell of CSV: a spreadsheet takes it for no formula (OWASP, CSV injection)."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) and line != "-" else line


def number(value: float | None, digits: int = 6) -> str:
    """A value with so many digits, never fewer than it has before the point; a dash where it is not known."""
    if value is None:
        return "-"
    size = abs(value)
    if size <= _EXACT and float(value).is_integer():
        return f"{value + 0:.0f}"  # no minus before a zero
    if 1e5 <= size < _EXACT:
        return f"{value:.{max(1, digits - len(f'{size:.0f}'))}f}"
    return f"{value:.{digits}g}"


def numbers(*values: float | None) -> tuple[str, ...]:
    """Values that are seen together: those that differ look different, with as many digits as that takes."""
    texts = [number(value) for value in values]
    for digits in range(7, 18):
        alike = [i for i in range(len(values)) if any(_look_alike(values, texts, i, j) for j in range(len(values)))]
        if not alike:
            break
        for i in alike:
            texts[i] = number(values[i], digits)
    return tuple(texts)


def _look_alike(values: tuple[float | None, ...], texts: list[str], i: int, j: int) -> bool:
    a, b = values[i], values[j]
    if a is None or b is None or isclose(a, b, rel_tol=SAME):
        return False
    return float(texts[i]) == float(texts[j])


def percent(value: float | None) -> str:
    """A share in per cent; 0.00 % where it is none, more digits where it would only look like none."""
    if value is None:
        return "-"
    # A gap of 0 to anything is relative to 1e-12: many digits that say nothing.
    plain = abs(value) <= SAME or 5e-5 <= abs(value) < 1e3
    return f"{100 * value:.2f} %" if plain else f"{100 * value:.1e} %"


def seconds(value: float | None) -> str:
    """A duration with three digits or more: 2.1 ms, 340 ms, 3.41 s, 1234 s; a dash where it is not known."""
    if value is None:
        return "-"
    if value < 0.9995:
        return f"{1000 * value:.3g} ms"
    return f"{value:.3g} s" if value < 999.5 else f"{value:.0f} s"
