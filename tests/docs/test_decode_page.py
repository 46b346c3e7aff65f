"""The page on models with constraints of one's own: its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs/decode.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(3))
def test_the_examples_run(number: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(EXAMPLES) == 3
    monkeypatch.chdir(ROOT)
    exec(compile(EXAMPLES[number], f"docs/decode.md, example {number}", "exec", dont_inherit=True), {})
    assert capsys.readouterr().out
