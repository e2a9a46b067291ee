"""A seller's quarter by commands: two pipelines, and deals in every state that a report has something to say about."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run

TODAY = "2026-11-21"

RULES = """version: 1
currency: EUR
time_zone: UTC
exchange_rates: {USD: 0.9}
quota: {per: month, amount: 20000}
pipelines:
  new:
    name: New business
    stages:
      - id: talk
        name: Talk
        funnel: top
        probability: 10
        idle_after_days: 10
        max_days: 20
        wip_limit: 3
        next_actions: [Ask who decides]
        exit_criteria:
          - {id: spoken, text: We spoke, touchpoint: {kinds: ["first call", meeting], at_least: 2}}
          - {id: reachable, text: Somebody can be reached, field: contact}
          - {id: sized, text: We know what it is worth, value: {at_least: 1000}}
          - {id: region, text: We know the region, field: region}
      - id: offer
        name: Offer
        funnel: middle
        probability: 40
        idle_after_days: 10
        max_days: 30
        exit_criteria:
          - {id: qualified, text: Qualified, qualified: true}
          - {id: fits, text: It fits, score: {at_least: 60}}
          - {id: answered, text: They answered, touchpoint: {kinds: [email], direction: in, at_least: 1}}
          - {id: planned, text: A next step is set, next_step: true}
      - id: sign
        name: Sign
        funnel: bottom
        probability: 80
        idle_after_days: 10
        max_days: 10
        exit_criteria:
          - {id: agreed, text: They agreed, confirm: true, any_of: word}
          - {id: signed, text: They signed, confirm: true, any_of: word}
  renewals:
    name: Renewals
    lost_reasons: [price, gone]
    stages:
      - {id: due, name: Due, probability: 60, idle_after_days: 10, max_days: 15, next_actions: [Ask how it went],
         exit_criteria: [{id: asked, text: We asked, touchpoint: {direction: out, at_least: 1}}]}
      - {id: checked, name: Checked, probability: 70}
      - {id: paid, name: Invoice out, probability: 90, max_days: 10}
qualification:
  framework: custom
  items: [{id: budget, ask: "Is there money?"}, {id: need, ask: "Is there a need?"}, {id: time, ask: "When?"}]
  required: [need]
  min_yes: 2
touchpoint_kinds: [first call, call, email, meeting, message]
lost_reasons: [price, competitor, no_decision, no_response, timing, other]
"""

_TITLES = [
    'Acme: "North"',
    "[/] Borg",
    "=1+1",
    "🚀 Rocket's fair",
    "$(echo hi) & `co`",
    "--flag first",
    "Zoë, Löw; 'x'",
]


def a_quarter(run: Run) -> None:
    """From September to the 21st of November 2026."""
    Path("pipeline.yaml").write_text(RULES, "utf-8")
    _closed(run)
    for number, title in enumerate(_TITLES):
        _say(
            run,
            f"2026-11-{number + 1:02}",
            "add",
            "--value",
            f"{number}k",
            "--contact",
            f'Ann "A{number}" <a{number}@x.example>',
            "--",
            title,
        )
    for day, *words in (line.split("|") for line in _STORY.strip().splitlines()):
        _say(run, day, *words)


def _closed(run: Run) -> None:
    """Ten of each pipeline, won and lost, through every stage; nobody ever stays in Checked."""
    deals, moves = ["id,title,pipeline,stage,value,source,created"], ["deal,from_stage,to_stage,moved_at"]
    for pipeline, stages in (("new", ("talk", "offer", "sign")), ("renewals", ("due", "checked", "paid"))):
        for number in range(10):
            deal = f"{pipeline}-{number}"
            deals.append(f"{deal},{pipeline} {number},{pipeline},{stages[0]},4000,fair,2026-09-01")
            ends = ("2026-09-01", "2026-09-10T09:00", "2026-09-10T09:10", f"2026-10-{number + 1:02}")
            steps = ("", *stages, "won" if number % 2 else "lost")
            moves += [f"{deal},{old},{new},{at}" for old, new, at in zip(steps, steps[1:], ends, strict=False)]
    for name, lines in (("closed", deals), ("moves", moves)):
        Path(f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    _say(run, "2026-10-20", "import", "closed.csv", "--moves", "moves.csv")


_STORY = """
2026-11-10|log|Acme|email
2026-11-20|log|Acme|email|--next-attempt
2026-11-05|next|Borg|2026-11-12|Send the [offer]
2026-11-03|edit|=1+1|--close|2026-11-10
2026-11-05|edit|Rocket|--close|2026-11-24
2026-11-08|advance|Rocket|--to|offer|--force|--reason|they want it
2026-11-05|snooze|echo|2026-11-19|--reason|call in "mid-November"
2026-11-05|log|flag|email|--in
2026-11-18|log|Zoë|first call|--no-answer
2026-11-10|add|lead without a word
2026-11-20|add|no value at all|--org|Nemo
2026-09-15|add|dead with an address|--value|9k|--contact|Bea <bea@x.example>
2026-09-15|add|dead without one|--value|8k
2026-09-16|add|dead and warned|--value|7k|--contact|Cy <cy@x.example>
2026-11-06|prune|warned|--yes
2026-10-20|add|stuck in talk|--value|6k
2026-11-19|log|stuck in talk|call|--in
2026-10-20|add|stuck at the end|--value|5k|--stage|sign
2026-11-19|log|stuck at the end|call
2026-11-19|next|stuck at the end|2026-11-30|Wait
2026-11-01|add|in dollars|--value|3000 USD|--stage|sign|--close|2026-11-18
2026-11-15|log|in dollars|meeting
2026-11-01|add|asked for silence|--contact|Dan <dan@x.example>
2026-11-12|contact|opt-out|dan@x.example
2026-11-01|add|silent renewal|--pipeline|renewals|--contact|Eve <eve@x.example>|--value|2k
2026-11-12|contact|opt-out|eve@x.example
2026-10-01|add|stuck renewal|--pipeline|renewals|--value|3k
2026-11-18|log|stuck renewal|meeting|--in
2026-10-20|add|paid renewal|--pipeline|renewals|--value|3k|--stage|paid
2026-11-18|log|paid renewal|call
2026-11-18|next|paid renewal|2026-11-20|Attempt 2 of 6
2026-09-10|add|dead renewal|--pipeline|renewals|--value|2k
2026-11-01|add|won with a renewal|--pipeline|renewals|--value|1k
2026-11-02|win|won with a renewal|--check-in|2026-11-20|--renewal|2027-11-02
2026-05-01|add|lost in spring|--value|2k
2026-05-02|lose|lost in spring|--reason|timing|--again|6m
2026-11-01|add|for the invoice|--value|2k
2026-11-02|win|for the invoice
2026-11-02|next|for the invoice|2026-11-20|Send the invoice
2026-11-16|review|--mark
"""


def _say(run: Run, day: str, *words: str) -> None:
    result = run(*words, today=day)
    assert result.code == 0, f"{words}: {result.err}"
