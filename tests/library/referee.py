"""instances/check.py as a module: it stands alone, so these tests import nothing of wnpopt for it."""

from __future__ import annotations

import importlib
from typing import Any

CHECK: Any = importlib.import_module("instances.check")
