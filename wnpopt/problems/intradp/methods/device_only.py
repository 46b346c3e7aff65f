"""device-only: everything on the device."""

from __future__ import annotations

from wnpopt.problems.intradp.methods.baseline import baseline

METHOD = baseline("device-only", "everything on the device")
