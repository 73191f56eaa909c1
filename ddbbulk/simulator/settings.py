"""How a simulator behaves."""

from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator.faults import Faults
from ddbbulk.simulator.quotas import Quotas
from ddbbulk.simulator.rationing import Rationing


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a simulator; ``Simulator`` describes each."""

    host: str
    port: int
    data: str | Path | None
    latency_ms: float
    latency_jitter_ms: float
    rationing: Rationing
    quotas: Quotas
    upstream: str | None
    seed: int
    faults: Faults | None
    create_seconds: float
    update_seconds: float

    def __post_init__(self) -> None:
        for name in (
            "latency_ms",
            "latency_jitter_ms",
            "create_seconds",
            "update_seconds",
        ):
            if not 0 <= getattr(self, name) < inf:
                raise ConfigurationError(f"{name} must be 0 or more")
        if not self.host:
            # To the operating system it would mean all of the machine's addresses.
            raise ConfigurationError("host is empty: 127.0.0.1 is this machine alone")
        if self.upstream is not None:
            self._check_upstream(self.upstream)

    def _check_upstream(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError(
                f"upstream {url!r} is not a URL: write it like http://127.0.0.1:8001"
            )
        if self.data is not None:
            raise ConfigurationError(
                "with upstream the items live on that server: leave data out, or "
                "upstream"
            )
        own = replace(
            Quotas(),
            account_read=self.quotas.account_read,
            account_write=self.quotas.account_write,
        )
        if self.quotas != own:
            raise ConfigurationError(
                "with upstream that server says which capacity a table may be given, "
                "and how often less: leave quotas, daily_decreases and "
                "decrease_seconds out, or upstream"
            )
