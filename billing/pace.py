"""Where a period stands, and where it will end if all goes on as on average so far."""

from datetime import timedelta
from decimal import Decimal

MOMENT = timedelta(microseconds=1)
DIGITS = 3


def percent_passed(period, now):
    """Percent of `period` that is over, rounded down."""
    return (now - period.starts_at) * 100 // (period.ends_at - period.starts_at)


def used_by_the_end(period, used, now):
    """Credits that `used` by now come to by the end of `period`, to three digits."""
    amount = used * _moments(period.ends_at - period.starts_at) / _moments(now - period.starts_at)
    smallest = Decimal(1).scaleb(max(amount.adjusted() - DIGITS + 1, -4))
    return amount.quantize(smallest)


def reached_at(period, used, limit, now):
    """The instant at which `used` by now comes to `limit`; None if `period` is over by then."""
    if not used:
        return None
    moments = int(_moments(now - period.starts_at) * limit / used)
    at_end = _moments(period.ends_at - period.starts_at)
    return period.starts_at + moments * MOMENT if moments < at_end else None


def _moments(time):
    return Decimal(max(time // MOMENT, 1))
