"""The columns of each report by name: what `--columns`, `--sort` and the `columns:` of pipeline.yaml may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import nearest, quoted

_ALIASES = {
    "number": "id",
    "ext": "external_id",
    "deal": "title",
    "org": "organization",
    "chance": "probability",
    "created": "created_at",
    "close": "expected_close",
    "closed": "closed_at",
    "reason": "lost_reason",
    "idle": "idle_days",
    "days": "days_in_stage",
    "age": "age_days",
    "next": "next_step",
    "due": "next_step_due",
    "snoozed": "snoozed_until",
    "flag": "flags",
    "tag": "tags",
    "link": "links",
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "list": {
        "id": "#",
        "external_id": "External id",
        "title": "Title",
        "organization": "Organization",
        "contact": "Contact",
        "pipeline": "Pipeline",
        "stage": "Stage",
        "status": "Status",
        "value": "Value",
        "currency": "Currency",
        "probability": "Chance",
        "source": "Source",
        "created_at": "Created",
        "expected_close": "Close",
        "closed_at": "Closed",
        "lost_reason": "Reason",
        "idle_days": "Idle",
        "days_in_stage": "In stage",
        "age_days": "Age",
        "next_step": "Next step",
        "next_step_due": "Due",
        "snoozed_until": "Snoozed",
        "score": "Score",
        "flags": "Flags",
        "tags": "Tags",
        "links": "Links",
    },
    "health": {
        "stage": "Stage id",
        "name": "Stage",
        "funnel": "Funnel",
        "deals": "Deals",
        "value": "Value",
        "weighted": "Weighted",
        "share": "Share",
        "median_days": "Days",
        "usual_days": "Usual",
        "idle": "Idle",
        "stuck": "Stuck",
        "no_next_step": "No step",
        "overdue": "Overdue",
        "criteria_gap": "Gaps",
        "wip_limit": "Limit",
    },
    "funnel": {
        "stage": "Stage id",
        "name": "Stage",
        "entered": "Entered",
        "next": "Next",
        "to_next": "To next",
        "won": "Won",
        "lost": "Lost",
        "disqualified": "Disq.",
        "open": "Open",
        "win_rate_all": "Won of all",
        "win_rate_closed": "Win rate",
        "low": "Low",
        "high": "High",
        "interval": "80 %",
        "visits": "Visits",
        "median_days": "Days",
        "open_visits": "Open visits",
        "median_days_open": "So far",
        "won_value": "Won value",
    },
    "sources": {
        "source": "Source id",
        "name": "Source",
        "leads": "Leads",
        "open": "Open",
        "won": "Won",
        "lost": "Lost",
        "conversion": "Conversion",
        "low": "Low",
        "high": "High",
        "interval": "80 %",
        "cost": "Cost",
        "cost_per_lead": "Per lead",
        "cost_per_won": "Per won",
        "won_value": "Won value",
        "average_won_value": "Average",
        "cycle_median": "Cycle",
        "customers": "Customers",
        "value_per_customer": "Per customer",
    },
    "cohorts": {
        "cohort": "Cohort id",
        "name": "Created",
        "deals": "Deals",
        "won": "Won",
        "rate": "Won of all",
        "lost": "Lost",
        "open": "Open",
        "won_30": "30 days",
        "won_60": "60 days",
        "won_90": "90 days",
        "won_180": "180 days",
    },
    "forecast": {
        "period": "Period",
        "won": "Won",
        "commit": "Commit",
        "best_case": "Best case",
        "expected": "Expected",
        "p10": "P10",
        "p50": "P50",
        "p90": "P90",
        "quota": "Quota",
        "chance": "Chance",
    },
    "prune": {
        "id": "#",
        "external_id": "External id",
        "title": "Title",
        "stage": "Stage",
        "value": "Value",
        "idle_days": "Idle",
        "rule": "Rule",
        "step": "Step",
        "deadline": "Deadline",
        "reason": "Why",
        "pipeline": "Pipeline id",
    },
    "history": {
        "operation": "#",
        "at": "When",
        "command": "Command",
        "summary": "What",
        "undone": "Undone",
    },
}
"""Report -> key of a column -> its heading: of reports that are tables, whose columns pipeline.yaml may choose."""


def fold_word(word: str) -> str:
    """`Next step` and `next-step` are `next_step`."""
    return normalise(word).replace("-", "_").replace(" ", "_")


def find_column(word: str, headings: Mapping[str, str], first: Sequence[str] = ()) -> str | None:
    """The key of the column that a word means: by key, heading or what people call it; None: there is none.

    `first`: keys of columns whose headings go before any key.
    """
    folded = fold_word(word)
    by_heading = next((key for key, heading in headings.items() if heading and fold_word(heading) == folded), None)
    if by_heading is not None and by_heading in first:
        return by_heading
    if folded in headings:
        return folded
    alias = _ALIASES.get(folded)
    return by_heading or (alias if alias in headings else None)


def column_named(word: str, headings: Mapping[str, str], first: Sequence[str] = ()) -> str:
    """The same. Raises UsageError for a word that means none, naming the nearest."""
    key = find_column(word, headings, first)
    if key is None:
        raise UsageError(f"There is no column {quoted(word.strip())}: {known_columns(word, headings)}.")
    return key


def known_columns(word: str, headings: Mapping[str, str]) -> str:
    """`did you mean chance? Choose one of id, title`, the end of a sentence without its full stop."""
    others = [fold_word(heading) for heading in headings.values() if heading]
    meant = nearest(
        fold_word(word), [*headings, *others, *(alias for alias, key in _ALIASES.items() if key in headings)]
    )
    return f"{f'did you mean {meant}? Choose' if meant else 'choose'} one of {', '.join(headings)}"


def split_columns(text: str) -> list[str]:
    """`a,b,c` as words. Raises UsageError when there is none."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise UsageError("--columns names no column: give some, as in --columns id,title,value.")
    return words


def split_sort(text: str) -> tuple[str, bool]:
    """`-value` as the word and whether the highest comes first."""
    return text.strip().removeprefix("-").strip(), text.strip().startswith("-")
