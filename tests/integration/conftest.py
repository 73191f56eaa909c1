"""What the tests over real connections share."""

import pytest

from ddbbulk.transport import TRANSPORT_NAMES, TransportName


@pytest.fixture(params=TRANSPORT_NAMES)
def transport(request: pytest.FixtureRequest) -> TransportName:
    """Give each transport in turn, by its name."""
    name: TransportName = request.param
    return name
