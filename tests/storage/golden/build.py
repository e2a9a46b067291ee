"""Makes the golden file of a version of the record: its schema and a small rich record, as SQL, and what it showed.

Whoever adds a step to `migrations.py` runs this once, when the step is done, and never again for that version:

    python tests/storage/golden/build.py

It writes `version_N.sql`, `version_N.key`, `version_N.yaml` and `version_N.json`, N being the version that the program
on the path writes. The tests load every one of them: nothing else is to be done for a new version, except to fill its
new tables in SCENARIO (or in ADDED, while no command does). A file that has landed is never made again.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

DEALS = """\
deal_id,title,company,deal_stage,amount,created,closed,Favourite Colour,email
x-1,"Import: audit, small",Delta GmbH,qualification,"1.200,50",2026-03-01,,green,dora@delta.example
x-2,Import: training,Epsilon AG,won,800,2026-01-10,2026-02-20,,
x-3,Import: coaching,Zeta KG,lost,950,2026-01-15,2026-03-20,blue,zoe@zeta.example
"""
MOVES = """\
deal,from_stage,to_stage,moved_at,reason,forced
x-1,,prospecting,2026-03-01T09:00:00Z,,
x-1,prospecting,qualification,2026-03-10T09:00:00Z,,
x-2,,prospecting,2026-01-10T09:00:00Z,,
x-2,prospecting,won,2026-02-20T09:00:00Z,,
x-3,,prospecting,2026-01-15T09:00:00Z,,
x-3,prospecting,lost,2026-03-20T09:00:00Z,price,
"""
TOUCHPOINTS = """\
deal,kind,direction,touched_at,outcome,note
x-1,call,out,2026-03-05T10:00:00Z,reached,"said ""maybe"", twice"
x-3,email,in,2026-03-01T10:00:00Z,,
"""

SCENARIO: tuple[tuple[str, str], ...] = (
    ("2026-04-01", "init"),
    ("2026-04-01", "import deals.csv --moves moves.csv --touchpoints touchpoints.csv --source-name crm --decimal ,"),
    ("2026-04-01", "contact add 'Fay Forgotten <fay@gone.example>'"),
    ("2026-04-01", "contact forget fay --yes"),
    (
        "2026-04-02",
        "add 'Acme: workshop' --org Acme --contact 'Ann Lee <ann@acme.example>' --phone '+49 30 1234567' "
        "--value 12k --source referral --cost 120 --close 2026-07-31 --owner Nora --field region=north",
    ),
    ("2026-04-03", "add 'Beta: analysis [/red]' --org Beta --contact 'Bob <bob@beta.example>' --value 5000"),
    ("2026-04-03", "add 'Beta: analysis again' --org Beta --value 5500"),
    ("2026-04-04", "add 'Gamma: silent' --org Gamma --contact 'Gus <gus@gamma.example>' --value 700"),
    ("2026-04-04", "add 'Eta: never ours' --org Eta --value 300"),
    (
        "2026-04-05",
        "log acme call 'They lose two days a week' --in --outcome reached --next 2026-04-12 'Send the offer'",
    ),
    ("2026-04-05", "note acme 'Prefers mail; line one\nline two'"),
    ("2026-04-06", "confirm acme problem --evidence 'Ann said so'"),
    ("2026-04-06", "qualify acme --set need=yes --set budget=unknown --evidence need='two days a week'"),
    ("2026-04-06", "advance acme"),
    ("2026-04-07", "done acme"),
    ("2026-04-08", "edit acme --value 15k --close 2026-08-31 --probability 61.3 --category commit"),
    ("2026-04-09", "confirm acme problem --revoke"),
    ("2026-04-10", "merge 6 5"),
    ("2026-04-11", "back acme prospecting --reason 'budget is gone'"),
    ("2026-04-11", "advance acme --to qualification --force --reason 'it is back'"),
    ("2026-04-12", "snooze 5 2026-06-01 --reason holidays"),
    ("2026-04-13", "disqualify 8 --reason 'a student'"),
    ("2026-04-14", "contact opt-out gus"),
    ("2026-04-14", "contact add 'Dana Roe <dana@acme.example>' --role buyer --deal 4"),
    ("2026-04-15", "contact edit dana --role 'head of buying'"),
    ("2026-04-16", "forecast --save"),
    ("2026-05-20", "next 4 2026-08-25 'Ask again'"),
    ("2026-05-20", "next 4 '2026-08-24 14:30' Demo --for 45m --remind 15m"),
    ("2026-05-21", "edit 4 --tag event --tag vip --link https://acme.example/offer"),
    ("2026-05-30", "prune --yes"),
    ("2026-06-10", "add 'Discarded' --org Nobody"),
    ("2026-06-10", "undo"),
    ("2026-06-11", "win acme --value 14500"),
    ("2026-06-13", "reopen 3"),
    ("2026-06-14", "lose 3 --reason price --note 'too dear'"),
    ("2026-06-15", "add 'Undone: one' --org Undo --contact 'Una <una@undo.example>' --value 99.99 --probability 33.3"),
    ("2026-06-16", "edit acme --org 'Acme Europe'"),
    ("2026-06-17", "merge 1 4"),
    ("2026-06-18", "note 4 'Last of all'"),
    ("2026-06-19", "undo 4"),
)
"""Day and command. It ends with operations that can be done again, and more that can be undone."""

ADDED: dict[int, tuple[str, ...]] = {
    2: (
        "UPDATE deals SET from_deal_id = 2 WHERE id = 4",
        "INSERT INTO follow_ups (deal_id, kind, due, set_at, closed_at, done) VALUES "
        "(2, 'renewal', '2027-06-11', '2026-06-11T12:00:00.000Z', NULL, 0), "
        "(2, 'check_in', '2026-09-11', '2026-06-11T12:00:00.000Z', '2026-06-12T12:00:00.000Z', 1)",
        "INSERT INTO reviews (made_at, made_on, from_on, pipelines, content) VALUES "
        "('2026-06-14T12:00:00.000Z', '2026-06-14', '2026-06-07', 'services', '{}')",
    )
}
ADDED[3] = (
    *ADDED[2],
    "INSERT INTO moves (deal_id, from_stage, to_stage, moved_at, mistake) "
    "VALUES (2, 'prospecting', 'proposal', '2026-02-01T12:00:00.000Z', 1)",
)
ADDED[4] = ADDED[5] = ADDED[3]
"""Version -> rows that no command of it writes yet."""

SHOWN = (
    "list status=all --json",
    "history --json",
    "contact list --json",
    "contact export ann --json",
    "export deals",
    "export moves",
    "export touchpoints",
    "export contacts",
    "show 1 --json",
    "show 4 --json",
    "list status=all --json --as-of 2026-04-30",
)
JUDGED = {
    "flags",
    "score",
    "criteria",
    "probability",
    "weighted",
    "customer",
    "from_deal",
    "grown",
    "follow_ups",
    "renewal",
    "idle_days",
    "addresses",
    "formerly",
}
"""Of what is shown, what is a judgement that may be improved, or new; all else is a fact and has to stay."""
SHOWN_ON = "2026-06-20"


def facts(printed: str) -> Any:
    """What was shown, JSON or CSV, without what is judged."""
    return without_judgements(json.loads(printed) if printed[0] == "{" else [*csv.DictReader(io.StringIO(printed))])


def without_judgements(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_judgements(one) for key, one in value.items() if key not in JUDGED}
    return [without_judgements(one) for one in value] if isinstance(value, list) else value


def run(today: str, line: str) -> str:
    """Runs one command in this folder and returns what it printed."""
    import shlex

    from pipeline_cli.cli import main

    os.environ["PIPELINE_TODAY"] = today
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(shlex.split(line))
    out.flush()
    err.flush()
    if code:
        raise SystemExit(f"{line}: {code}: {err.buffer.getvalue().decode()}")  # type: ignore[attr-defined]
    return str(out.buffer.getvalue().decode())  # type: ignore[attr-defined]


def dump_sql(database: Path) -> str:
    """The whole file as SQL, its version and its application in front."""
    connection = sqlite3.connect(database)
    try:
        pragmas = [
            f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"
            for name in ("application_id", "user_version")
        ]
        return "\n".join([*pragmas, *connection.iterdump()]) + "\n"
    finally:
        connection.close()


def build() -> None:
    from pipeline_cli.storage.schema import SCHEMA_VERSION

    target = HERE / f"version_{SCHEMA_VERSION}"
    if target.with_suffix(".sql").exists():
        raise SystemExit(f"{target}.sql is there already: a version that has landed is never made again.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"TZ": "UTC", "HOME": folder, "XDG_CACHE_HOME": folder, "XDG_CONFIG_HOME": folder}
        os.chdir(folder)
        for name, text in (("deals", DEALS), ("moves", MOVES), ("touchpoints", TOUCHPOINTS)):
            Path(f"{name}.csv").write_text(text, "utf-8")
        for today, line in SCENARIO:
            run(today, line)
        connection = sqlite3.connect("pipeline.db")
        for statement in ADDED.get(SCHEMA_VERSION, ()):
            connection.execute(statement)
        connection.commit()
        connection.close()
        shown = {line: facts(run(SHOWN_ON, line)) for line in SHOWN}
        target.with_suffix(".sql").write_text(dump_sql(Path("pipeline.db")), "utf-8")
        target.with_suffix(".yaml").write_bytes(Path("pipeline.yaml").read_bytes())
        target.with_suffix(".key").write_bytes(Path("pipeline.db.key").read_bytes())
        target.with_suffix(".json").write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, os.environ.get("PIPELINE_SOURCE", str(HERE.parents[2])))
    build()
