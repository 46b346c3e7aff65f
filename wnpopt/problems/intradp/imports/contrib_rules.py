"""Row rules of onnxruntime's own operators that treat rows as standard ones do; all others of that domain are global.

Operator definitions: onnxruntime, docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from wnpopt.problems.intradp.imports.links import Letters, aligned, broadcast, from_axis_on, linked, same_but, without
from wnpopt.problems.intradp.imports.products import matrix_product
from wnpopt.problems.intradp.imports.site import Local, OperatorSite, Rule


def _spread(site: OperatorSite, places: Sequence[int]) -> Local | None:
    """Arguments at ``places`` are spread over each other, all others (scales, zero points) are read whole."""
    order, rank = site.op.ordered, len(site.out)
    arguments: list[Letters | None] = [None] * len(order)
    for place in places:
        if place >= len(order) or not order[place]:
            return None
        arguments[place] = aligned(len(site.shape[order[place]]), rank)
    return linked(site, arguments, aligned(rank, rank), "element-wise")


def _two(site: OperatorSite) -> Local | None:
    return _spread(site, (0, 3))


def _one(site: OperatorSite) -> Local | None:
    return same_but(site, (), "element-wise", others=4)


def _joined(site: OperatorSite) -> Local | None:
    """Tensors with their scale and zero point behind those of the result; along the rows it is global."""
    along, rank, order = site.number("axis", 0), len(site.out), site.op.ordered
    if along is None or site.op.attribute("axis") is None or not -rank <= along < rank:
        return None
    letters = [None if dim == along % rank else dim for dim in range(rank)]
    arguments: list[Letters | None] = [letters if place % 3 == 2 else None for place in range(len(order))]
    return linked(site, arguments, letters, "element-wise")


def _pooled(site: OperatorSite) -> Local | None:
    rank = len(site.out)
    last = site.number("channels_last", 0)
    return None if last not in (0, 1) else without(site, range(1, rank - 1) if last else range(2, rank), kept=True)


def _softmax(site: OperatorSite) -> Local | None:
    """Before opset 13 over all dimensions from ``axis`` on; told of one, all of these are taken as mixed."""
    return from_axis_on(site, others=4)


def _normalised(site: OperatorSite) -> Local | None:
    """The sum of two arguments over its last dimension."""
    order, rank = site.op.ordered, len(site.out)
    if len(order) < 2 or not all(order[:2]):
        return None
    pair = [list(aligned(len(site.shape[name]), rank)) for name in order[:2]]
    letters: list[Letters | None] = [[*one[:-1], None] if one else None for one in pair]
    return linked(site, letters, [*aligned(rank, rank)[:-1], None], "row-wise")


def _fused_matmul(site: OperatorSite) -> Local | None:
    turned = [site.number(name, 0) for name in ("transA", "transB")]
    batches = [site.number(name, 0) for name in ("transBatchA", "transBatchB")]
    if None in turned or any(batches):
        return None
    return matrix_product(site, 0, 1, bool(turned[0]), bool(turned[1]))


def _integers_to_float(site: OperatorSite) -> Local | None:
    return matrix_product(site, 0, 1)


def _quantised_gemm(site: OperatorSite) -> Local | None:
    turned = [site.number(name, 0) for name in ("transA", "transB")]
    return None if None in turned else matrix_product(site, 0, 3, bool(turned[0]), bool(turned[1]))


def _rules() -> Iterable[tuple[str, Rule]]:
    def rule(names: str, derive: Callable[[OperatorSite], Local | None], *accounted: str) -> Iterable[tuple[str, Rule]]:
        return [(f"com.microsoft:{name}", Rule(derive, frozenset(accounted))) for name in names.split()]

    yield from rule("QLinearAdd QLinearMul", _two)
    yield from rule("QLinearSigmoid", _one)
    yield from rule("QLinearLeakyRelu", _one, "alpha")
    yield from rule("QLinearConcat", _joined, "axis")
    yield from rule("QLinearSoftmax", _softmax, "axis", "opset")
    yield from rule("QLinearGlobalAveragePool", _pooled, "channels_last")
    yield from rule("Gelu BiasGelu FastGelu", broadcast)
    yield from rule("QuickGelu", broadcast, "alpha")
    yield from rule("SkipLayerNormalization SkipSimplifiedLayerNormalization", _normalised, "epsilon")
    yield from rule("FusedMatMul", _fused_matmul, "alpha", "transA", "transB", "transBatchA", "transBatchB")
    yield from rule("MatMulIntegerToFloat", _integers_to_float)
    yield from rule("QGemm", _quantised_gemm, "alpha", "transA", "transB")


CONTRIB_RULES: Mapping[str, Rule] = MappingProxyType(dict(_rules()))
"""By operator type; all others of onnxruntime's domain are global."""
