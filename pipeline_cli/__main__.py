"""`python -m pipeline_cli`, and the entry point of the command `pipeline`."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    # A process this short leaves no circular garbage worth finding, and looking for some takes 5 % of a start.
    gc.disable()
    from pipeline_cli.cli import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
