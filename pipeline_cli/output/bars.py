"""A share drawn as a bar."""

from __future__ import annotations

EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int, *, unicode: bool) -> str:
    """Exactly `width` cells, filled to the share (0 to 1; beyond is cut off).

    More than nothing always shows, and only a whole share fills the bar.
    """
    share = min(max(share, 0.0), 1.0)
    steps = width * (8 if unicode else 1)
    filled = max(int(share * steps), 1 if share > 0 else 0)
    if not unicode:
        return ("#" * filled).ljust(width)
    whole, eighths = divmod(filled, 8)
    return ("█" * whole + EIGHTHS[eighths].strip()).ljust(width)
