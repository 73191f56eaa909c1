"""The simulator's own tables as a backend."""

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from ddbbulk.simulator.answer import OK, Answer, error_answer, read_json
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.operations import OPERATIONS
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.statistics import statistics

logger = logging.getLogger(__name__)


class Local:
    """Performs the operations on the simulator's own tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def answer(
        self,
        name: str,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002 -- nothing is signed here
    ) -> Answer:
        """The answer of an operation."""
        try:
            return Answer(OK, orjson.dumps(self._perform(name, body)))
        except ServiceError as error:
            return error_answer(error)
        except sqlite3.OperationalError as error:
            message = f"The simulator's data file cannot be used: {error}"
            logger.error(message)  # noqa: TRY400 -- a full disk, and no defect
            return _server_error(message)
        except Exception:
            logger.exception("a defect of the simulator, answered as a server error")
            return _server_error("Internal server error")

    def statistics(self) -> dict[str, Any]:
        """Counts of each table."""
        return statistics(self._engine.catalog, self._engine.store.count)

    def _perform(self, name: str, body: bytes) -> dict[str, Any]:
        operation = OPERATIONS.get(name)
        if operation is None:
            raise ServiceError.not_simulated(f"The operation {name}")
        return operation(self._engine, read_json(body))


def _server_error(message: str) -> Answer:
    return error_answer(ServiceError("InternalServerError", message, 500))
