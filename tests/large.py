"""Whether the larger suite was asked for: `PIPELINE_LARGE=1 python -m pytest`."""

from __future__ import annotations

import os

LARGE = bool(os.environ.get("PIPELINE_LARGE"))
"""Every command at every call, every odd word in every place, the largest of the real records: half an hour."""
