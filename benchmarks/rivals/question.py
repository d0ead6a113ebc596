"""What every rival is asked: whose data, which days, by which thresholds. The rules are those of docs/metrics.md."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from uuid import UUID

ORGANIZATION = "mirador-austral"
ZONE = "America/Santiago"
CURRENCY = "CLP"
AS_OF = date(2026, 11, 22)
DAYS = 30
AT_RISK_DAYS, VIP_PURCHASES, REGULAR_PURCHASES = 540, 10, 3
PLACEHOLDER_DOMAIN = "@pos.local"
PART_REFUNDS = ("refunded", "partially_refunded")
VOID_ORDERS = ("cancelled", "refunded")
VOID_PAYMENTS = ("failed", "refunded", "partially_refunded")
VOID_WORK_ORDERS = ("cancelled", "returned")
RUT_DIGITS = (7, 8)


def find_start(day: date) -> datetime:
    """The instant at which a local day begins. No day that is asked for lacks its midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


CURRENT_FROM = find_start(AS_OF - timedelta(days=DAYS - 1))
PREVIOUS_FROM = find_start(AS_OF - timedelta(days=2 * DAYS - 1))
UNTIL = find_start(AS_OF + timedelta(days=1))
"""The first instant that is no longer part of the data."""


def is_person_rut(key: str) -> bool:
    """Whether a RUT without punctuation names a person: 7 or 8 digits, the right check digit, not all alike."""
    digits, check = key[:-1], key[-1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) in RUT_DIGITS) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    return check == "0K987654321"[total % 11]


def name_segment(purchases: int, days_since: int) -> str:
    """The lifecycle segment of a customer with purchases; the first rule that holds."""
    if days_since > AT_RISK_DAYS:
        return "at-risk"
    if purchases > VIP_PURCHASES:
        return "vip"
    return "regular" if purchases > REGULAR_PURCHASES else "first-time"


def format_revenue(rows: list[tuple[str | None, int, int]]) -> str:
    """Revenue and previous revenue of each branch, in cents, as the lines that every rival prints."""
    return "\n".join(f"{branch or '-'} {now} {before}" for branch, now, before in sorted(rows, key=str))


def format_id(value: bytes | UUID) -> str:
    """An id as 32 hexadecimal digits, whatever a library reads it as."""
    return value.hex() if isinstance(value, bytes) else value.hex
