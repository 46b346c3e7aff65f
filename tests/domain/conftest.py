"""Fixtures of the domain's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wnpopt.domain.network.graph import Graph


@pytest.fixture(scope="session")
def light_path() -> Callable[[str], Path]:
    """Path of one of the networks that the onnx package carries, weights replaced by constants."""
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    folder = Path(onnx.__file__).parent / "backend/test/data/light"

    def path(name: str) -> Path:
        file = folder / f"light_{name}.onnx"
        if not file.is_file():
            pytest.skip(f"this onnx package does not carry {file.name}")
        return file

    return path


@pytest.fixture(scope="session")
def light(light_path: Callable[[str], Path]) -> Callable[[str], Graph]:
    """The same networks as graphs, each read once."""
    from wnpopt.domain.files.onnx.reader import read_onnx

    read: dict[str, Graph] = {}

    def graph(name: str) -> Graph:
        if name not in read:
            read[name] = read_onnx(light_path(name))
        return read[name]

    return graph
