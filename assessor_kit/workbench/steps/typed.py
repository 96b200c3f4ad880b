"""Numbers as people type them into a field."""

from __future__ import annotations

from assessor_kit.errors import InvalidRequest


def amount_typed(typed: str) -> tuple[int | None, float | None]:
    """Return the number or the percentage that was typed."""
    if typed.endswith("%"):
        return None, percent_typed(typed, "How many members")
    if not typed.replace(",", "").isdecimal():
        raise InvalidRequest(
            f"How many members: {typed or 'nothing is written there'}",
            expected="a number such as 120, or a share such as 5 %",
        )
    return int(typed.replace(",", "")), None


def percent_typed(typed: str, field: str) -> float:
    """Return the percentage that was typed into a field; nothing means none."""
    text = typed.removesuffix("%").strip() or "0"
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 100:  # noqa: PLR2004  (per cent)
        raise InvalidRequest(f"{field}: {typed}", expected="a number from 0 to 100")
    return share
