"""What holds of every record, as one small query each: the rows it finds are at fault."""

from __future__ import annotations

from pipeline_cli.domain.checkup import MEND, PROBLEM, WARNING, Fault
from pipeline_cli.domain.clock import to_text
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.reader import Reader

_RESTORE = "`pipeline restore FILE`: a backup in which it is right"
_LAST = "SELECT {} FROM moves m WHERE m.deal_id = d.id AND NOT m.mistake ORDER BY m.moved_at DESC, m.id DESC LIMIT 1"
_OUTCOMES = "('won', 'lost', 'disqualified')"


class Rule(NamedTuple):
    code: str
    sentence: str
    """With the names of the query's columns in braces."""
    query: str
    """Gives the column `deal`, and what the sentence names; `:end` is the first instant of tomorrow."""
    fix: str = MEND
    severity: str = PROBLEM


RULES = (
    Rule(
        "no_history",
        "Deal {deal}: has no stage history.",
        "SELECT d.id AS deal FROM deals d WHERE NOT EXISTS (SELECT 1 FROM moves m WHERE m.deal_id = d.id "
        "AND NOT m.mistake)",
    ),
    Rule(
        "history_chain",
        "Deal {deal}: a move does not begin where the one before it ended.",
        "SELECT DISTINCT deal_id AS deal FROM (SELECT deal_id, from_stage, "
        "lag(to_stage) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS before FROM moves WHERE NOT mistake) "
        "WHERE before IS NOT NULL AND from_stage IS NOT before",
    ),
    Rule(
        "history_end",
        "Deal {deal}: its history does not end in the stage or outcome it has.",
        f"SELECT d.id AS deal, ({_LAST.format('m.to_stage')}) AS ends FROM deals d "
        "WHERE ends <> CASE d.status WHEN 'open' THEN d.stage ELSE d.status END",
    ),
    Rule(
        "status",
        "Deal {deal}: its status is {status}, which is none.",
        f"SELECT id AS deal, status FROM deals WHERE status NOT IN ('open', {_OUTCOMES[1:]}",
    ),
    Rule(
        "stage",
        "Deal {deal}: its stage is {stage}, which is an outcome.",
        f"SELECT id AS deal, stage FROM deals WHERE stage IN {_OUTCOMES}",
    ),
    Rule(
        "closing",
        "Deal {deal}: its status is {status}, and its date of closing says otherwise.",
        "SELECT id AS deal, status FROM deals WHERE (status = 'open') <> (closed_at IS NULL)",
    ),
    Rule(
        "closed_before_created",
        "Deal {deal}: was closed ({closed_at}) before it was created ({created_at}).",
        "SELECT id AS deal, closed_at, created_at FROM deals WHERE closed_at < created_at",
        _RESTORE,
    ),
    Rule(
        "move_before_creation",
        "Deal {deal}: moved to {to_stage} ({moved_at}) before it was created ({created_at}).",
        "SELECT d.id AS deal, m.to_stage, m.moved_at, d.created_at FROM moves m JOIN deals d ON d.id = m.deal_id "
        "WHERE m.moved_at < d.created_at",
        _RESTORE,
    ),
    Rule(
        "future",
        "Deal {deal}: moved to {to_stage} on a later day than today ({moved_at}).",
        "SELECT deal_id AS deal, to_stage, moved_at FROM moves WHERE moved_at >= :end",
        "look at the clock of this machine; reports leave it out until then",
    ),
    Rule(
        "future",
        "Deal {deal}: has a touchpoint ({kind}) on a later day than today ({touched_at}).",
        "SELECT deal_id AS deal, kind, touched_at FROM touchpoints WHERE touched_at >= :end",
        "look at the clock of this machine; reports leave it out until then",
    ),
    Rule(
        "next_steps",
        "Deal {deal}: has more than one open next step.",
        "SELECT deal_id AS deal FROM next_steps WHERE closed_at IS NULL GROUP BY deal_id HAVING count(*) > 1",
    ),
    Rule(
        "follow_up",
        "Deal {deal}: is {status} and has a {kind} to follow up, as won deals have.",
        'SELECT d.id AS deal, d.status, f.kind, f.id AS "row" FROM follow_ups f JOIN deals d ON d.id = f.deal_id '
        "WHERE f.closed_at IS NULL AND d.status <> 'won'",
    ),
    Rule(
        "last_chance",
        "Deal {deal}: has a last chance until {deadline}, before it was given ({given_at}).",
        # A day apart, because the deadline is a day of the zone and the instant is in UTC.
        "SELECT deal_id AS deal, deadline, given_at FROM last_chances WHERE deadline < date(given_at, '-1 day')",
        _RESTORE,
    ),
    Rule(
        "external_id",
        "Deal {deal}: shares the external id {external_id} with deal {other}.",
        "SELECT max(d.id) AS deal, min(d.id) AS other, d.external_id FROM deals d "
        "LEFT JOIN import_keys k ON k.deal_id = d.id WHERE d.external_id IS NOT NULL "
        "GROUP BY d.external_id, k.source_name HAVING count(DISTINCT d.id) > 1",
        "`pipeline edit {deal} --external-id NEW`, or `pipeline merge {deal} {other}`",
        WARNING,
    ),
    Rule(
        "sums",
        "Open, won, lost and disqualified deals are {counted}, and {there} deals are there.",
        "SELECT NULL AS deal, * FROM (SELECT (SELECT count(*) FROM deals INDEXED BY deals_by_status WHERE status IN "
        f"('open', {_OUTCOMES[1:]}) AS counted, (SELECT count(*) FROM deals NOT INDEXED) AS there) "
        "WHERE counted <> there",
        _RESTORE,
    ),
    Rule(
        "sums",
        "The values of the stages add up to {by_stage} cents, those of the open deals to {by_deal}.",
        "SELECT NULL AS deal, * FROM (SELECT (SELECT total(value) FROM (SELECT sum(value_cents) AS value FROM deals "
        "INDEXED BY deals_by_status WHERE status = 'open' GROUP BY pipeline, stage)) AS by_stage, "
        "(SELECT total(value_cents) FROM deals NOT INDEXED WHERE status = 'open') AS by_deal) "
        "WHERE by_stage <> by_deal",
        _RESTORE,
    ),
)


def check_rules(reader: Reader) -> list[Fault]:
    """Every row that breaks a rule."""
    end = to_text(reader.clock.end_of_today)
    return [fault for rule in RULES for fault in _check(reader, rule, end)]


def _check(reader: Reader, rule: Rule, end: str) -> list[Fault]:
    cursor = reader.connection.execute(rule.query, {"end": end} if ":end" in rule.query else ())
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor]
    return [
        Fault(rule.code, rule.sentence.format(**facts), rule.severity, facts["deal"], row=facts.get("row"),
              fix=rule.fix.format(**facts), facts=facts)
        for facts in sorted(found, key=lambda facts: facts["deal"] or 0)
    ]  # fmt: skip
