"""The tutorials work as they stand, in an empty folder: every plan that they make is accepted and drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wnpopt
from tests.docs.page import ROOT, follow

pytestmark = pytest.mark.slow


TOLD = {
    "wnp": ("rover-7.json", {"rtfs": 15586, "pacs": 13485, "auto": 13485}),
    "slide": ("cell.json", {"auto": 32, "dai": 25}),
    "intradp": (
        "split.json",
        {"device-only": 6.53e-3, "server-only": 16.1e-3, "layer-cut": 5.40e-3, "search": 4.62e-3},
    ),
}
"""Of each tutorial the instance that it makes, and the values that it tells."""


@pytest.mark.parametrize("family", TOLD)
def test_the_tutorial(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    monkeypatch.chdir(tmp_path)
    steps = list(follow(ROOT / f"docs/tutorials/{family}.md", tmp_path, capsys))
    printed = "\n".join(step.printed for step in steps)
    assert "accepted" in printed
    name, values = TOLD[family]
    instance = wnpopt.load(tmp_path / name)
    for method, value in values.items():
        (told,) = re.findall(rf"^{method} +(?:optimal|feasible) +([\d.]+) ", printed, re.MULTILINE)
        assert float(told) == pytest.approx(value, rel=3e-3)
    for shown, after in zip(steps[1:], steps, strict=False):
        if shown.kind == "text":
            assert after.printed == shown.text
    text = "\n".join(step.text for step in steps)
    plans = re.findall(r"--out (\S+)", text)
    assert "plan.json" in plans
    for plan in plans:
        assert wnpopt.verify(instance, wnpopt.load_solution(tmp_path / plan)).accepted
    pictures = re.findall(r"(?:--plot|plot .* -o) (\S+)", text)
    assert "plan.html" in pictures
    for picture in pictures:
        assert (tmp_path / picture).stat().st_size > 10_000


def test_starts_on_the_how_to_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    *_, start = follow(ROOT / "docs/howto.md", tmp_path, capsys)
    word, first, better = start.printed.split()
    assert word == "accepted"
    assert int(better) <= int(first)
