"""The pipeline.yaml files that `init --template` can write."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import nearest

_NAMES = ("services", "saas", "ecommerce", "aida", "radar", "classic", "full")
_FOLDER = Path(__file__).parent / "templates"


def template_names() -> tuple[str, ...]:
    """The default first."""
    return _NAMES


def template_about(name: str) -> str:
    """Its stages, by name."""
    stages = re.findall(r"^      - id: .*\n        name: (.*)$", template_text(name), re.MULTILINE)
    return ", ".join(stage.strip() for stage in stages)


def template_text(name: str) -> str:
    """Raises UsageError for an unknown name."""
    if name not in _NAMES:
        meant = nearest(name, _NAMES)
        hint = f"did you mean {meant}? " if meant else ""
        raise UsageError(f"There is no template {name!r}: {hint}The templates are {', '.join(_NAMES)}.")
    path = _FOLDER / f"{name}.yaml"
    if name == "services" and not path.exists():
        # In a checkout the default template is the file people edit, beside the package; a wheel carries a copy.
        path = _FOLDER.parents[2] / "pipeline.yaml"
    return path.read_text(encoding="utf-8")


def fill_template(text: str, currency: str | None, quota: tuple[str, str] | None) -> str:
    """The template with another currency and quota, (per, amount); an amount of nothing takes the quota away."""
    if currency is not None:
        other = "EUR" if currency == "USD" else "USD"
        text = re.sub(r"^currency: EUR", f"currency: {currency}", text, count=1, flags=re.MULTILINE)
        text = text.replace("what one USD is in EUR", f"what one {other} is in {currency}").replace(
            "{USD: 0.92, GBP: 1.17}", f"{{{other}: 0.92, GBP: 1.17}}"
        )
    if quota is None:
        return text
    per, amount = quota
    line = f"quota: {{per: {per}, amount: {amount}}}" if amount else ""
    form = r"^quota: \{[^}\n]*\}" if amount else r"^quota: .*\n"
    if re.search(form, text, re.MULTILINE):
        return re.sub(form, line, text, count=1, flags=re.MULTILINE)
    return re.sub(r"^(database: .*\n)", rf"\g<1>{line}\n" if line else r"\g<1>", text, count=1, flags=re.MULTILINE)


def quota_of(text: str) -> str | None:
    """The template's own quota, as 20000/month."""
    found = re.search(r"^quota: \{per: (\w+), amount: (\d+)\}", text, re.MULTILINE)
    return f"{found[2]}/{found[1]}" if found else None
