"""Operator commands: they act on a deployment in AWS, or on one in the local cloud when AWS_ENDPOINT_URL names it."""
