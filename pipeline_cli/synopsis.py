"""How the usage of a command is written and asked for."""

from typing import Any

import typer

SETTINGS = {"help_option_names": ["-h", "--help"]}
"""Of every command."""


class Command(typer.core.TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """DEAL rather than Typer's {DEAL}."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]
