"""Whose order is it (section 4): by its customer, its work orders, the RUT on the ticket, the email."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

from .rows import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .rows import Order, WorkOrder
    from .scope import Book

Owner = tuple[str | None, str | None]
"""A customer, or nobody and why."""

# Unicode's dashes and spaces.
BLANKS = {"Pd", "Zs"}

Key = tuple[str | None, str]
"""A branch, and what a customer of it is found by."""


def order_owners(
    book: Book, links: Mapping[str, list[WorkOrder]], placeholder_ruts: Iterable[str]
) -> dict[str, Owner]:
    """The customer of every order; the first rule that applies."""
    emails: dict[Key, list[str]] = defaultdict(list)
    ruts: dict[Key, list[str]] = defaultdict(list)
    for customer in book.customers.values():
        for email in spelling([customer.email]):
            emails[customer.branch_id, email].append(customer.id)
        ruts[customer.branch_id, plain_rut(customer.rut)].append(customer.id)
    placeholders = {plain_rut(rut) for rut in placeholder_ruts}
    return {
        order.id: _by_rows(order, book, links)
        or _by_rut(order, ruts, placeholders)
        or _by_email(order, emails)
        for order in book.orders.values()
    }


def plain_rut(text: str | None) -> str:
    """A RUT without dots, dashes and spaces of any kind, leading zeros and case."""
    kept_amount = (sign for sign in text or "" if sign != "." and unicodedata.category(sign) not in BLANKS)
    return "".join(kept_amount).upper().lstrip("0")


def is_rut(plain: str) -> bool:
    """Seven or eight digits that are not all the same, and the check digit that they give modulo 11."""
    match = re.fullmatch(r"([0-9]{7,8})([0-9K])", plain)
    if match is None or len(set(match[1])) == 1:
        return False
    factors = (2, 3, 4, 5, 6, 7, 2, 3)
    weighted = sum(int(digit) * factor for digit, factor in zip(reversed(match[1]), factors, strict=False))
    return match[2] == "0123456789K0"[11 - weighted % 11]


def _by_rows(order: Order, book: Book, links: Mapping[str, list[WorkOrder]]) -> Owner | None:
    if order.customer_id in book.customers:
        return order.customer_id, None
    named = {work_order.customer_id for work_order in links.get(order.id, [])}
    if len(named) == 1 and named <= set(book.customers):
        return named.pop(), None
    return None if order.customer_id is None else (None, "customer_not_in_scope")


def _by_rut(order: Order, ruts: Mapping[Key, list[str]], placeholders: set[str]) -> Owner | None:
    rut = plain_rut(order.sii_rut)
    if order.branch_id is None or not is_rut(rut) or rut in placeholders:
        return None
    sharing = ruts.get((order.branch_id, rut), [])
    return (sharing[0], None) if len(sharing) == 1 else None


def _by_email(order: Order, emails: Mapping[Key, list[str]]) -> Owner:
    email = "".join(spelling([order.email]))
    if not email or order.branch_id is None:
        return None, "no_match"
    if email.endswith("@pos.local"):
        return None, "placeholder_email"
    sharing = emails.get((order.branch_id, email), [])
    if len(sharing) == 1:
        return sharing[0], None
    return None, "ambiguous_email" if sharing else "no_match"
