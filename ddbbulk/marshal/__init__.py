"""The wire format: Python items to DynamoDB JSON and back."""
