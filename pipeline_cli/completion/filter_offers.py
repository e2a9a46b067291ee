"""Filters at Tab: the keys, and behind `stage=`, `status=`, `flag=` and the like the words that may follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline_cli.domain.playbook import CATEGORIES, STATUSES, Pipeline, Playbook


def filter_words(typed: str, playbook: Playbook, pipeline: Pipeline | None) -> Iterator[tuple[str, str]]:
    """Each word that may be meant, with a few words about it; the comma of several values is understood."""
    key, sign, rest = typed.partition("=")
    if not sign:
        from pipeline_cli.domain.filter_kinds import KEYS

        yield from ((f"{name}=", "") for name in KEYS)
        return
    before = rest.rpartition(",")[0]
    start = f"{key}={before}," if "," in rest else f"{key}="
    for value in _values(key.removesuffix("!"), playbook, pipeline):
        yield f"{start}{value}", ""


def _values(key: str, playbook: Playbook, pipeline: Pipeline | None) -> Sequence[str]:
    if key == "stage":
        pipelines = (pipeline,) if pipeline else playbook.pipelines
        return list(dict.fromkeys(stage for one in pipelines for stage in one.stage_ids))
    if key == "flag":
        from pipeline_cli.domain.flags import FLAGS

        return list(FLAGS)
    return {
        "status": (*STATUSES, "closed", "all"),
        "pipeline": tuple(one.id for one in playbook.pipelines),
        "source": playbook.sources or (),
        "lost_reason": playbook.lost_reasons_in(pipeline) if pipeline else playbook.every_lost_reason,
        "category": CATEGORIES,
        "snoozed": ("yes", "no"),
    }.get(key, ())
