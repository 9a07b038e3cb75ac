"""The one exception that ends a command with a sentence for the reader."""


class Failed(Exception):
    """A command cannot continue. The message says what is wrong and what to do."""
