"""`pipeline import`: other people's files."""

import typer


def import_(context: typer.Context) -> None:
    """Import."""
