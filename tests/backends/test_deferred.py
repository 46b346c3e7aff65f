"""scipy.linalg is loaded when somebody uses it, whichever way they come to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.zygote import Zygote

LOADED = "assert 'scipy.linalg._misc' in sys.modules"


@pytest.fixture(scope="module")
def after_import() -> Iterator[Zygote]:
    """Processes that have imported what compiles, and nothing else."""
    with Zygote("import wnpopt.backends.compiled") as zygote:
        yield zygote


def run(after_import: Zygote, code: str) -> None:
    done = after_import.run(f"import sys\nassert 'scipy.linalg._misc' not in sys.modules\n{code}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "code",
    [
        "import scipy.linalg\nassert scipy.linalg.norm([3, 4]) == 5",
        "from scipy.linalg import norm\nassert norm([3, 4]) == 5",
        "import scipy\nassert scipy.linalg.norm([3, 4]) == 5",
        "import scipy.linalg.lapack\nassert scipy.linalg.norm([3, 4]) == 5",
        "from scipy.linalg import *\nassert norm([3, 4]) == 5",
        "from scipy.optimize import linprog\nassert linprog([1], bounds=[(2, 3)]).fun == 2",
        "import scipy.linalg\nassert not hasattr(scipy.linalg, 'nothing_of_this_name')",
    ],
)
def test_it_is_whole_for_whoever_uses_it(after_import: Zygote, code: str) -> None:
    run(after_import, f"{code}\n{LOADED}")


def test_compiled_code_has_its_linear_algebra(after_import: Zygote) -> None:
    run(
        after_import,
        "import numba, numpy as np\n"
        "product = numba.njit(lambda a: np.dot(a, np.linalg.inv(a)))\n"
        "assert np.allclose(product(np.array([[2.0, 1.0], [1.0, 3.0]])), np.eye(2))",
    )
