"""A sales-pipeline tracker for the terminal.

Imports point down, and nowhere else (import-linter holds this on every run of the tests):

    cli -> commands -> reports -> workspace -> config | storage | exchange | output -> domain -> standard library

config, storage, exchange and output do not know each other; a command never imports another command.
Beside commands stands completion (what Tab offers), beside reports help (the pages of `pipeline help`).
SQL stands in storage alone, pydantic and YAML in config, iCalendar in exchange, Rich in output; Typer in cli, commands
and completion.

Single modules: complaints says what is wrong with a command line, or with the program; at the bottom, for all who write
files, are on_disk (how one comes to be) and interrupt (what Ctrl-C may truly say).
"""

__version__ = "0.1.0"
