"""What once went wrong is refused in the words that it should be, or taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.cases import CASES
from tests.fuzz.harness import check
from tests.fuzz.targets import TARGETS

pytest.importorskip("onnx", reason="the extra onnx is not installed")


@pytest.mark.parametrize("name", CASES)
def test_what_once_went_wrong(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    said = check(TARGETS[case.target], case.data(), tmp_path)
    assert bool(said) == bool(case.words), said
    for word in case.words:
        assert word in said
