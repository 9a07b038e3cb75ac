//! Conditions, races and duplicates on a real DynamoDB API, in the process.
