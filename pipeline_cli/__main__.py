"""`python -m pipeline_cli`, and the entry point of the command `pipeline`."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """The command `pipeline`: runs what was typed and ends the process with its exit code."""
    # A process this short leaves no circular garbage worth finding, and looking for some takes 5 % of a start.
    gc.disable()
    try:
        from pipeline_cli.cli import main

        code = main(sys.argv[1:], is_last=True)
    except KeyboardInterrupt:  # before the command has begun, or a second one
        from pipeline_cli.interrupt import describe_interrupt

        print(describe_interrupt(), file=sys.stderr)  # noqa: T201
        code = 130
    gc.freeze()  # nor at the end, where Python looks through all that is left: another 5 %
    sys.exit(code)


if __name__ == "__main__":
    run()
