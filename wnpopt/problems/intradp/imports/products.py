"""Matrix products: rows of one factor (or batches of both), the other factor whole."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.problems.intradp.imports.links import Letters, linked
from wnpopt.problems.intradp.imports.site import Local, OperatorSite


def matmul(site: OperatorSite) -> Local | None:
    """Factors and, of MatMulInteger, zero points behind them, which are read whole."""
    if not (site.op.arguments or len(site.op.inputs) > 1 or constant_on_the_right(site)):
        return None
    return matrix_product(site, 0, 1)


def quantised_matmul(site: OperatorSite) -> Local | None:
    return matrix_product(site, 0, 3)


def gemm(site: OperatorSite) -> Local | None:
    turned = site.number("transA", 0), site.number("transB", 0)
    order = site.op.ordered
    if None in turned or len(site.out) != 2 or len(order) < 2:
        return None
    if not (site.op.arguments or len(site.op.inputs) > 1 or constant_on_the_right(site)):
        return None
    left = ("k", "m") if turned[0] else ("m", "k")
    right = ("n", "k") if turned[1] else ("k", "n")
    added = ("m", "n")[2 - len(site.shape[order[2]]) :] if len(order) > 2 and order[2] else None
    return linked(site, [left, right, added], ("m", "n"), "row-wise")


def einsum(site: OperatorSite) -> Local | None:
    equation = site.op.attribute("equation")
    if not isinstance(equation, str) or "." in equation:
        return None
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(site.op.ordered):
        return None
    output = right if arrow else "".join(sorted(letter for letter in set(left) - {","} if left.count(letter) == 1))
    return linked(site, [list(term) for term in terms], list(output), "row-wise")


def matrix_product(
    site: OperatorSite, first: int, second: int, turn_first: bool = False, turn_second: bool = False
) -> Local | None:
    """The product of the arguments at two places, which may be transposed; all others are read whole."""
    order, rank = site.op.ordered, len(site.out)
    if len(order) <= second or not order[first] or not order[second]:
        return None
    left, right = len(site.shape[order[first]]), len(site.shape[order[second]])
    if left < 1 or right < 1 or ((turn_first or turn_second) and min(left, right) < 2):
        return None
    arguments: list[Letters | None] = [None] * len(order)
    arguments[first] = [*_batch(left), *(("k", "m") if turn_first else ("m", "k"))] if left > 1 else ["k"]
    arguments[second] = [*_batch(right), *(("n", "k") if turn_second else ("k", "n"))] if right > 1 else ["k"]
    output = [*("m",) * (left > 1), *("n",) * (right > 1)]
    ahead = rank - len(output)
    if ahead < 0:
        return None
    return linked(site, arguments, [*(dim - ahead for dim in range(ahead)), *output], "row-wise")


def _batch(rank: int) -> Sequence[int]:
    """Letters of the dimensions before the last two, which align at their ends."""
    return [dim - (rank - 2) for dim in range(rank - 2)]


def constant_on_the_right(site: OperatorSite) -> bool:
    """True if the constant factor can only be the right one: on the left it mixes the rows of what it multiplies.

    Graph files of former versions do not say which it was. Where the shapes leave both, False.
    """
    matrix = site.shape[site.op.inputs[0]][-2:]
    factor = next((site.shape[name] for name in site.op.weights if len(site.shape[name]) > 1), None)
    if len(matrix) < 2:
        return False
    rows, inner = matrix
    if factor is None:
        if site.op.op_type != "MatMul" or len(site.op.weights) != 1:
            return False
        (length,) = site.shape[site.op.weights[0]] or (0,)
        ahead = site.shape[site.op.inputs[0]][:-2]
        return (length, site.out) == (inner, (*ahead, rows)) and (length, site.out) != (rows, (*ahead, inner))
    above, below = factor[-2:]
    out = site.out[-2:]
    if site.number("transB", 0):
        on_the_right = inner == below and out == (rows, above)
        on_the_left = below == inner and out == (above, rows)
    else:
        on_the_right = inner == above and out == (rows, below)
        on_the_left = below == rows and out == (above, inner)
    return on_the_right and not on_the_left
