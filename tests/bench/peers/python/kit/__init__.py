"""What the functions of all contexts share."""
