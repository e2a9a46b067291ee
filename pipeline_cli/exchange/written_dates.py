"""Dates in other forms than figures with a sign between: `Sep 5, 2025`, `20250905`, a spreadsheet's number of days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from pipeline_cli.domain.words.dates import EARLIEST, LATEST
from pipeline_cli.domain.words.names import normalise

_MONTHS = (
    "january januar janvier enero janeiro jan janv ene jänner",
    "february februar fevrier febrero fevereiro feb fevr fev febr",
    "march marz mars marzo marco mar mrz maerz",
    "april avril abril apr avr abr",
    "may mai mayo maio",
    "june juni juin junio junho jun",
    "july juli juillet julio julho jul juil",
    "august aout agosto aug ago",
    "september septembre septiembre setembro sep sept set",
    "october oktober octobre octubre outubro oct okt out",
    "november novembre noviembre novembro nov",
    "december dezember decembre diciembre dezembro dec dez dic",
)
_PLACES = {normalise(name): place for place, names in enumerate(_MONTHS, 1) for name in names.split()}
_TIME = (
    r"(?:[,\s]+(?:at |um |a las |à |às )?|T)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?(?:\s*(?:Uhr|h|Z|UTC|GMT))?"
)
_DAY_NAME = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_OF = r"(?:[.\-/ ]|\s+(?:de|d'|of)\s+|\.\s)\s*"
_DAY_FIRST = re.compile(
    rf"{_DAY_NAME}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º)?{_OF}(?P<month>[^\W\d_]{{3,10}})(?:\.|\.?[,\-/ ]|\.?\s+del?\s+)\s*"
    rf"(?P<year>\d{{4}}|\d{{2}})(?:{_TIME})?"
)
_MONTH_FIRST = re.compile(
    rf"{_DAY_NAME}(?P<month>[^\W\d_]{{3,10}})\.?[\-/ ]\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[\-/ ]\s*)"
    rf"(?P<year>\d{{4}})(?:{_TIME})?"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[\-/. ](?P<month>[^\W\d_]{{3,10}})\.?[\-/. ](?P<day>\d{{1,2}})(?:{_TIME})?"
)
_COMPACT = re.compile(
    r"(?P<year>[12]\d{3})(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?Z?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,12})?", re.ASCII)
_SPREADSHEET_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet has no zone
_LONGEST = 60


def read_written(text: str) -> datetime | None:
    """The date, with its time where it has one and without a zone; None: it has none of these forms.

    A number of a spreadsheet's days is one from 1970 on.
    """
    text = text.strip()
    if len(text) > _LONGEST or not text or not any(map(str.isdigit, text)):
        return None
    if text[0].isdigit() and text.isascii() and not any(map(str.isalpha, text.replace("T", "").replace("Z", ""))):
        return _compact(text) or read_serial(text)
    for form in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        found = form.fullmatch(text)
        if found:
            return _by_name(found)
    return None


def read_serial(text: str) -> datetime | None:
    """`45905` is 2025-09-05; None: it is no number of a spreadsheet's days."""
    if not _SERIAL.fullmatch(text.strip()):
        return None
    days = float(text.strip().replace(",", "."))
    moment = _SPREADSHEET_BEGINS + timedelta(seconds=round(days * 86_400))
    return moment if EARLIEST < moment.date() <= LATEST else None


def _compact(text: str) -> datetime | None:
    form = _COMPACT.fullmatch(text)
    return None if form is None else _existing(int(form["year"]), int(form["month"]), int(form["day"]), form)


def _by_name(form: re.Match[str]) -> datetime | None:
    month = _PLACES.get(normalise(form["month"]))
    year = int(form["year"]) + (2000 if len(form["year"]) == 2 else 0)
    return None if month is None else _existing(year, month, int(form["day"]), form)


def _existing(year: int, month: int, day: int, form: re.Match[str]) -> datetime | None:
    parts = form.groupdict()
    hour = int(parts["hour"] or 0)
    half = parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    zone = UTC if parts["hour"] and form[0].endswith(("Z", "UTC", "GMT")) else None
    try:
        moment = time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))
        return datetime.combine(date(year, month, day), moment, zone)
    except ValueError:
        return None
