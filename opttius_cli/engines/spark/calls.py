"""Build calls of Spark's functions."""

from __future__ import annotations

from sqlglot import exp


def call(name: str, *arguments: exp.Expr | str) -> exp.Anonymous:
    """Return a call of a function of Spark; a text is a literal."""
    return exp.Anonymous(
        this=name,
        expressions=[exp.Literal.string(item) if isinstance(item, str) else item for item in arguments],
    )


def number(value: int) -> exp.Expr:
    """Return a whole number."""
    return exp.Literal.number(value)


def cast(value: exp.Expr, kind: str) -> exp.Cast:
    """Return a cast to a type of Spark."""
    return exp.Cast(this=value, to=exp.DataType.build(kind, dialect="spark"))


def build_lambda(body: exp.Expr, *parameters: str) -> exp.Lambda:
    """Return ``(parameters) -> body``."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in parameters])
