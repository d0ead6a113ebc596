"""Charts of a few rectangles, drawn without a library: for a page made where the extra ``html`` is not installed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from opttius_cli.render.html.elements import html_element, text_element

if TYPE_CHECKING:
    from opttius_cli.render.chart_model import Chart, Point

_HEIGHT = 100


def draw_plain(chart: Chart) -> str:
    """Draw a chart: a column per date, or a line of text and a bar per name."""
    return _draw_columns(chart) if chart.is_dated else _draw_bars(chart)


def _draw_bars(chart: Chart) -> str:
    maximum = max(abs(point.value) for point in chart.points)
    lines = (
        html_element(
            "li",
            text_element("span", point.x_text, class_="name"),
            draw_bar(float(abs(point.value) / maximum * 100), "below" if point.value < 0 else None),
            text_element("span", point.value_text, class_="value"),
        )
        for point in chart.points
    )
    return html_element("ul", *lines, class_="bars")


def draw_bar(share: float, css_class: str | None = None) -> str:
    """Draw a bar of ``share`` percent. It is an SVG because the page's policy does not allow style attributes."""
    classes = f"bar {css_class}" if css_class else "bar"
    return (
        f'<svg class="{classes}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{max(0.0, min(100.0, share)):.1f}" height="4" rx="1"/></svg>'
    )


def _draw_columns(chart: Chart) -> str:
    """Draw a column per date, and its first, highest and last value as text below."""
    highest = max(chart.points, key=lambda point: point.value)
    scale = max((*(abs(point.value) for point in chart.points), *(p.value for p in chart.previous_points)))
    columns = "".join(_draw_column(index, point, float(scale)) for index, point in enumerate(chart.points))
    before = "".join(
        f'<rect class="before" x="{index}" y="{_HEIGHT - _measure(point, float(scale)):.1f}" width="1" height="1.5"/>'
        for index, point in enumerate(chart.previous_points[: len(chart.points)])
    )
    view = f'viewBox="0 0 {len(chart.points)} {_HEIGHT}" preserveAspectRatio="none"'
    edges = [chart.points[0].x_text, f"▲ {highest.x_text}: {highest.value_text}", chart.points[-1].x_text]
    return f'<svg class="columns" {view} aria-hidden="true">{columns}{before}</svg>' + html_element(
        "p", *(f"<span>{escape(edge)}</span>" for edge in edges), class_="edges"
    )


def _draw_column(index: int, point: Point, scale: float) -> str:
    height = _measure(point, scale)
    css_class = ' class="below"' if point.value < 0 else ""
    return f'<rect{css_class} x="{index + 0.15:.2f}" y="{_HEIGHT - height:.1f}" width="0.7" height="{height:.1f}"/>'


def _measure(point: Point, scale: float) -> float:
    return float(abs(point.value)) / scale * _HEIGHT
