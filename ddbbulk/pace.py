"""One resource's pace: when the next request may leave, so that no second overspends.

Two rules, both of which a request has to meet:

- *paid*: everything charged so far has been earned at the rate. Time that a late
  wake-up lost stays credited, up to ``MAX_LAG_SECONDS``: a stall costs a load nothing.
- *window*: within ``WINDOW_SECONDS``, a little more than a second because requests do
  not all travel equally fast, no more than ``CEILING`` of the rate is sent; or the rate
  and one request, where an item alone costs more than the difference. One more request
  may arrive in that second because a stall of this process held it up after it was
  charged: so a table sees at most 1.03 + 1/50 = 1.05 of the rate.

Both go by the present rate. So after a decrease nothing leaves until the last second
holds no more than the new rate allows, and no second spends above the old one.
"""

from collections import deque

# One request may cost this much time of every budget that it touches.
REQUEST_SECONDS = 1 / 50
WINDOW_SECONDS = 1.02
CEILING = 1.03
MAX_LAG_SECONDS = 0.25
# The factor follows the last hundred or so requests.
_FACTOR_MEMORY = 0.99
_FACTOR_RANGE = (0.1, 20.0)
# Sums of floats are not exact.
_ROUNDING = 1e-6


class Pace:
    """Pays for the requests that touch one resource.

    Args:
        rate: units a second.

    Attributes:
        rate: units a second.
        factor: what a unit that was estimated has really cost of late.
        paid_until: when all that was charged is earned.
    """

    __slots__ = (
        "_actual",
        "_allowed",
        "_charged_at",
        "_estimated",
        "_sent",
        "_sum",
        "factor",
        "paid_until",
        "rate",
    )

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.factor = 1.0
        self.paid_until = float("-inf")
        self._estimated = 0.0
        self._actual = 0.0
        # What was allowed by a time t is this and rate * t: no clock has to run for it.
        self._allowed = 0.0
        self._charged_at = 0.0
        self._sent: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    @property
    def request_units(self) -> float:
        """What a request may cost, unless it is of one item."""
        return self.rate * REQUEST_SECONDS

    def change_rate(self, rate: float, now: float | None = None) -> None:
        """Go on at another rate: what was charged and not earned yet stays charged.

        Args:
            rate: units a second.
            now: the time; None: when something was last charged.
        """
        at = self._charged_at if now is None else now
        if self.paid_until != float("-inf"):
            self.paid_until = at + (self.paid_until - at) * self.rate / rate
        self._allowed += (self.rate - rate) * at
        self.rate = rate

    def allowed(self, now: float) -> float:
        """Return the integral of the rate until now, from an origin of its own."""
        return self._allowed + self.rate * now

    def ready_at(self, units: float, now: float) -> float:
        """Return when a request that begins with a write of these units may leave."""
        cost = units * self.factor
        fits_at = self._fits_at(max(cost, self.rate * REQUEST_SECONDS), now)
        return max(self.paid_until, fits_at)

    def charge(self, units: float, now: float) -> float:
        """Pay for units that are sent now; return what was charged for them."""
        charged = units * self.factor
        if self.paid_until == float("-inf"):
            self.paid_until = now
        earned_from = max(self.paid_until, now - MAX_LAG_SECONDS)
        self.paid_until = earned_from + charged / self.rate
        self._charged_at = now
        self._sent.append((now, charged))
        self._sum += charged
        return charged

    def correct(self, *, charged: float, estimated: float, actual: float) -> None:
        """Settle the difference between what was charged and what it really cost."""
        difference = actual - charged
        if difference:
            self.paid_until += difference / self.rate
            if self._sent:
                at, units = self._sent.pop()
                self._sent.append((at, units + difference))
                self._sum += difference
        self._estimated = self._estimated * _FACTOR_MEMORY + estimated
        self._actual = self._actual * _FACTOR_MEMORY + actual
        if self._estimated > 0:
            low, high = _FACTOR_RANGE
            self.factor = min(high, max(low, self._actual / self._estimated))

    def _fits_at(self, cost: float, now: float) -> float:
        sent, rate, fits_at = self._sent, self.rate, now
        begins = now - WINDOW_SECONDS
        while sent and sent[0][0] <= begins:
            self._sum -= sent.popleft()[1]
        if not sent:
            self._sum = 0.0
        limit = max(CEILING * rate, rate + cost)
        excess = self._sum + cost - limit - _ROUNDING
        if excess <= 0:
            return now
        for at, units in sent:
            if excess <= 0:
                break
            excess -= units
            fits_at = at + WINDOW_SECONDS
        return fits_at
