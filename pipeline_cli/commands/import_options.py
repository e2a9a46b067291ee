"""The options that say which files are imported and how they are read: of `import` and of `init --from`."""

from pathlib import Path
from typing import Annotated

import typer

Pairs = list[str] | None
Moves = Annotated[Path | None, typer.Option(metavar="FILE", help="The stage history.")]
Touchpoints = Annotated[Path | None, typer.Option(metavar="FILE", help="Calls, e-mails, meetings.")]
Contacts = Annotated[Path | None, typer.Option(metavar="FILE", help="The people.")]
Changes = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Earlier values of fields: amounts, close dates, owners.")
]
Maps = Annotated[Pairs, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is which field; repeated.")]
ValueMaps = Annotated[Pairs, typer.Option(metavar="FIELD:TEXT=VALUE", help='As in stage:"Closed Won"=won; repeated.')]
DateOrder = Annotated[str | None, typer.Option(metavar="dmy|mdy", help="How 03/04/2026 is meant.")]
Decimal = Annotated[str | None, typer.Option(metavar=".|,", help="The decimal sign of the amounts.")]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="The encoding, if it is not UTF-8 or UTF-16.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out, in DEALS.rejected.csv.")]
