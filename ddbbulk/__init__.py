"""Load millions of items into DynamoDB, at exactly the capacity you pay for."""
