"""From the text of a condition to its tree, against a list of what is allowed."""

from __future__ import annotations

import ast
import difflib

from algorithms.rules.conditions.errors import ConditionError, refusal
from algorithms.rules.conditions.fields import Field, Fields, Scope, ValueType
from algorithms.rules.conditions.nodes import (
    Arithmetic,
    Asked,
    Comparison,
    Constant,
    Negative,
    Node,
    Not,
    OneOf,
    Together,
    Within,
)
from algorithms.rules.conditions.tokens import MOST_DEPTH, tokens_of

MOST_NODES = 200
LARGEST = 10**15  # of a number; beyond 2**53 a float64 counts no longer
_MOST_COMPARED = 100  # names that a misspelt one is compared with

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
}
_COMPARES: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_NAMED = {
    ValueType.NUMBER: "a number",
    ValueType.TEXT: "a text",
    ValueType.TRUTH: "a condition",
}
_VALUE = "a field, a number or a text"


def parse(text: str, fields: Fields) -> Node:
    """Read a condition.

    Raises
    ------
    ConditionError
        Where it cannot be read, names what is not there, or mixes types; it says at which place.
    """
    tokens = tokens_of(text)
    if not tokens:
        raise refusal(0, len(text), "a condition", "nothing")
    flat = "".join(" " if sign.isspace() else sign for sign in text)
    try:
        tree = ast.parse(f"({flat})", mode="eval").body  # brackets: spaces before are no indent
    except SyntaxError as error:
        at = min(max((error.offset or 1) - 2, 0), len(text))
        wrong = next((token for token in tokens if token.stop > at), None)
        if wrong is None:
            raise refusal(len(text), 0, _VALUE, "the end") from None
        raise refusal(wrong.start, len(wrong.text), _VALUE, f"“{wrong.text}”") from None
    except (RecursionError, MemoryError):
        raise _too_deep(0, len(text)) from None
    reader = _Reader(flat, fields)
    n_nodes = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    if n_nodes > MOST_NODES:
        raise refusal(
            0, len(text), f"at most {MOST_NODES} fields, values and operators", f"{n_nodes}"
        )
    found = reader.read(tree, 1)
    if found.type is not ValueType.TRUTH:
        raise reader.refusal_of(tree, "a condition that holds or not", _NAMED[found.type])
    return found


def _closest(name: str, known: list[str]) -> list[str]:
    """Return the one name that was most likely meant; none where none is close."""
    alike = sorted(known, key=lambda each: abs(len(each) - len(name)))[:_MOST_COMPARED]
    return difflib.get_close_matches(name, alike, 1)


def _too_deep(start: int, length: int) -> ConditionError:
    return refusal(start, length, f"at most {MOST_DEPTH} levels within one another", "more")


class _Reader:
    """Turns what Python's parser found into nodes, or says what is wrong where."""

    def __init__(self, text: str, fields: Fields) -> None:
        self._flat = text
        self._bytes = f"({text})".encode()  # Python's parser counts bytes
        self._fields = fields

    def refusal_of(
        self, node: ast.expr, expected: str, found: str | None = None, suggestion: str | None = None
    ) -> ConditionError:
        """Return the error for a piece of the text."""
        start, stop = self._span(node)
        shown = f"“{self._text(node)}”" if found is None else found
        return refusal(start, stop - start, expected, shown, suggestion)

    def _span(self, node: ast.expr) -> tuple[int, int]:
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
        start = len(self._bytes[: node.col_offset].decode()) - 1
        stop = len(self._bytes[:end].decode()) - 1
        return max(start, 0), min(stop, len(self._flat))  # without the brackets put around it

    def _text(self, node: ast.expr) -> str:
        start, stop = self._span(node)
        return self._flat[start:stop]

    def read(self, node: ast.expr, depth: int) -> Node:
        """Read one node and what it is made of."""
        if depth > MOST_DEPTH:
            start, stop = self._span(node)
            raise _too_deep(start, stop - start)
        match node:
            case ast.Constant():
                return Constant(self._constant(node))
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return Asked(self._field(node))
            case ast.UnaryOp(op=ast.Not()):
                return Not(self._of(ValueType.TRUTH, node.operand, depth))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                part = self._of(ValueType.NUMBER, node.operand, depth)
                return Negative(part) if isinstance(node.op, ast.USub) else part
            case ast.BinOp() if type(node.op) in _SIGNS:
                return Arithmetic(
                    _SIGNS[type(node.op)],
                    self._of(ValueType.NUMBER, node.left, depth),
                    self._of(ValueType.NUMBER, node.right, depth),
                )
            case ast.BoolOp():
                parts = tuple(self._of(ValueType.TRUTH, each, depth) for each in node.values)
                return Together(isinstance(node.op, ast.And), parts)
            case ast.Compare():
                return self._compare(node, depth)
            case ast.Tuple() | ast.List():
                raise self.refusal_of(node, "a list only after “in”")
            case ast.Call():
                raise self.refusal_of(node, f"{_VALUE} (functions cannot be called)")
            case _:
                raise self.refusal_of(node, _VALUE)

    def _of(self, wanted: ValueType, node: ast.expr, depth: int) -> Node:
        found = self.read(node, depth + 1)
        if found.type is not wanted:
            raise self.refusal_of(
                node, _NAMED[wanted], f"{_NAMED[found.type]}, “{self._text(node)}”"
            )
        return found

    def _constant(self, node: ast.Constant) -> float | str | bool:
        value = node.value
        if isinstance(value, bool | str):
            return value
        if isinstance(value, int | float):
            if not abs(value) <= LARGEST:
                raise self.refusal_of(node, f"a number up to {LARGEST:,}")
            return float(value)
        raise self.refusal_of(node, _VALUE)

    # --- fields --------------------------------------------------------------------------

    def _field(self, node: ast.Name | ast.Attribute | ast.Subscript) -> Field:
        if isinstance(node, ast.Name):
            place = self._fields.find(Scope.PLACE, node.id)
            if place is None:
                raise self._unknown_name(node, node.id)
            return place
        owner = node.value
        if not isinstance(owner, ast.Name):
            raise self.refusal_of(node, "one field, such as item.kind")
        scopes = {scope.value: scope for scope in Scope if scope is not Scope.PLACE}
        if owner.id not in scopes:
            raise self._unknown_name(owner, owner.id)
        scope = scopes[owner.id]
        if isinstance(node, ast.Attribute):
            if scope in (Scope.SCORE, Scope.SHARE):
                written = f'{scope}["{node.attr}"]'
                raise self.refusal_of(node, f"a task in brackets after “{scope}”", None, written)
            name = node.attr
        elif isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            name = node.slice.value
        else:
            raise self.refusal_of(node.slice, "the name of a field in quotes")
        found = self._fields.find(scope, name)
        if found is None:
            known = self._fields.of_scope(scope)
            if not known:
                listed = ", ".join(dict.fromkeys(field.scope for field in self._fields.known))
                raise self.refusal_of(
                    node, f"a field of another kind ({listed or 'there is none'})"
                )
            close = _closest(name, [field.name for field in known])
            suggestion = next((str(field) for field in known if [field.name] == close), None)
            what = "a task" if scope in (Scope.SCORE, Scope.SHARE) else f"a field of the {scope}"
            listed = ", ".join(str(field) for field in known[:6])
            more = ", …" if len(known) > 6 else ""
            raise self.refusal_of(node, f"{what} ({listed}{more})", None, suggestion)
        return found

    def _unknown_name(self, node: ast.Name, name: str) -> ConditionError:
        scopes = dict.fromkeys(field.scope.value for field in self._fields.known)
        close = _closest(name, list(scopes))
        if close:
            return self.refusal_of(node, "a field", None, close[0])
        same = next((f for f in self._fields.known if f.name.casefold() == name.casefold()), None)
        listed = ", ".join(scopes)
        return self.refusal_of(
            node,
            f"a field ({listed}), or a text in quotes",
            None,
            None if same is None else str(same),
        )

    # --- comparisons ---------------------------------------------------------------------

    def _compare(self, node: ast.Compare, depth: int) -> Node:
        sides = [node.left, *node.comparators]
        pairs = [
            self._pair(sides[place], operator, sides[place + 1], depth)
            for place, operator in enumerate(node.ops)
        ]
        return pairs[0] if len(pairs) == 1 else Together(True, tuple(pairs))

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> Node:
        if isinstance(operator, ast.In | ast.NotIn):
            return self._membership(left, isinstance(operator, ast.In), right, depth)
        sign = _COMPARES[type(operator)]
        first, second = self.read(left, depth + 1), self.read(right, depth + 1)
        if first.type is not second.type:
            raise self.refusal_of(
                right,
                f"{_NAMED[first.type]}, as on the left of {sign}",
                f"{_NAMED[second.type]}, “{self._text(right)}”",
            )
        if sign not in ("==", "!=") and first.type is not ValueType.NUMBER:
            raise self.refusal_of(left, f"a number on both sides of {sign}", _NAMED[first.type])
        return Comparison(sign, first, second)

    def _membership(self, left: ast.expr, wanted: bool, right: ast.expr, depth: int) -> Node:
        first = self.read(left, depth + 1)
        if not isinstance(right, ast.Tuple | ast.List):
            second = self.read(right, depth + 1)
            is_search = isinstance(second, Asked) and ValueType.TEXT is first.type is second.type
            if isinstance(first, Constant) and is_search:
                return Within(str(first.value), second, wanted)
            raise self.refusal_of(right, 'a list such as ("a", "b") after “in”')
        if not right.elts:
            raise self.refusal_of(right, "at least one value in the list", "none")
        values: list[float | str | bool] = []
        for element in right.elts:
            inner = element
            sign = 1.0
            if isinstance(element, ast.UnaryOp) and isinstance(element.op, ast.USub):
                inner, sign = element.operand, -1.0
            if not isinstance(inner, ast.Constant):
                raise self.refusal_of(element, "a number or a text")
            value = self._constant(inner)
            if sign < 0:
                if isinstance(value, bool | str):
                    raise self.refusal_of(element, "a number after “-”")
                value = -value
            if Constant(value).type is not first.type:
                raise self.refusal_of(
                    element,
                    f"{_NAMED[first.type]}, as on the left of “in”",
                    f"{_NAMED[Constant(value).type]}, “{self._text(element)}”",
                )
            values.append(value)
        return OneOf(first, tuple(values), wanted)
