"""The columns of `funnel`, of its stages and of its groups, and how a rate that rests on little is written."""

from __future__ import annotations

from pipeline_cli.domain.funnel import ENOUGH
from pipeline_cli.domain.grouping import UNGROUPED, Grouping
from pipeline_cli.output.report import COUNT, DAYS, MONEY, PERCENT, TEXT, Column, ThinRate

INTERVAL = Column(
    "interval", "80 %", TEXT, 2, "Low to high: the true rate lies in it in eight of ten cases", machine=False
)

COLUMNS = (
    Column("stage", "Stage id", shown=False, meaning="The stage's id in pipeline.yaml"),
    Column("name", "Stage", priority=0, meaning="The stage; one that pipeline.yaml no longer has stands last, and "
           "counts the deals that were in it", machine=False),
    Column("entered", "Entered", COUNT, 0, "Deals that reached it: were ever in it or a later stage, or were won; "
           "skipping it counts, moving back takes nothing away"),
    Column("next", "Next", COUNT, 8, "Of those, the deals that reached the next stage; for the last stage, those won"),
    Column("to_next", "To next", PERCENT, 1, "next ÷ entered: counts deals, never moves", bar=True),
    Column("won", "Won", COUNT, 4, "Of the deals that reached it, those won"),
    Column("lost", "Lost", COUNT, 3, "Of the deals that reached it, those lost"),
    Column("disqualified", "Disq.", COUNT, 5, "Of the deals that reached it, those disqualified: in entered, not lost"),
    Column("open", "Open", COUNT, 2, "Of the deals that reached it, those still open, wherever they are now"),
    Column("win_rate_all", "Won of all", PERCENT, 3, "won ÷ entered: open and disqualified deals in the denominator"),
    Column("win_rate_closed", "Win rate", PERCENT, 1, "won ÷ (won + lost): open and disqualified deals left out; "
           f"under {ENOUGH} closed deals it says n"),
    Column("low", "Low", PERCENT, meaning="Lower end of the 80 % interval of won ÷ (won + lost), Jeffreys", shown=False),
    Column("high", "High", PERCENT, meaning="Upper end of the 80 % interval of won ÷ (won + lost), Jeffreys", shown=False),
    INTERVAL,
    Column("visits", "Visits", COUNT, 6, "Finished stays in it; a move to itself starts none, and one that an inferred "
           "move begins or ends is left out"),
    Column("median_days", "Days", DAYS, 1, "Days in stage: median over the finished visits"),
    Column("open_visits", "Open visits", COUNT, 7, "Stays of open deals that are in it now, arrival known"),
    Column("median_days_open", "So far", DAYS, 2, "Days in stage: median over the open visits, up to now or the "
           "end of the day of --as-of"),
    Column("won_value", "Won value", MONEY, 6, "Worth of the won deals that reached it"),
)  # fmt: skip

GROUP_ID = Column("group", "Group id", shown=False, meaning="The stored value, a month, a quarter; null: none")


def name_of_group(by: Grouping) -> Column:
    heading = (by.name if by != UNGROUPED else "pipeline").replace("_", " ")
    return Column("group_name", heading[:1].upper() + heading[1:], priority=0, machine=False, meaning="The group")


def group_columns(by: Grouping) -> list[Column]:
    return [
        name_of_group(by)._replace(key="name"),
        Column("deals", "Deals", COUNT, 0, "Deals in the group"),
        Column("won", "Won", COUNT, 1, "Of them, those won"),
        Column("lost", "Lost", COUNT, 2, "Of them, those lost"),
        Column("open", "Open", COUNT, 3, "Of them, those still open"),
        Column("win_rate", "Win rate", PERCENT, 0, "won ÷ (won + lost)"),
        Column("won_value", "Won value", MONEY, 2, "What the won ones were worth"),
        Column("cycle_median", "Cycle", DAYS, 3, "Median of closed − created, won deals only"),
    ]


def rate(share: float | None, n: int) -> float | None:
    """Greyed, and with its n, when it rests on too little."""
    return share if share is None or n >= ENOUGH else ThinRate(share, n)


def interval_in_words(low: float | None, high: float | None) -> str:
    from pipeline_cli.output.numbers import percent

    return "" if low is None or high is None else f"{percent(low)[:-1]}–{percent(high)}"
