"""A local DynamoDB that really throttles."""
