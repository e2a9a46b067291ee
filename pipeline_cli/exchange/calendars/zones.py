"""Which zone a name in a calendar means: one that everybody knows, one of Windows, or one the file itself describes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from pipeline_cli.exchange.calendars.parts import Surroundings

_DISPLAYED = {"TZONE://MICROSOFT/UTC": "UTC", "Z": "UTC", "UTC": "UTC", "GMT": "UTC"}


class Zones:
    """Those of one calendar."""

    def __init__(self, calendar: Surroundings, usual: tzinfo, complain: Callable[[str], None]) -> None:
        """`usual`: that of pipeline.yaml, for times without a zone and for names that nobody knows."""
        self._calendar = calendar
        self._usual = usual
        self._complain = complain
        self._found: dict[str, tzinfo] = {}

    @property
    def of_calendar(self) -> tzinfo | None:
        """X-WR-TIMEZONE: in which the whole calendar is meant."""
        return None if self._calendar.zone_name is None else self.named(self._calendar.zone_name)

    @property
    def without_name(self) -> tzinfo:
        """In which a time is meant that names none."""
        return self.of_calendar or self._usual

    def named(self, name: str) -> tzinfo:
        """Never fails: a name that means nothing is said once, and the time is taken in the usual zone."""
        if name not in self._found:
            zone = _well_known(name) or self._described(name)
            if zone is None:
                self._complain(f"has a time zone that is not known, {name!r}: its times are read in your own")
            self._found[name] = zone or self._usual
        return self._found[name]

    def _described(self, name: str) -> tzinfo | None:
        """As the VTIMEZONE of the file has it."""
        text = self._calendar.zones.get(name)
        if text is None or re.search(r"RRULE[^\r\n]*FREQ=(?!YEARLY|MONTHLY)", text, re.IGNORECASE):
            return None  # a change of the clocks every second would be counted from 1970 on
        from icalendar import Timezone

        try:
            with warnings.catch_warnings(action="ignore"):
                component: Any = Timezone.from_ical(text)
                zone: tzinfo = component.to_tz(lookup_tzid=False)
                zone.utcoffset(datetime(2026, 7, 1))  # noqa: DTZ001  a description may break only when it is used
        except Exception:  # noqa: BLE001  a hostile description breaks in any way the library has
            return None
        return zone


def _well_known(name: str) -> tzinfo | None:
    from icalendar.timezone import tzp

    try:
        with warnings.catch_warnings(action="ignore"):
            zone: tzinfo | None = tzp.timezone(_DISPLAYED.get(name.upper(), name))
    except Exception:  # noqa: BLE001  a name with a path or a zero in it is refused in several ways
        return None
    return zone
