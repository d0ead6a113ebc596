"""Section 5, the currency of a report: configuration, the shop's own setting, its metadata, CLP."""

from __future__ import annotations

import pytest

from spec.harness import Ask, expect, write_export

# The amounts are powers of ten: the sum tells which of the currencies is the report's.
SALES = """
organizations
id | metadata
g1 | {metadata}

orders
id | currency | total_amount
o1 | CLP      | 1
o2 | ARS      | 10
o3 | USD      | 100
o4 |          | 1000

{settings}
"""
SETTING = "organization_settings\norganization_id | currency\n{rows}\n"


def sales(metadata: str = "{}", *rows: str) -> str:
    """Sales in three currencies and one without, for a shop with such metadata and settings."""
    settings = SETTING.format(rows="\n".join(rows)) if rows else ""
    return SALES.format(metadata=metadata, settings=settings)


@pytest.mark.parametrize(
    ("metadata", "rows", "currency", "revenue"),
    [
        ('{"currency": "USD"}', ("g1 | ARS",), "ARS", 10 + 1000),
        ("{}", ("g1 | ARS",), "ARS", 10 + 1000),
        ('{"currency": "USD"}', ("g1 |",), "USD", 100 + 1000),  # an empty setting says nothing
        ('{"currency": "USD"}', ("g2 | ARS",), "USD", 100 + 1000),  # another organization's
        ('{"currency": "USD"}', (), "USD", 100 + 1000),
        ("{}", ("g1 |",), "CLP", 1 + 1000),
        ("{}", (), "CLP", 1 + 1000),
    ],
)
def test_the_shops_setting_goes_before_its_metadata(
    ask: Ask, metadata: str, rows: tuple[str, ...], currency: str, revenue: int
) -> None:
    report = ask.dashboard(sales(metadata, *rows))
    assert (report["currency"], report["kpis"]["total_revenue"]) == (currency, revenue)


def test_configuration_goes_before_the_shops_setting(ask: Ask) -> None:
    report = ask.dashboard(sales("{}", "g1 | ARS"), config='[currency]\ncode = "USD"\n')
    assert report["currency"] == "USD"
    expect(report, kpis={"total_revenue": 1100})


def test_an_alias_holds_for_the_shops_setting_too(ask: Ask) -> None:
    """ARS stands for CLP: the report is in CLP, and both are summed."""
    report = ask.dashboard(sales("{}", "g1 | ARS"), config='[currency]\naliases = { ARS = "CLP" }\n')
    assert report["currency"] == "CLP"
    expect(report, kpis={"total_revenue": 1 + 10 + 1000})


def test_each_organization_has_its_own(ask: Ask) -> None:
    folder = write_export(
        """
        organizations
        id
        g1
        g2

        organization_settings
        organization_id | currency
        g1              | CLP
        g2              | ARS

        branches
        id | organization_id
        b1 | g1
        b2 | g2
        """
    )
    assert ask.dashboard(folder, "--branch", "b1")["currency"] == "CLP"
    assert ask.dashboard(folder, "--branch", "b2")["currency"] == "ARS"


def test_the_table_and_its_columns_are_optional(ask: Ask) -> None:
    report = ask.dashboard(sales("{}", "g1 | ARS"), drop={"organization_settings": ("currency", "country")})
    assert report["currency"] == "CLP"
    assert report["data_quality"]["missing_columns"]["organization_settings"] == ["country", "currency"]
    assert "organization_settings" in ask.dashboard(sales())["data_quality"]["missing_tables"]
