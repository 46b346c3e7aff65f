from wnpopt.api import (
    compile_model,
    decode,
    explain,
    families,
    layer_schedule,
    load,
    load_layers,
    load_solution,
    load_state,
    methods,
    pareto,
    save,
    solve,
    verify,
)
from wnpopt.backends.warmup import warmup
from wnpopt.bench.analysis.analysis import analyse
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.store import Store
from wnpopt.bench.suites.packaged import example, examples
from wnpopt.core.bound import Bound
from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError, MissingDependencyError, SolverError, UnsupportedError, WnpoptError
from wnpopt.core.result import Result
from wnpopt.core.status import Status, Termination, WarmStart
from wnpopt.core.trace import Candidate, TracePoint
from wnpopt.plotting.plot import plot
from wnpopt.problems.intradp import construct as intradp
from wnpopt.problems.slide import construct as slide
from wnpopt.problems.wnp import construct as wnp
from wnpopt.problems.wnp.runtime.simulate import simulate

__version__: str

__all__ = [
    "Bound",
    "Candidate",
    "Certificate",
    "InputError",
    "Instance",
    "MissingDependencyError",
    "Result",
    "Solution",
    "SolverError",
    "Status",
    "Store",
    "Termination",
    "TracePoint",
    "UnsupportedError",
    "Violation",
    "WarmStart",
    "WnpoptError",
    "__version__",
    "analyse",
    "batch",
    "compile_model",
    "decode",
    "example",
    "examples",
    "explain",
    "families",
    "intradp",
    "layer_schedule",
    "load",
    "load_layers",
    "load_solution",
    "load_state",
    "methods",
    "pareto",
    "plot",
    "save",
    "simulate",
    "slide",
    "solve",
    "verify",
    "warmup",
    "wnp",
]
