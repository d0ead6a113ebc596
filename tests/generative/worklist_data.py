"""Worlds for the worklist: the hostile data sets, and what only the worklist reads of customers and visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from generative.datasets import CUSTOMERS, NULL, Dataset, Row, datasets

entry = st.sampled_from
PHONES = ("912345678", "+56 9 8765 4321", " ", NULL)
TAGS = (NULL, NULL, NULL, "{vip}", '{vip," No-Contactar "}', "{no-contactar}")
CHANNELS = (NULL, "whatsapp", "sms", "phone", "email", "carrier pigeon")
KINDS = ("eye_exam", "eye_exam", "delivery", NULL)
TIMES = ("09:00:00", "10:30:00", NULL)
# Days from as-of at which a rule of the worklist turns, and a few between.
EDGES = (
    *(-1096, -1095, -800, -541, -540, -366, -365, -364, -181, -180, -91, -90, -61, -60, -59, -31, -30, -29),
    *(-15, -14, -8, -7, -6, -1, 0, 1, 7, 8, 14, 15, 30, 31),
)


def _day(as_of: str, number: int) -> str:
    return (datetime.fromisoformat(as_of).date() + timedelta(number)).isoformat()


@st.composite
def worklist_worlds(draw: st.DrawFn) -> Dataset:
    """Draw a data set in which customers have phones, tags, exams, prescriptions and bookings."""
    world = draw(datasets())
    days = st.sampled_from([_day(world.as_of, number) for number in EDGES])
    maybe_day = st.one_of(st.just(NULL), days)

    def more(rows: list[Row], columns: dict[str, st.SearchStrategy[str]]) -> list[Row]:
        return [{**row, **{name: draw(values) for name, values in columns.items()}} for row in rows]

    tables = dict(world.tables)
    tables["customers"] = more(
        tables["customers"],
        {
            "phone": entry(PHONES),
            "tags": entry(TAGS),
            "preferred_contact_method": entry(CHANNELS),
            "last_eye_exam_date": maybe_day,
            "next_eye_exam_due": maybe_day,
        },
    )
    tables["appointments"] = more(
        tables["appointments"],
        {"appointment_date": days, "appointment_type": entry(KINDS), "appointment_time": entry(TIMES)},
    )
    tables["quotes"] = more(tables["quotes"], {"expiration_date": maybe_day})
    tables["lab_work_orders"] = more(
        tables["lab_work_orders"],
        {
            "ready_at": days.map(lambda day: f"{day} 15:00:00+00"),
            "status": entry(["ready_for_pickup", "ordered", "delivered"]),
        },
    )
    tables["prescriptions"] = [
        {
            "id": f"x{number}",
            "customer_id": draw(entry([name for name in CUSTOMERS if name])),
            "branch_id": draw(entry(["b1", "b1", "b2", "b3"])),
            "prescription_date": draw(maybe_day),
            "expiration_date": draw(maybe_day),
        }
        for number in range(draw(st.integers(0, 5)))
    ]
    # Sales as old as the rules ask, for the times of data sets lie near as-of.
    tables["orders"] = [*tables["orders"], *draw(_old_orders(world.as_of))]
    return replace(world, tables=tables)


@st.composite
def _old_orders(draw: st.DrawFn, as_of: str) -> list[Row]:
    return [
        {
            "id": f"o{number}",
            "branch_id": draw(entry(["b1", "b1", "b2", "b3", "b5"])),
            "customer_id": draw(entry(["c1", "c2", "c3", "c4"])),
            "payment_status": draw(entry(["paid", "paid", "pending", "partial"])),
            "total_amount": draw(entry(["1000", "20000", "333.33"])),
            "created_at": f"{_day(as_of, draw(entry([edge for edge in EDGES if edge <= 0])))} 15:00:00+00",
            "updated_at": NULL,
        }
        for number in range(40, 40 + draw(st.integers(0, 8)))
    ]
