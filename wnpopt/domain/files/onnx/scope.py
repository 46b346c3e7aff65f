"""Names in nested graphs of an ONNX file: what each means in the one flat graph that is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import NodeProto


class Scope:
    """Names of one graph, within those of the graphs around it."""

    def __init__(self, around: Scope | None = None) -> None:
        self._around = around
        self._names: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The flat name that ``name`` means here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope._names:
                return scope._names[name]
            scope = scope._around
        return name

    def bind(self, name: str, flat: str) -> None:
        """From now on, ``name`` means ``flat`` here."""
        self._names[name] = flat

    @property
    def plain(self) -> bool:
        """True if every name means itself."""
        return self._around is None and not self._names

    def flat(self, node: NodeProto) -> NodeProto:
        """``node`` with flat names of its inputs and outputs, in the standard domain's one spelling."""
        if self.plain and node.domain != "ai.onnx":
            return node
        copy = type(node)()
        copy.CopyFrom(node)
        del copy.input[:], copy.output[:]
        copy.input.extend(name and self.of(name) for name in node.input)
        copy.output.extend(name and self.of(name) for name in node.output)
        if copy.domain == "ai.onnx":
            copy.domain = ""
        return copy


class FreshNames:
    """Names that no tensor of the flat graph has yet."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def like(self, name: str) -> str:
        """``name``, or ``name#2`` and so on."""
        candidate, count = name, self._last.get(name, 1)
        while candidate in self._taken:
            count += 1
            candidate = f"{name}#{count}"
        self._last[name] = count
        self._taken.add(candidate)
        return candidate
