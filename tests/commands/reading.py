"""What the tests of commands read the record by: always through the reading commands."""

from __future__ import annotations

from typing import Any

from tests.conftest import Run


def shown(run: Run, name: str = "1") -> dict[str, Any]:
    """Everything `show` says about a deal."""
    return run("show", name, "--json").json  # type: ignore[no-any-return]


def deal(run: Run, name: str = "1") -> dict[str, Any]:
    """The deal's row of `list`."""
    return shown(run, name)["deal"]  # type: ignore[no-any-return]


def person(run: Run, name: str = "c1") -> dict[str, Any]:
    """What `contact show` says of somebody."""
    return run("contact", "show", name, "--json").json["contact"]  # type: ignore[no-any-return]


def flags(run: Run, name: str = "1") -> dict[str, Any]:
    """Flag -> the number that set it off."""
    return {flag["flag"]: flag["number"] for flag in deal(run, name)["flags"]}


def record(run: Run) -> tuple[str, ...]:
    """The whole record as the reports have it: equal before and after whatever changed nothing."""
    deals = run("list", "status=all", "--all-pipelines", "--json")
    details = [run("show", str(row["id"]), "--json").out for row in deals.rows]
    return (deals.out, *details)


def last(run: Run) -> dict[str, Any]:
    """The newest operation."""
    return run("history", "--json").rows[0]
