"""How a batch reaches DynamoDB: one protocol, several carriers."""
