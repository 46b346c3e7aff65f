from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wnpopt.cli.main import main
from wnpopt.core.registry import family

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def data() -> dict[str, object]:
    """The JSON data of a tiny valid wnp instance."""
    case = family("wnp").doctor
    assert case is not None
    return copy.deepcopy(dict(case.instance))


@pytest.fixture
def instance(tmp_path: Path, data: dict[str, object]) -> Path:
    """The same as a file."""
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(data))
    return path
