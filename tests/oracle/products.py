"""What sold, by product and by category, and what runs out (contract, section 6, `products`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .figures import purchases_made
from .numbers import total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .clock import Window
    from .rows import Item, Product, Stock
    from .sales import Purchase, Sales
    from .scope import Book

Record = dict[str, Any]

TOP = 10
DEFAULT_THRESHOLD = Decimal(5)
UNCATEGORISED = "uncategorised"


@dataclass(slots=True)
class Line:
    """One product's part of some orders, under its key; `spellings` are the names it may be shown by."""

    category: str
    name: str
    spellings: set[str] = field(default_factory=set)
    revenue: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    orders: set[str] = field(default_factory=set)


def products(sales: Sales, window: Window) -> Record:
    """Top products, revenue of every category, and the inventory."""
    sold = {
        purchase.order.id
        for purchase in purchases_made(sales, window)
        if purchase.order and has_counted_items(purchase)
    }
    items = sales.book.items
    sold_lines = lines((item for item in items or () if item.order_id in sold), sales.book, sold)
    top = sorted(sold_lines, key=lambda line: (-line.revenue, -line.quantity, line.name))[:TOP]
    return {
        "top": None if items is None else [_top(line) for line in top],
        "category_revenue": None if items is None else _categories(sold_lines),
        "inventory": _inventory(sales.book),
    }


def has_counted_items(purchase: Purchase) -> bool:
    """Whether items count: not of a sale refunded in part, for nobody knows which of them came back."""
    return purchase.recognised and purchase.is_report_currency and purchase.part_refund is None


def lines(items: Iterable[Item], book: Book, counted: set[str]) -> list[Line]:
    """Gather items by product; only orders in `counted` bring revenue."""
    grouped: dict[tuple[str, str], Line] = {}
    for item in items:
        key, name, category = _identity(item, book)
        line = grouped.setdefault(key, Line(category, name))
        line.spellings.add(name)
        line.quantity += item.quantity or Decimal(0)
        line.orders.add(item.order_id)
        if item.order_id in counted:
            line.revenue += item.total_price or Decimal(0)
    for line in grouped.values():
        line.name = min(line.spellings)
    return list(grouped.values())


def _identity(item: Item, book: Book) -> tuple[tuple[str, str], str, str]:
    """Key, name and category: by product id, else by the trimmed lower-case name."""
    name = item.product_name or "unknown"
    if item.product_id is None:
        return ("name", name.strip(" ").lower()), name, UNCATEGORISED
    product = (book.products or {}).get(item.product_id)
    if product is None:
        return ("id", item.product_id), name, UNCATEGORISED
    return ("id", item.product_id), product.name, _category(product, book)


def _category(product: Product, book: Book) -> str:
    return book.categories.get(product.category_id or "", UNCATEGORISED)


def _top(line: Line) -> Record:
    return {
        "name": line.name,
        "spellings": line.spellings,
        "category": line.category,
        "revenue": line.revenue,
        "quantity": line.quantity,
        "orders": len(line.orders),
    }


def _categories(sold_lines: list[Line]) -> list[Record]:
    names = {line.category for line in sold_lines}
    sums = {name: total(line.revenue for line in sold_lines if line.category == name) for name in names}
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"category": name, "revenue": revenue} for name, revenue in ordered]


def _inventory(book: Book) -> Record:
    if book.stock is None or book.products is None:
        return {"out_of_stock": None, "low_stock": None}
    stock_by_product: dict[str, list[Stock]] = {}
    for row in book.stock:
        product = book.products.get(row.product_id)
        if product is not None and product.status == "active":
            stock_by_product.setdefault(product.id, []).append(row)
    out = {key for key, rows in stock_by_product.items() if total(_available(row) for row in rows) <= 0}
    low = {key for key, rows in stock_by_product.items() if any(_is_low(row) for row in rows)} - out
    return {"out_of_stock": len(out), "low_stock": len(low)}


def _available(row: Stock) -> Decimal:
    if row.available_quantity is not None:
        return row.available_quantity
    return max(Decimal(0), (row.quantity or Decimal(0)) - (row.reserved_quantity or Decimal(0)))


def _is_low(row: Stock) -> bool:
    threshold = DEFAULT_THRESHOLD if row.low_stock_threshold is None else row.low_stock_threshold
    return 0 < _available(row) <= threshold
