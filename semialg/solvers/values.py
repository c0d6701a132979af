"""Read the numbers of a model exactly, as the solvers print them."""

from __future__ import annotations

import re
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

from semialg.algebra.algebraic import AlgebraicNumber
from semialg.algebra.polynomial import Polynomial
from semialg.errors import BackendError, FormulaError
from semialg.intake.numbers import read_number
from semialg.logic.infix import parse_polynomial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.logic.answer import Number

__all__ = ["Expression", "parse_expressions", "parse_number", "write_expression"]

Expression: TypeAlias = "str | list[Expression]"
"""An S-expression: a token or a list."""

_TOKEN = re.compile(r"\|[^|]*\||\"(?:[^\"]|\"\")*\"|;[^\n]*|[()]|[^\s()|\";]+|\S")
_RATIONAL = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[0-9]+)?\Z")
_CVC5_ROOT = re.compile(r"<(?P<polynomial>[^<>,]*),\s*[(\[](?P<low>[^<>,]*),(?P<high>[^<>,]*)[)\]]>")
_MOST_DIGITS = 4000  # Python refuses longer ones
_MAX_DEGREE = 100_000


def parse_expressions(text: str) -> list[Expression]:
    """Read a sequence of S-expressions; comments are skipped, quoted symbols keep their bars.

    Raises
    ------
    BackendError
        If parentheses do not match.

    Examples
    --------
    >>> parse_expressions("sat ((|a b| (/ 1 2))) ; done")
    ['sat', [['|a b|', ['/', '1', '2']]]]
    """
    top: list[Expression] = []
    open_lists = [top]
    for token in _TOKEN.findall(text):
        if token == "(":  # noqa: S105 - a parenthesis
            inner: list[Expression] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif token == ")":  # noqa: S105 - a parenthesis
            open_lists.pop()
            if not open_lists:
                raise BackendError(f"the reply {text[:200]!r} closes a parenthesis that it did not open")
        elif not token.startswith(";"):
            open_lists[-1].append(token)
    if len(open_lists) > 1:
        raise BackendError(f"the reply {text[:200]!r} ends inside {len(open_lists) - 1} open parentheses")
    return top


def write_expression(expression: Expression) -> str:
    """Return an S-expression as text.

    Examples
    --------
    >>> write_expression(["+", "x", ["-", "1"]])
    '(+ x (- 1))'
    """
    pieces: list[str] = []
    stack: list[Expression | None] = [expression]
    while stack:
        item = stack.pop()
        if item is None:
            pieces.append(")")
        elif isinstance(item, str):
            pieces.append(item)
        else:
            pieces.append("(")
            stack.append(None)
            stack.extend(reversed(item))
    return " ".join(pieces).replace("( ", "(").replace(" )", ")")


def parse_number(text: str) -> Number:
    """Read one real number: ``(/ 1 2)``, ``(- 0.5)``, z3's ``root-obj`` or cvc5's ``real_algebraic_number``.

    Raises
    ------
    BackendError
        If the text is none of these; a decimal that ends in ``?`` is an approximation and not a number.

    Examples
    --------
    >>> parse_number("(/ (- 1.0) 3.0)")
    Fraction(-1, 3)
    >>> parse_number("(root-obj (+ (^ x 2) (- 2)) 2)").compare(1)
    1
    >>> parse_number("(_ real_algebraic_number <1*x^2 + (-2), (-3/2, -5/4)>)")
    AlgebraicNumber('root of x^2 - 2 in [-3/2, -5/4]')
    """
    try:
        found = _CVC5_ROOT.search(text) if "real_algebraic_number" in text else None
        if found:
            coefficients = _integer_coefficients(parse_polynomial(found["polynomial"]))
            low, high = _rational_text(found["low"]), _rational_text(found["high"])
            return AlgebraicNumber(coefficients, low, high)
        expressions = parse_expressions(text)
        match expressions:
            case [["root-obj", polynomial, str(index)]]:
                coefficients = _integer_coefficients(_evaluate(polynomial))
                return AlgebraicNumber.nth_root_of(coefficients, int(index))
            case [expression]:
                value = _evaluate(expression)
                if value.is_constant:
                    return value.coefficient()
    except (FormulaError, ValueError, ZeroDivisionError):
        pass
    raise BackendError(
        f"the value {text[:200]!r} cannot be read; expected an exact rational or algebraic number"
    )


def _rational_text(text: str) -> Fraction:
    return (
        _evaluate_one(text)
        if text.lstrip().startswith("(")
        else read_number(text.replace(" ", ""), "a number of the solver", FormulaError)
    )


def _evaluate_one(text: str) -> Fraction:
    (expression,) = parse_expressions(text)
    return _evaluate(expression).coefficient()


def _integer_coefficients(polynomial: Polynomial) -> tuple[int, ...]:
    names = polynomial.variables
    if len(names) != 1:
        raise FormulaError(f"{polynomial} is not a polynomial in one variable")
    parts = polynomial.coefficients_in(names[0])
    values = [parts[e].coefficient() if e in parts else Fraction(0) for e in range(max(parts) + 1)]
    scale = lcm(*(value.denominator for value in values))
    return tuple(int(value * scale) for value in values)


def _evaluate(expression: Expression) -> Polynomial:
    """Evaluate an arithmetic expression, children first and without recursion."""
    done: list[Polynomial] = []
    stack: list[tuple[Expression, bool]] = [(expression, False)]
    while stack:
        item, ready = stack.pop()
        if isinstance(item, str):
            done.append(_leaf(item))
        elif ready:
            count = len(item) - 1
            operands = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(_apply(item[0], operands))
        else:
            if len(item) < 2 or not isinstance(item[0], str):
                raise FormulaError("an operator and its operands were expected")
            stack.append((item, True))
            stack.extend((operand, False) for operand in reversed(item[1:]))
    return done[0]


def _leaf(token: str) -> Polynomial:
    if _RATIONAL.match(token) and len(token) <= _MOST_DIGITS:
        return Polynomial.constant(read_number(token, "a number of the solver", FormulaError))
    if token == "x":  # noqa: S105 - the variable of a root-obj
        return Polynomial.variable("x")
    raise FormulaError(f"{token!r} is not a number")


def _apply(operator: Expression, operands: Sequence[Polynomial]) -> Polynomial:
    first, *rest = operands
    match operator, rest:
        case "-", []:
            return -first
        case "+", _:
            return sum(rest, first)
        case "-", _:
            return first - sum(rest, Polynomial.constant(0))
        case "*", _:
            for factor in rest:
                first = first * factor
            return first
        case "/", [divisor] if divisor.is_constant:
            return first / divisor.coefficient()
        case "^", [exponent] if exponent.is_constant and exponent.coefficient().denominator == 1:
            power = int(exponent.coefficient())
            if not (first == Polynomial.variable("x") and 0 <= power <= _MAX_DEGREE):
                raise FormulaError("only powers of the variable are expected")
            return first**power
    raise FormulaError(f"{operator!r} is not an operator for {len(operands)} numbers")
