"""The pipeline.yaml files that `init --template` can write."""

from __future__ import annotations

from pathlib import Path

from pipeline_cli.config.problems import nearest
from pipeline_cli.domain.errors import UsageError

_NAMES = ("services", "saas", "ecommerce", "aida", "radar", "classic", "full")
_FOLDER = Path(__file__).parent / "templates"


def template_names() -> tuple[str, ...]:
    """The default first."""
    return _NAMES


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
