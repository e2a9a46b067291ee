"""Texts that act on a terminal, hide what is read, or break tables; and a record that holds one in every place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.conftest import Result, Run

HOSTILE = {
    "escapes": "Acme \x1b[31mred\x1b[0m \x1b]52;c;cm0gLXJm\x07 \x1b]0;owned\x1b\\ \x1b[2J \x9b2J \x08\x0b\x0c\x7f",
    "lines": "Acme\r\nfake: row\rover\u2028two\u2029three\x85four\tfive",
    "hidden": "Acme \u202egnidoc\u202c \u2066x\u2069 Ac\u200bme\ufeff\u00ad\u2060",
    "markup": "=cmd|' /C calc'!A0 [red]X[/] [link=https://x.example]y[/link] [/ | `code` <b>x</b> [a](javascript:b) \\",
    "letters": "חברת ייעוץ العربية 株式会社アクメ 🚀👩\u200d🚀",
    "long": "Acme" * 2500,
}
REFUSED = {"a NUL": "Acme\x00", "half a character": "Acme\udcff"}
"""No file and no UTF-8 holds these: refused where they are typed."""

_HARMLESS = "\n\u200d"
"""The joiner within an emoji."""


def controls_in(text: str) -> set[str]:
    """What must not reach a screen: all that is neither printable nor a space nor the end of a line."""
    return {
        char
        for char in set(text)
        if not (
            char.isprintable() or char in _HARMLESS or (char.isspace() and char > "\x9f" and char not in "\u2028\u2029")
        )
    }


def put_everywhere(run: Run, text: str, folder: Path) -> list[Result]:
    """The answers of every command that takes a text, on deals 1 to 5."""
    (folder / "rows.csv").write_bytes('id,title,extra\nimported,"{0}","{0}"\n'.format(text.replace('"', '""')).encode())
    commands = (
        [
            "add",
            text,
            "--org",
            text,
            "--contact",
            "Ann Lee <ann@acme.example>",
            "--source",
            "referral",
            "--owner",
            text,
            "--field",
            f"note={text}",
            "--value",
            "5k",
            "--phone",
            "030 1234567",
        ],
        ["add", f"Lost {text}", "--org", text, "--value", "7k"],
        ["add", f"Won {text}", "--org", text, "--value", "9k"],
        ["edit", "1", "--external-id", text],
        ["edit", "1", "--org", text, "--field", f"other={text}"],
        ["contact", "add", "Bob Ray", "--role", text, "--org", text, "--source", text, "--deal", "1"],
        ["contact", "add", f"Cid {text}"],
        ["log", "1", "call", text, "--outcome", text, "--next", "3d", text],
        ["log", "1", "call", text, "--in"],
        ["note", "1", text],
        ["next", "1", "2d", text],
        ["confirm", "1", "problem", "--evidence", text],
        ["qualify", "1", "--set", "need=yes", "--evidence", f"need={text}"],
        ["advance", "1", "--force", "--reason", text],
        ["back", "1", "prospecting", "--reason", text],
        ["snooze", "1", "3d", "--reason", text],
        ["snooze", "1", "today"],
        ["done", "1"],
        ["next", "1", "2d", text],
        ["lose", "2", "--reason", "price", "--note", text],
        ["disqualify", "1", "--reason", text],
        ["reopen", "1"],
        ["win", "3"],
        ["import", "rows.csv", "--source-name", text],
        ["undo"],
        ["redo"],
        ["merge", "4", "1"],
        ["split", "1", text, "--value", "0"],
    )
    results = [run(*command) for command in commands]
    # Names of people are refused with such characters; what else writes to the file may not care.
    connection = sqlite3.connect(folder / "pipeline.db")
    connection.execute("UPDATE contacts SET name = name || ' ' || ?", (text,))
    connection.commit()
    connection.close()
    return results


READING = (
    "today",
    "board",
    "list status=all",
    "show 1",
    "show 2",
    "search Acme",
    "brief 1",
    "sql select/**/title,organization/**/from/**/deals",
    "health",
    "funnel --by source",
    "funnel --by owner",
    "funnel --by note",
    "sources",
    "cohorts",
    "lessons",
    "lessons --by source",
    "lessons --effort",
    "lessons --by note",
    "forecast --deals",
    "review",
    "history",
    "history 1",
    "prune --dry-run",
    "contact list",
    "contact show c1",
    "contact show c2",
    "export deals status=all",
    "export moves",
    "export touchpoints",
    "export contacts",
    "export today",
    "export health",
    "export funnel",
    "export prune",
    "export forecast",
)
"""Every command that shows what is stored; `backtest` shows no text of a user's, and a link holds no such sign."""
