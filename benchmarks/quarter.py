"""A seller's quarter, typed command by command, and what the program said held against what is true.

    python benchmarks/quarter.py [--seed 1] [--habits tidy|forgetful|writer|caller|mixed] [--deals 40] [--weeks 13] [--json]
                                 [--by-hand]

The mails lie in a Maildir and the appointments in a calendar, which cron has `pipeline capture` read; calls are typed.
`--by-hand` plays it a second time with everything typed, and prints both side by side.

Buyers answer, vanish, come back and say no; the seller logs calls that were reached and not, meetings and no-shows,
mails both ways and automatic replies, snoozes, keeps promises and forgets them, cleans up by the week. The same numbers
give the same quarter. What a live deal is, is judged by what happened, not by the rules of `prune`. Every command that
is printed to be typed is typed, on a copy. It ends with 1 when something was found of which there must be none.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sellers_quarter.days import FIRST_DAY, Quarter
from benchmarks.sellers_quarter.habits import HABITS, MIXED
from benchmarks.sellers_quarter.post import Post
from benchmarks.sellers_quarter.program import Program, own_environment
from benchmarks.sellers_quarter.tally import GOALS, Tally
from benchmarks.sellers_quarter.truth import Deal, Rules, read_rules

REPOSITORY = Path(__file__).resolve().parents[1]

TRAINING = """
  training:                         # a second pipeline: shorter, with silences of its own
    name: Training
    stages:
      - id: enquiry
        name: Enquiry
        funnel: top
        probability: 20
        idle_after_days: 10
        max_days: 20
        exit_criteria:
          - {id: spoken, text: We know what they want to learn, touchpoint: {kinds: [call, meeting, demo]}}
      - id: offer
        name: Offer
        funnel: middle
        probability: 45
        idle_after_days: 10
        max_days: 25
        exit_criteria:
          - {id: sent, text: They have our offer, touchpoint: {kinds: [email, letter], direction: out}}
          - {id: reaction, text: They said something about it, touchpoint: {direction: in, within_days: 30}}
      - id: booking
        name: Booking
        funnel: bottom
        probability: 80
        idle_after_days: 7
        max_days: 21
        exit_criteria:
          - {id: booked, text: The day is booked, confirm: true}
"""


def write_rules() -> str:
    """The pipeline.yaml of the repository with a second pipeline, a currency and a time zone more."""
    text = (REPOSITORY / "pipeline.yaml").read_text(encoding="utf-8")
    text = text.replace("currency: EUR\n", "currency: EUR\ntime_zone: Europe/Berlin\nexchange_rates: {USD: 0.92}\n", 1)
    return text.replace("\nqualification:", f"{TRAINING}\nqualification:", 1)


def play(
    folder: Path, home: Path, *, seed: int, deals: int, weeks: int, habits: str, by_hand: bool = False
) -> tuple[Quarter, Tally]:
    """One quarter in a folder that is there and empty. `by_hand`: mails and meetings are typed, and none is captured."""
    post = None if by_hand else Post(folder)
    rules_text = write_rules() + ("" if post is None else post.settings)
    rules: Rules = read_rules(rules_text)
    (folder / "pipeline.yaml").write_text(rules_text, encoding="utf-8")
    tally = Tally()
    with own_environment(home):
        quarter = Quarter(Program(folder), rules, tally, seed=seed, deals=deals, weeks=weeks, habits=habits, post=post)
        quarter.play()
    return quarter, tally


def measures(quarter: Quarter) -> dict[str, Any]:
    """What is counted and has no goal here."""
    status = Counter(deal.status for deal in quarter.deals.values())
    won = [deal for deal in quarter.deals.values() if deal.status == "won"]
    typed_for = sum(deal.typed for deal in won)
    return {
        "deals": len(quarter.deals),
        "typed": quarter.seller.typed,
        **{name: status[name] for name in ("open", "won", "lost", "disqualified")},
        "closed_by_prune": sum(deal.closed_by == "prune" for deal in quarter.deals.values()),
        "typed_per_won_deal": round(typed_for / len(won), 1) if won else None,
        "touches_per_won_deal": round(sum(len(deal.touches) for deal in won) / len(won), 1) if won else None,
        "mails_per_won_deal": round(sum(_mails(deal) for deal in won) / len(won), 1) if won else None,
        "typed_in_all_per_won_deal": round(quarter.seller.typed / len(won), 1) if won else None,
        "typed_by_command": _by_command(won),
    }


def _by_command(won: list[Deal]) -> dict[str, float]:
    """Commands typed per won deal, the most frequent first."""
    kinds = dict.fromkeys(kind for deal in won for kind in deal.kinds_typed)
    found = {kind: sum(deal.kinds_typed.get(kind, 0) for deal in won) / len(won) for kind in kinds}
    return {kind: round(found[kind], 1) for kind in sorted(kinds, key=lambda kind: -found[kind])}


def _mails(deal: Deal) -> int:
    return sum(touch.kind == "email" for touch in deal.touches)


def main(arguments: list[str] | None = None) -> int:
    """0: everything of which there must be none was not found; 1: something was."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="another seed is another quarter (1)")
    parser.add_argument("--deals", type=int, default=40, help="how many there are in all (40)")
    parser.add_argument("--weeks", type=int, default=13, help="how many weeks (13)")
    parser.add_argument("--habits", choices=[*HABITS, MIXED], default="tidy", help="of the seller (tidy)")
    parser.add_argument("--by-hand", action="store_true", help="play it with every mail typed too, and compare")
    parser.add_argument("--json", action="store_true", help="the same for a machine")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave the record there: an empty folder, or a new one"
    )
    options = parser.parse_args(arguments)
    if options.deals < 1 or options.weeks < 1:
        parser.error("a quarter needs a deal and a week at least")
    if options.keep is not None and options.keep.exists() and any(options.keep.iterdir()):
        parser.error(f"--keep {options.keep}: there is something in it already")
    chosen = {"seed": options.seed, "deals": options.deals, "weeks": options.weeks, "habits": options.habits}
    played = [_play_apart(chosen, options.keep, by_hand=False)]
    played += [_play_apart(chosen, None, by_hand=True)] if options.by_hand else []
    if options.json:
        found = [_as_json(chosen, *one) for one in played]
        print(json.dumps(found[0] | ({"by_hand": found[1]} if options.by_hand else {}), indent=1, ensure_ascii=False))
    else:
        for one in played:
            _print_words(chosen, *one)
        if options.by_hand:
            _print_beside(*(measures(quarter) for quarter, _ in played))
    return 1 if any(tally.missed for _, tally in played) else 0


def _play_apart(chosen: dict[str, Any], keep: Path | None, *, by_hand: bool) -> tuple[Quarter, Tally]:
    """In a folder of its own, which is gone afterwards."""
    memory = Path("/dev/shm")  # noqa: S108 - thousands of small commits, which need not outlive a cut of power
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        folder, home = Path(made) / "sales", Path(made) / "home"
        folder.mkdir()
        home.mkdir()
        quarter, tally = play(folder, home, **chosen, by_hand=by_hand)
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
    return quarter, tally


def _print_beside(captured: dict[str, Any], by_hand: dict[str, Any]) -> None:
    kinds = dict.fromkeys((*by_hand["typed_by_command"], *captured["typed_by_command"]))
    print(f"\n  {'typed per won deal':<28} captured  by hand")
    for name in ("typed_per_won_deal", "typed_in_all_per_won_deal"):
        print(f"  {name:<28} {captured[name]!s:>8} {by_hand[name]!s:>8}")
    for kind in kinds:
        print(
            f"  {kind:<28} {captured['typed_by_command'].get(kind, 0):>8} {by_hand['typed_by_command'].get(kind, 0):>8}"
        )


def _as_json(chosen: dict[str, Any], quarter: Quarter, tally: Tally) -> dict[str, Any]:
    found = {key: {"found": len(tally.found(key)), "goal": goal} for key, (_, goal) in GOALS.items()}
    misses = [one._asdict() for one in tally.misses]
    return {**chosen, "measures": measures(quarter), "goals": found, "judged": tally.checked, "misses": misses}


def _print_words(chosen: dict[str, Any], quarter: Quarter, tally: Tally) -> None:
    counted = measures(quarter)
    way = "everything typed" if quarter.seller.cron is None else "mail and calendar captured"
    print(
        f"{chosen['weeks']} weeks from {FIRST_DAY}, seed {chosen['seed']}, a {chosen['habits']} seller, {way}: "
        f"{counted['deals']} deals, {counted['typed']} commands; {counted['won']} won, "
        f"{counted['lost']} lost ({counted['closed_by_prune']} by prune), "
        f"{counted['disqualified']} disqualified, {counted['open']} open."
    )
    print(
        f"Commands typed on a won deal: {counted['typed_per_won_deal']}, which had {counted['touches_per_won_deal']} "
        f"touchpoints, {counted['mails_per_won_deal']} of them mails; in all, per won deal: "
        f"{counted['typed_in_all_per_won_deal']}.\n"
    )
    print(tally.table())
    for key, (what, _) in GOALS.items():
        if tally.found(key):
            print(f"\n{what}:")
            for group in tally.groups(key):
                more = f"\n    and {len(group) - 1} times more, until {group[-1].day}" if len(group) > 1 else ""
                print(f"  {group[0].in_words()}{more}")


if __name__ == "__main__":
    sys.exit(main())
