"""Tweeter: 10,000 users who all follow @daisy, and the post that reaches them all.

``python -m ddbbulk.examples.tweeter`` loads them; ``users`` and ``follows`` are the
sources it loads.
"""

from ddbbulk.examples.tweeter.follows import follows
from ddbbulk.examples.tweeter.users import users

__all__ = ["follows", "users"]
