"""One module a command.

None begins with `from __future__ import annotations`: annotations would be text, which Typer evaluates twice
at each start, and `add` would take 4 ms longer.
"""
