"""A sales-pipeline tracker for the terminal.

Imports point down, and nowhere else (import-linter holds this on every run of the tests):

    cli -> commands -> reports -> workspace -> config | storage | exchange | output -> domain -> standard library

config, storage, exchange and output do not know each other; a command never imports another command.
SQL stands in storage alone, pydantic and YAML in config, Rich in output, Typer in cli and commands.
"""

__version__ = "0.1.0"
