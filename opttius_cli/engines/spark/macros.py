"""The macros of the project's SQL, expanded: Spark has none."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

_ATOMS = (exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Placeholder, exp.Cast, exp.Array)
"""Expressions that need no parentheses where a parameter stood."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its parameters, and an expression or a query of them."""

    parameters: tuple[str, ...]
    body: exp.Expr


@dataclass(slots=True)
class Macros:
    """The macros that a session has, by name."""

    by_name: dict[str, Macro] = field(default_factory=dict)

    def define(self, statement: exp.Create) -> None:
        """Define the macro that a CREATE MACRO statement declares."""
        function = statement.this
        self.by_name[function.this.name.lower()] = Macro(
            tuple(parameter.name for parameter in function.expressions), statement.expression
        )

    def expand(self, expression: exp.Expr) -> exp.Expr:
        """Return ``expression`` with every call of a macro replaced by the macro's body."""
        return expression.transform(self._expand_call)

    def _expand_call(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Anonymous):
            return self._expand_table(node)
        if isinstance(node, exp.Anonymous) and (macro := self.by_name.get(node.name.lower())):
            return self.expand(_wrap(_bind(macro, node.expressions)))
        return node

    def _expand_table(self, node: exp.Table) -> exp.Expr:
        """Return the query of a table macro in place of its call, under the same alias."""
        macro = self.by_name.get(node.this.name.lower())
        if macro is None:
            return node
        query = self.expand(_bind(macro, node.this.expressions))
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.this.name))
        subquery = exp.Subquery(this=query, alias=alias)
        if joins := node.args.get("joins"):
            subquery.set("joins", joins)
        return subquery


def _bind(macro: Macro, arguments: list[exp.Expr]) -> exp.Expr:
    """Return a copy of the macro's body with its parameters replaced by ``arguments``."""
    values = dict(zip(macro.parameters, arguments, strict=True))

    def replace(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        if not node.table:
            return _wrap(values[node.name].copy()) if node.name in values else node
        if node.table in values:
            # A parameter that is a struct, and one of its fields.
            return exp.Dot(this=_wrap(values[node.table].copy()), expression=exp.to_identifier(node.name))
        return node

    return macro.body.copy().transform(replace)


def _wrap(expression: exp.Expr) -> exp.Expr:
    return expression if isinstance(expression, _ATOMS) else exp.Paren(this=expression)
