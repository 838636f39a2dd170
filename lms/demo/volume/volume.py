"""Numbers of generated sites, programmes and enrolments, their division among the sites, and the days of it."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Novokuznetsk")
FOUNDED = 1095
"""Days since the sites received their status and their programmes were approved."""
SITES_OF_AUTHORITY = 50


@dataclass(frozen=True, slots=True)
class Volume:
    """Numbers of sites, programmes and enrolments; the seed of every choice; the day that counts as today."""

    sites: int
    programmes: int
    enrolments: int
    seed: int
    today: date

    @property
    def authorities(self) -> int:
        """Number of authorities: one for fifty sites."""
        return -(-self.sites // SITES_OF_AUTHORITY)

    def programmes_of(self, site: int) -> int:
        """Returns the number of programmes of the site with this number, from 0."""
        return _share(self.programmes, self.sites, site)

    def enrolments_of(self, site: int) -> int:
        """Returns the number of enrolments of this site; only sites with a programme have any."""
        able = min(self.sites, self.programmes)
        return _share(self.enrolments, able, site) if site < able else 0

    def dice(self, what: str, number: int = 0) -> random.Random:
        """Returns a source of choices of its own for each part, so that the parts do not depend on each other."""
        return random.Random(f"{self.seed}:{what}:{number}")  # noqa: S311  # sample data, no secrets

    def day(self, ago: int) -> date:
        """Returns the day so many days before today."""
        return self.today - timedelta(days=ago)


def _share(total: int, parts: int, place: int) -> int:
    return total // parts + (place < total % parts)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """Returns this moment of the day by the sites' clock."""
    return datetime.combine(day, time(hour, minute), ZONE)
