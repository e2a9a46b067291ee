"""`python -m pipeline_cli`, and the entry point of the command `pipeline`."""

from __future__ import annotations

import sys


def run() -> None:
    from pipeline_cli.cli import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
