"""Unit tests have no I/O: their event loop runs in virtual time."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.support.virtual_time import VirtualTimeLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give every coroutine test below this folder a clock that jumps."""
    return {"virtual": VirtualTimeLoop}
