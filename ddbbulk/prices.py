"""What capacity, requests and storage cost: one dated table, which a file replaces."""

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ddbbulk.errors import ConfigurationError

_STANDARD: Final = "prices.toml"

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Prices(BaseModel):
    """Prices in US dollars.

    Args:
        as_of: when they were read from AWS's pages.
        region: that they are of.
        write_unit_hour: one WCU, provisioned for an hour.
        read_unit_hour: one RCU, provisioned for an hour.
        million_write_requests: a million write request units, on demand.
        million_read_requests: a million read request units, on demand.
        storage_gigabyte_month: 2^30 bytes, kept for a month.
        import_gigabyte: 2^30 bytes, uncompressed, imported from S3.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    region: str
    write_unit_hour: Dollars
    read_unit_hour: Dollars
    million_write_requests: Dollars
    million_read_requests: Dollars
    storage_gigabyte_month: Dollars
    import_gigabyte: Dollars

    @classmethod
    def standard(cls) -> Self:
        """Return the prices that come with ddbbulk."""
        return cls.model_validate(_standard())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the prices with those of a TOML file in the place of ours.

        Raises:
            ConfigurationError: the file cannot be read, or is not one of prices.
        """
        try:
            theirs = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls.model_validate(_standard() | theirs)
        except OSError as error:
            raise ConfigurationError(
                f"{path}: cannot be read: {error.strerror}"
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise ConfigurationError(
                f"{path}: {name}: {first['msg']}; there are "
                f"{', '.join(cls.model_fields)}"
            ) from None
        except ValueError as error:  # no TOML, or no UTF-8
            raise ConfigurationError(f"{path}: no TOML: {error}") from error


def _standard() -> dict[str, Any]:
    text = (files("ddbbulk") / _STANDARD).read_text(encoding="utf-8")
    return tomllib.loads(text)
