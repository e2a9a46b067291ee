"""How the code is housed: files, imports, functions, records, likeness, and what a command loads, sends and takes.

    python benchmarks/house.py [--tree PATH] [--json] [--static] [--before FILE] [--places 20]

`--json` gives every place; kept in a file, it is what `--before` sets beside the numbers of today. `--static` leaves out
what has to be run. Trust the ratios of time, and the same machine alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

# Run as a script, its own folder is on the path and the repository is not.
from benchmarks.house_measures.definitions import measure_definitions  # noqa: E402
from benchmarks.house_measures.imports import measure_imports  # noqa: E402
from benchmarks.house_measures.layout import measure_layout  # noqa: E402
from benchmarks.house_measures.likeness import measure_likeness  # noqa: E402
from benchmarks.house_measures.measure import Measure  # noqa: E402
from benchmarks.house_measures.running import LOADED, measure_running  # noqa: E402
from benchmarks.house_measures.source import read_modules  # noqa: E402

PACKAGE = "pipeline_cli"
WIDEST = 240
"""Characters of a place in the table; JSON has all of them."""


def main() -> None:
    """Prints the measures of a tree."""
    options = parse_options()
    root = options.tree.resolve()
    measures = list(measure_source(root))
    if not options.static:
        with tempfile.TemporaryDirectory() as folder:
            measures += measure_running(root, Path(folder))
    if options.json:
        print(json.dumps(as_json(measures), indent=2, ensure_ascii=False))
        return
    before = json.loads(options.before.read_text(encoding="utf-8")) if options.before else {}
    print("\n".join([*lay_out_table(measures, before), *lay_out_places(measures, options.places)]))


def parse_options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tree", type=Path, default=REPOSITORY, help="the checkout to measure (this one)")
    parser.add_argument("--json", action="store_true", help="as JSON, every place named")
    parser.add_argument("--static", action="store_true", help="only what can be read from the source")
    parser.add_argument("--before", type=Path, metavar="FILE", help="JSON of an earlier run, to be set beside")
    parser.add_argument("--places", type=int, default=20, metavar="N", help="places to name for each number (20)")
    return parser.parse_args()


def measure_source(root: Path) -> Iterator[Measure]:
    """What can be read from the source, in a few seconds."""
    modules = read_modules(root, PACKAGE)
    yield from measure_layout(root, modules)
    yield from measure_imports(modules)
    yield from measure_definitions(modules)
    yield from measure_likeness(modules)


def as_json(measures: Sequence[Measure]) -> dict[str, Any]:
    """Section -> name -> value and places."""
    sections: dict[str, Any] = {}
    for measure in measures:
        place = sections.setdefault(measure.section, {})
        place[measure.name] = {"value": measure.value, "where": list(measure.where)}
    return sections


def lay_out_table(measures: Sequence[Measure], before: Mapping[str, Any]) -> Iterator[str]:
    """A line a measure under its section, with the earlier value where there is one."""
    ordered = sorted(measures, key=lambda measure: section_order(measures, measure.section))
    for section, group in groupby(ordered, key=lambda measure: measure.section):
        yield f"\n{section}"
        for measure in group:
            earlier = before.get(section, {}).get(measure.name, {}).get("value")
            beside = "" if earlier is None else f"   before {earlier:>9,}"
            yield f"  {measure.name:52} {measure.value:>9,}{beside}"


def section_order(measures: Sequence[Measure], section: str) -> int:
    """Where the section comes first."""
    return next(place for place, measure in enumerate(measures) if measure.section == section)


def lay_out_places(measures: Sequence[Measure], most: int) -> Iterator[str]:
    """The first places of each measure that names any; the modules that a command loads are JSON's alone."""
    for measure in measures:
        if measure.where and measure.section != LOADED and most > 0:
            yield f"\n{measure.section}: {measure.name}"
            yield from (f"  {place[:WIDEST]}" for place in measure.where[:most])
            if len(measure.where) > most:
                yield f"  … and {len(measure.where) - most} more"


if __name__ == "__main__":
    main()
