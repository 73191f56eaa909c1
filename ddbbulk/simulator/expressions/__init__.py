"""DynamoDB's expressions: read once per request, applied to any number of items.

``RequestExpressions`` is the door: it turns the expressions of a request into a
``Condition`` (``holds(item)``), a ``Projection`` (``apply(item)``) and an ``Update``
(``apply(item)``), and answers bad ones with the ValidationException that DynamoDB
answers. ``read_condition`` is the short way for a request with nothing but a condition.
"""

from ddbbulk.simulator.expressions.conditions import Condition
from ddbbulk.simulator.expressions.key_conditions import KeyRange, key_range
from ddbbulk.simulator.expressions.projections import Projection
from ddbbulk.simulator.expressions.request import (
    RequestExpressions,
    read_condition,
    refuse_legacy,
)
from ddbbulk.simulator.expressions.updates import Update

__all__ = [
    "Condition",
    "KeyRange",
    "Projection",
    "RequestExpressions",
    "Update",
    "key_range",
    "read_condition",
    "refuse_legacy",
]
