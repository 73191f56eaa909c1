"""What a verification may be told, and what is refused before it begins."""

from typing import Any

import pytest

from ddbbulk import ConfigurationError
from ddbbulk.verifying.options import VerifyOptions, check_verify_options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"smaple": 5}, "unknown option smaple"),
        ({"sample": 0}, "a sample has 1 item or more, not 0"),
        ({"consistency": "strong"}, "consistency is strong: give rechecked,"),
        ({"segments": 0}, "segments is 0: give 1 to 1,024"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    options: dict[str, Any], says: str
) -> None:
    given: VerifyOptions = options  # type: ignore[assignment] # as users may write it
    with pytest.raises(ConfigurationError, match=says):
        check_verify_options(given)
