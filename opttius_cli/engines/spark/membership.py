"""The rule for ``x IN (SELECT …)`` among the columns of a query: there it is a join."""

from __future__ import annotations

from sqlglot import exp


def write_membership(select: exp.Select) -> exp.Expr:
    """Join what the columns of ``select`` look up; NULL where there is nothing to look up, as IN has it."""
    lookups = [
        node
        for column in select.expressions
        for node in column.find_all(exp.In)
        if node.args.get("query") and node.parent_select is select
    ]
    for place, node in enumerate(lookups):
        name = f"looked_up_{place}"
        query = node.args["query"].this
        values = exp.select(exp.alias_(query.expressions[0].unalias().copy(), name)).distinct()
        values.set("from_", query.args["from_"].copy())
        if where := query.args.get("where"):
            values.set("where", where.copy())
        found = exp.column(name, name)
        select.join(
            exp.Subquery(this=values, alias=exp.TableAlias(this=exp.to_identifier(name))),
            on=exp.EQ(this=node.this.copy(), expression=found),
            join_type="LEFT",
            copy=False,
        )
        is_there = exp.Not(this=exp.Is(this=found.copy(), expression=exp.null()))
        missing = exp.Is(this=node.this.copy(), expression=exp.null())
        node.replace(exp.Case(ifs=[exp.If(this=missing, true=exp.null())], default=is_there))
    return select
