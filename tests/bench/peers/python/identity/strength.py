from zxcvbn import zxcvbn

MIN_CHARS = 8
MAX_CHARS = 128
MIN_SCORE = 3
# zxcvbn's time grows with the square of the length.
MAX_SCORED_CHARS = 72


def weakness(password: str, known: list[str]) -> str | None:
    """What is wrong with a new password of somebody whose name and address are `known`."""
    if len(password) < MIN_CHARS:
        return f"must have at least {MIN_CHARS} characters"
    if len(password) > MAX_CHARS:
        return f"must have at most {MAX_CHARS} characters"
    score = zxcvbn(password[:MAX_SCORED_CHARS], user_inputs=known)["score"]
    return "is too easy to guess; use several unrelated words" if score < MIN_SCORE else None
