"""Options, arguments and the form of usage that commands share."""

from typing import Annotated, Any

import typer

Deal = Annotated[
    str, typer.Argument(metavar="DEAL", help="Its number, external id, or part of its title or organization.")
]
Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="c12, an e-mail address, a number, or a part of the name.")
]
At = Annotated[str | None, typer.Option("--at", metavar="WHEN", help="When it happened, if not now.")]
CheckIn = Annotated[
    str | None, typer.Option("--check-in", metavar="DATE", help="When to ask the customer how it goes: 90d.")
]
Renewal = Annotated[str | None, typer.Option("--renewal", metavar="DATE", help="When it ends unless it is renewed.")]
Again = Annotated[
    str | None, typer.Option("--again", metavar="DATE", help="When to try again: 6m. It becomes the next step.")
]
WhatToSay = Annotated[
    str | None, typer.Argument(metavar="[TEXT]", help="With --again: what to say then; else 'Ask again'.")
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")]


SETTINGS = {"help_option_names": ["-h", "--help"]}
"""Of every command."""


class Command(typer.core.TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """DEAL rather than Typer's {DEAL}."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]
