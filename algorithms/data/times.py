"""How files write times, and what a few values say about it.

A date whose year comes first can be read in one way only. ``01.03.2015`` is the first of March
wherever points stand in dates; but ``01/03/2015`` is that in Paris and the third of January in
New York. One value such as ``31/03/2015`` decides it for its column; where none does, a person
is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum


class TimeFormat(StrEnum):
    """How a file writes the time; dates without a zone are in UTC."""

    SECONDS = "seconds"  # since 1970
    MILLISECONDS = "milliseconds"  # since 1970
    ISO = "iso"  # 2015-03-01, 2015/03/01 12:30:00, 2015-03-01T12:30:00.5+02:00
    COMPACT = "compact"  # 20150301, 20150301 123000
    DAY_FIRST = "day_first"  # 01.03.2015, 1/3/2015 12:30
    MONTH_FIRST = "month_first"  # 03/01/2015


_CLOCK = (
    r"(?:(?:T|\s+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?\s*"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_COMPACT_CLOCK = r"(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?"

# Each pattern has seven groups: three of the date, hour, minute, second, zone.
PATTERNS = {
    TimeFormat.ISO: rf"^([0-9]{{4}})[-/]([0-9]{{1,2}})[-/]([0-9]{{1,2}}){_CLOCK}$",
    TimeFormat.COMPACT: rf"^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_COMPACT_CLOCK}$",
    TimeFormat.DAY_FIRST: rf"^([0-9]{{1,2}})[./-]([0-9]{{1,2}})[./-]([0-9]{{4}}){_CLOCK}$",
    TimeFormat.MONTH_FIRST: rf"^([0-9]{{1,2}})[/-]([0-9]{{1,2}})[/-]([0-9]{{4}}){_CLOCK}$",
}
EXPECTED = {
    TimeFormat.SECONDS: "seconds since 1970",
    TimeFormat.MILLISECONDS: "milliseconds since 1970",
    TimeFormat.ISO: "a date such as 2015-03-01 or 2015-03-01 12:30:00",
    TimeFormat.COMPACT: "a date such as 20150301",
    TimeFormat.DAY_FIRST: "a date such as 31.03.2015 or 31/03/2015 12:30:00",
    TimeFormat.MONTH_FIRST: "a date such as 03/31/2015 or 03/31/2015 12:30:00",
}
# Where in a date its year, month and day stand.
ORDERS = {
    TimeFormat.ISO: (0, 1, 2),
    TimeFormat.COMPACT: (0, 1, 2),
    TimeFormat.DAY_FIRST: (2, 1, 0),
    TimeFormat.MONTH_FIRST: (2, 0, 1),
}


def date_formats(values: Sequence[str]) -> tuple[TimeFormat, ...]:
    """Return in which ways values can all be dates: one, none, or two where a person must say.

    Parameters
    ----------
    values : texts of one column, none of them empty
    """
    fitting = tuple(
        form for form in PATTERNS if values and all(_may_be(value, form) for value in values)
    )
    if TimeFormat.MONTH_FIRST in fitting and TimeFormat.DAY_FIRST in fitting:
        return (TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST)
    return fitting[:1]


def _may_be(value: str, form: TimeFormat) -> bool:
    found = re.match(PATTERNS[form], value.strip())
    if found is None:
        return False
    year, month, day = (int(found[place + 1]) for place in ORDERS[form])
    return 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year < 2200
