"""CPoP (Topcuoglu, Hariri, Wu, IEEE TPDS 13(3), 2002) as SAGA has it, on chip-only instances."""

from __future__ import annotations

from wnpopt.problems.wnp.peers.saga_method import saga_method

METHOD = saga_method("cpop", "SAGA's CPoP (critical path on one core)", "saga.schedulers.cpop:CpopScheduler")
