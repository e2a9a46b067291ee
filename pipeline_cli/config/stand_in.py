"""What a pipeline.yaml that cannot be used still says of where the record is, for `backup` and `restore` alone."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline_cli.config.pipeline_file import check_content, read_content
from pipeline_cli.config.template_files import template_names, template_text
from pipeline_cli.domain.errors import SetupError
from pipeline_cli.domain.playbook import Playbook


def stand_in(path: Path | None) -> Playbook:
    """The default rules with the `database`, `time_zone` and `currency` of the file, as far as lines of it name them.

    Nothing may be counted or judged by it. `database` is empty where the file has words about it that leave open which.
    """
    default = template_names()[0]
    playbook, _ = check_content(template_text(default).encode(), default)
    text = _read(path)
    return playbook._replace(
        database=(_said(text, "database") or "") if _speaks_of_database(text) else playbook.database,
        time_zone=_said(text, "time_zone"),
        currency=_said(text, "currency") or playbook.currency,
    )


def _read(path: Path | None) -> str:
    try:
        return read_content(path).decode("utf-8-sig", "replace").replace("\0", "") if path else ""
    except SetupError:
        return ""


def _speaks_of_database(text: str) -> bool:
    return re.search(r"^[^\w#\n]*database['\"]?[ \t]*:", text, re.MULTILINE) is not None


def _said(text: str, key: str) -> str | None:
    """None also where lines contradict each other, as after a merge."""
    said = r"(?:\"([^\"\\\n]+)\"|'([^'\n]+)'|([^\s'\"#&*!|>%@`\[{](?:[^#\n]|(?<=\S)#)*?))"
    found = re.findall(rf"^{key}[ \t]*:[ \t]+{said}[ \t]*(?:[ \t]#.*)?\r?$", text, re.MULTILINE)
    names = {"".join(one) for one in found}
    return names.pop() if len(names) == 1 else None
