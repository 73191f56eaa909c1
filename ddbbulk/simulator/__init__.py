"""A local DynamoDB that really throttles."""

from ddbbulk.simulator.server import Simulator

__all__ = ["Simulator"]
