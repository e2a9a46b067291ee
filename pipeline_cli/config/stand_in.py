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

    Nothing may be counted or judged by it.
    """
    default = template_names()[0]
    playbook, _ = check_content(template_text(default).encode(), default)
    text = _read(path)
    return playbook._replace(
        database=_said(text, "database") or playbook.database,
        time_zone=_said(text, "time_zone"),
        currency=_said(text, "currency") or playbook.currency,
    )


def _read(path: Path | None) -> str:
    try:
        return read_content(path).decode("utf-8", "replace") if path else ""
    except SetupError:
        return ""


def _said(text: str, key: str) -> str | None:
    found = re.search(rf"^{key}:[ \t]+(['\"]?)([^'\"#\n]+?)\1[ \t]*(?:#.*)?\r?$", text, re.MULTILINE)
    return found[2] if found else None
