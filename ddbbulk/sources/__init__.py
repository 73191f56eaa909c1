"""Where items come from: iterables, generators, CSV and JSON Lines."""
