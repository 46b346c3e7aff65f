"""server-only: everything on the server, the input up and the result down."""

from __future__ import annotations

from wnpopt.problems.intradp.methods.baseline import baseline

METHOD = baseline("server-only", "everything on the server, the input up and the result down")
