"""dai: download, then infer; the baseline that simultaneous downloading is compared with."""

from __future__ import annotations

from wnpopt.problems.slide.kernels.scheme import Scheme
from wnpopt.problems.slide.methods.baseline import baseline

METHOD = baseline(
    "dai", "baseline: download the whole model, then infer; users selected as well as can be", Scheme.DOWNLOAD_FIRST
)
