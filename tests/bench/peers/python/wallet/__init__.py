"""What the wallet knows of people and points."""
