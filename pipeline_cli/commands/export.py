"""`pipeline export`."""

import typer


def export(context: typer.Context) -> None:
    """Export."""
