"""Whether the larger suite was asked for: `PIPELINE_LARGE=1 python -m pytest tests/faults`."""

from __future__ import annotations

import os

LARGE = bool(os.environ.get("PIPELINE_LARGE"))
"""Every command at every call, every change a process of its own: a quarter of an hour."""
