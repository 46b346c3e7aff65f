"""The changes that are made: of cosmic-ray's operators those that say something, and five of our own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

# Of a comparison's seven replacements three tell it from all others; of an arithmetic operator's twelve, one or two do.
OPERATORS = [
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, bs in {
        "Lt": ("LtE", "NotEq", "GtE"), "LtE": ("Lt", "Eq", "Gt"), "Gt": ("GtE", "NotEq", "LtE"),
        "GtE": ("Gt", "Eq", "Lt"), "Eq": ("LtE", "GtE", "NotEq"), "NotEq": ("Lt", "Gt", "Eq"),
        "Is": ("IsNot",), "IsNot": ("Is",),
    }.items() for b in bs),
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "FloorDiv_Div", "Mod_FloorDiv",
        "Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr", "BitXor_BitAnd",
    )),
    "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not", "AddNot", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "ZeroIterationForLoop",
]  # fmt: skip


def operators() -> list[Any]:
    """All of them; cosmic-ray has to be installed."""
    from cosmic_ray.plugins import get_operator

    return [get_operator(f"core/{name}")() for name in OPERATORS] + _own()


def _own() -> list[Any]:
    """What cosmic-ray lacks: a statement or operand left out, min for max, an empty text, ten times a number."""
    import parso
    from cosmic_ray.operators.operator import Operator

    class Own(Operator):  # type: ignore[misc]
        def mutation_positions(self, node: Any) -> Iterator[Any]:
            for _ in self.changes(node):
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            made = parso.parse(list(self.changes(node))[index])
            made.children.pop()  # the end of the file
            return made

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

        def changes(self, node: Any) -> Iterator[str]:
            raise NotImplementedError

    class LeaveOut(Own):
        def changes(self, node: Any) -> Iterator[str]:
            kept = ("import_name", "import_from", "pass_stmt", "assert_stmt", "string", "strings")
            if node.type == "simple_stmt" and node.children[0].type not in kept and _in_function(node):
                yield node.get_first_leaf().prefix + "pass\n"

    class SwapExtremes(Own):
        def changes(self, node: Any) -> Iterator[str]:
            swap = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil",
                    "maximum": "minimum", "minimum": "maximum"}  # fmt: skip
            if node.type == "name" and node.value in swap:
                following = node.get_next_leaf()
                if following is not None and following.value == "(":
                    yield node.prefix + swap[node.value]

    class EmptyText(Own):
        def changes(self, node: Any) -> Iterator[str]:
            inside = node.parent is not None and node.parent.type in ("strings", "fstring", "simple_stmt")
            if node.type in ("string", "fstring", "strings") and not inside and _in_function(node):
                yield node.get_first_leaf().prefix + '""'

    class TimesTen(Own):
        def changes(self, node: Any) -> Iterator[str]:
            if node.type == "number" and "." in node.value + str(ast.literal_eval(node.value)):
                value = ast.literal_eval(node.value)
                yield from (f"{node.prefix}{value * factor!r}" for factor in (0.1, 10.0) if value)

    class LeaveOutOperand(Own):
        def changes(self, node: Any) -> Iterator[str]:
            if node.type in ("and_test", "or_test"):
                for left_out in range(0, len(node.children), 2):
                    kept = [c for c in node.children[::2] if c is not node.children[left_out]]
                    word = f" {node.children[1].value} "
                    told = word.join(c.get_code().strip() for c in kept)
                    yield node.get_first_leaf().prefix + told

    return [LeaveOut(), SwapExtremes(), EmptyText(), TimesTen(), LeaveOutOperand()]


def _in_function(node: Any) -> bool:
    """What is outside of functions is seen to be missing at once, and its texts are descriptions."""
    while node is not None and node.type != "funcdef":
        node = node.parent
    return node is not None
