"""Two pipelines in one file: new business, and renewals with rules of their own."""

from __future__ import annotations

from pathlib import Path

RULES = """version: 1
currency: EUR
time_zone: UTC
quota: {per: month, amount: 20000}
pipelines:
  new:
    name: New business
    stages:
      - {id: talk, name: Talk, probability: 10, next_actions: [Ask who decides]}
      - {id: offer, name: Offer, probability: 40}
      - {id: sign, name: Sign, probability: 80}
  renewals:
    name: Renewals
    prune: {grace_days: 21}
    stages:
      - {id: due, name: Due, probability: 60, next_actions: [Ask how it went]}
      - {id: offer, name: Offer sent, probability: 80}
      - {id: paid, name: Invoice out, probability: 90}
exchange_rates: {USD: 0.5}
"""


def write_rules(folder: Path, text: str = RULES) -> None:
    (folder / "pipeline.yaml").write_text(text, encoding="utf-8")
