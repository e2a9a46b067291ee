"""The pages of `pipeline help`: which there are, and what each says."""

from __future__ import annotations

from pathlib import Path

from pipeline_cli.domain.words.text import nearest

_FOLDER = Path(__file__).parent
_OTHER_WORDS = {
    "criteria": "exit-criteria",
    "criterion": "exit-criteria",
    "exit": "exit-criteria",
    "forecasting": "forecast",
    "range": "forecast",
    "pruning": "prune",
    "csv": "import",
    "importing": "import",
    "gdpr": "privacy",
}


def list_topics() -> dict[str, str]:
    """Topic -> the title of its page."""
    pages = sorted(_FOLDER.glob("*.txt"))
    return {page.stem: page.read_text("utf-8").partition("\n")[0].partition(": ")[2] for page in pages}


def find_topic(word: str) -> str | None:
    """The topic of that name, by the words people also use for it; None: there is none."""
    folded = word.casefold().replace(" ", "-").replace("_", "-")
    folded = _OTHER_WORDS.get(folded, folded)
    return folded if folded in list_topics() else None


def page_text(topic: str) -> str:
    """The page of a topic, without the line break at its end."""
    return (_FOLDER / f"{topic}.txt").read_text("utf-8").rstrip("\n")


def nearest_page(word: str, commands: list[str]) -> str | None:
    """What may have been meant by a word that is neither topic nor command."""
    return nearest(word, [*list_topics(), *commands])
