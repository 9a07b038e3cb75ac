"""Care events at points."""
