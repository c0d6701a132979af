"""Decoding: strict structure only. Whether a well-formed statement is true is judged by the rules.

A decoder takes a JSON value and returns the decoded one, or raises Unreadable with the path of the fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, cast

from semialg.checker.arithmetic import Laurent, Monomial, Polynomial, SparseMatrix, Variable
from semialg.checker.masks import listed
from semialg.checker.report import Unreadable, show

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_INDEX",
    "Decoder",
    "Rule",
    "Step",
    "array",
    "curve_matrix",
    "document",
    "entry_variable",
    "field_of",
    "has_key",
    "index",
    "items_of",
    "keyed",
    "laurent_matrix",
    "number_matrix",
    "polynomial",
    "positive",
    "rational",
    "record",
    "target_matrix",
    "target_polynomial",
    "text",
    "tuple_of",
    "variant",
]

MAX_BYTES = 2**28
MAX_DEPTH = 200
MAX_DIGITS = 4000
MAX_EXPONENT = 10**6
MAX_INDEX = 2**31

Decoder = Callable[[object], Any]

_RATIONAL = re.compile(rf"-?(0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}})(/[1-9][0-9]{{0,{MAX_DIGITS - 1}}})?")
_EXPONENT = re.compile(r"0|-?[1-9][0-9]*")


class Rule(NamedTuple):
    """A row of a rule table: the fields beside the rule's name, and the function that judges them."""

    fields: Mapping[str, Decoder]
    check: Callable[..., Any]


class Step(NamedTuple):
    """A decoded use of a rule."""

    name: str
    rule: Rule
    fields: dict[str, Any]


def document(source: object) -> object:
    """Return the JSON value of bytes or text (a value already decoded is returned as it is)."""
    if isinstance(source, bytes | bytearray):
        if len(source) > MAX_BYTES:
            raise Unreadable(f"the file has {len(source)} bytes; expected at most {MAX_BYTES}")
        try:
            source = bytes(source).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable(f"the file is not UTF-8 at byte {error.start}") from None
    if isinstance(source, str):
        # Python calls -0 an integer. Most files have none, and a hook for every integer would be slow.
        integers = _no_minus_zero if "-0" in source else None
        try:
            source = json.loads(
                source,
                object_pairs_hook=_no_duplicates,
                parse_float=_no_float,
                parse_constant=_no_float,
                parse_int=integers,
            )
        except Unreadable:
            raise
        except RecursionError:
            raise Unreadable(f"values are nested more than {MAX_DEPTH} deep") from None
        except ValueError as error:
            raise Unreadable(f"not JSON: {error}") from None
    _check_depth(source)
    return source


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if not pairs:
        return {}
    result: dict[str, object] = {}
    for name, value in pairs:
        if name in result:
            raise Unreadable(f"the key {show(name)} occurs twice in one object")
        result[name] = value
    return result


def _no_minus_zero(literal: str) -> int:
    if literal == "-0":
        raise Unreadable("found the number -0; expected an integer without a needless sign")
    return int(literal)


def _no_float(literal: str) -> object:
    raise Unreadable(f"the number {show(literal)} is not an integer; exact numbers are strings 'p' or 'p/q'")


_NESTING = {dict, list}


def _check_depth(value: object) -> None:
    level: list[Iterable[object]] = [[value]]
    for _ in range(MAX_DEPTH):
        children = [child for container in level for child in container if child and type(child) in _NESTING]
        if not children:
            return
        level = [cast("dict[str, object]", c).values() if type(c) is dict else items_of(c) for c in children]
    raise Unreadable(f"values are nested more than {MAX_DEPTH} deep")


def integer(value: object, least: int, most: int, what: str) -> int:
    """Return an integer in a range; a boolean is not an integer."""
    if type(value) is not int or not least <= value <= most:
        raise Unreadable(f"expected {what}, found {show(value)}")
    return value


def index(value: object) -> int:
    """Decode an index or a label: an integer from 0."""
    return integer(value, 0, MAX_INDEX, "an integer from 0")


def positive(value: object) -> int:
    """Decode a positive integer."""
    return integer(value, 1, MAX_INDEX, "a positive integer")


def text(value: object) -> str:
    """Decode a text that is not empty."""
    if type(value) is not str or not value:
        raise Unreadable(f"expected a non-empty text, found {show(value)}")
    return value


def rational(value: object) -> Fraction:
    """Decode an exact number written "p" or "p/q"."""
    if type(value) is not str or not _RATIONAL.fullmatch(value):
        raise Unreadable(
            f"expected an exact number as a string 'p' or 'p/q' of at most {MAX_DIGITS} digits each, "
            f"found {show(value)}"
        )
    return Fraction(value)


def items_of(value: object) -> list[object]:
    """Return a value that has to be a list."""
    if type(value) is not list:
        raise Unreadable(f"expected a list, found {show(value)}")
    return cast("list[object]", value)


def array(item: Decoder, least: int = 0) -> Decoder:
    """Return the decoder of a list of at least ``least`` items."""

    def decode(value: object) -> list[Any]:
        items = items_of(value)
        if len(items) < least:
            raise Unreadable(f"expected a list of at least {least}, found {len(items)}")
        found: list[Any] = []
        for at, entry in enumerate(items):
            try:
                found.append(item(entry))
            except Unreadable as error:
                raise error.within(f"[{at}]") from None
        return found

    return decode


def tuple_of(*items: Decoder) -> Decoder:
    """Return the decoder of a list with exactly these items."""

    def decode(value: object) -> tuple[Any, ...]:
        entries = items_of(value)
        if len(entries) != len(items):
            raise Unreadable(f"expected a list of {len(items)}, found {len(entries)}")
        found: list[Any] = []
        for at, (item, entry) in enumerate(zip(items, entries, strict=True)):
            try:
                found.append(item(entry))
            except Unreadable as error:
                raise error.within(f"[{at}]") from None
        return tuple(found)

    return decode


def field_of(value: dict[str, object], key: str, item: Decoder) -> Any:
    """Decode one field of an object."""
    try:
        return item(value[key])
    except Unreadable as error:
        raise error.within(f".{key}") from None


def keyed(value: object, keys: set[str]) -> dict[str, object]:
    """Return an object that has exactly these keys."""
    if type(value) is not dict:
        raise Unreadable(f"expected an object, found {show(value)}")
    pairs = cast("dict[str, object]", value)
    if pairs.keys() != keys:
        missing = sorted(keys - pairs.keys())
        unknown = sorted(map(show, pairs.keys() - keys))
        raise Unreadable(f"expected exactly the keys {sorted(keys)}; missing {missing}, unknown {unknown}")
    return pairs


def has_key(value: object, key: str) -> bool:
    """Say whether a value is an object with this key."""
    return type(value) is dict and key in cast("dict[str, object]", value)


def record(fields: Mapping[str, Decoder]) -> Decoder:
    """Return the decoder of an object with exactly these fields."""

    def decode(value: object) -> dict[str, Any]:
        pairs = keyed(value, set(fields))
        return {key: field_of(pairs, key, item) for key, item in fields.items()}

    return decode


def variant(tag: str, table: Callable[[], Mapping[str, Rule]]) -> Decoder:
    """Return the decoder of an object whose field ``tag`` names a row of a rule table."""

    def decode(value: object) -> Step:
        if type(value) is not dict:
            raise Unreadable(f"expected an object, found {show(value)}")
        pairs = cast("dict[str, object]", value)
        name = pairs.get(tag)
        rules = table()
        if type(name) is not str or name not in rules:
            raise Unreadable(f"{show(name)} is unknown here; expected one of {sorted(rules)}", f".{tag}")
        rule = rules[name]
        keyed(pairs, {tag, *rule.fields})
        return Step(name, rule, {key: field_of(pairs, key, item) for key, item in rule.fields.items()})

    return decode


_rows = array(items_of, 1)


def _matrix(value: object, cell: Decoder, zero: object) -> SparseMatrix[Any]:
    """Decode a rectangular matrix into the entries that are not literally zero."""
    table: list[list[object]] = _rows(value)
    width = len(table[0])
    rows: list[dict[int, Any]] = []
    for i, row in enumerate(table):
        if len(row) != width or not width:
            raise Unreadable("expected a non-empty row as long as the first", f"[{i}]")
        entries: dict[int, Any] = {}
        for j, entry in enumerate(row):
            if entry != zero:
                try:
                    decoded = cell(entry)
                except Unreadable as error:
                    raise error.within(f"[{i}][{j}]") from None
                if decoded:
                    entries[j] = decoded
        rows.append(entries)
    return SparseMatrix(tuple(rows), width)


def _compressed(value: object, cell: Decoder) -> SparseMatrix[Any]:
    """Decode a matrix given by its number of columns and, for each row, pairs of a column and an entry."""
    pairs = keyed(value, {"columns", "rows"})
    width: int = field_of(pairs, "columns", positive)
    rows: list[dict[int, Any]] = []
    table: list[list[tuple[int, Any]]] = field_of(pairs, "rows", array(array(tuple_of(index, cell)), 1))
    for i, row in enumerate(table):
        last = -1
        for at, (j, _) in enumerate(row):
            if not last < j < width:
                raise Unreadable(f"expected columns that increase and are below {width}", f".rows[{i}][{at}]")
            last = j
        rows.append({j: entry for j, entry in row if entry})
    return SparseMatrix(tuple(rows), width)


def target_matrix(value: object) -> SparseMatrix[Fraction]:
    """Decode a matrix of exact numbers, in full or compressed."""
    return _compressed(cast("object", value), rational) if type(value) is dict else number_matrix(value)


def curve_matrix(value: object) -> SparseMatrix[Laurent]:
    """Decode a matrix of Laurent polynomials, in full or compressed."""
    return _compressed(cast("object", value), laurent) if type(value) is dict else laurent_matrix(value)


def number_matrix(value: object) -> SparseMatrix[Fraction]:
    """Decode a matrix of exact numbers."""
    return _matrix(value, rational, "0")


def laurent(value: object) -> Laurent:
    """Decode a Laurent polynomial in t: an object from exponents to coefficients."""
    if type(value) is not dict:
        raise Unreadable(f"expected an object from exponents to coefficients, found {show(value)}")
    found: Laurent = {}
    for exponent, coefficient in cast("dict[object, object]", value).items():
        if (
            type(exponent) is not str
            or len(exponent) > 9
            or not _EXPONENT.fullmatch(exponent)
            or abs(int(exponent)) > MAX_EXPONENT
        ):
            raise Unreadable(f"expected an exponent up to {MAX_EXPONENT} in size, found {show(exponent)}")
        try:
            number = rational(coefficient)
        except Unreadable as error:
            raise error.within(f".{exponent}") from None
        if number:
            found[int(exponent)] = number
    return found


def laurent_matrix(value: object) -> SparseMatrix[Laurent]:
    """Decode a matrix of Laurent polynomials."""
    return _matrix(value, laurent, {})


_entry_name = tuple_of(index, index, index)


def entry_variable(value: object) -> Variable:
    """Decode the name [factor, row, column] of an entry of a factor."""
    found: tuple[int, int, int] = _entry_name(value)
    return (False, *found)


def _variable(value: object) -> Variable:
    items = listed(value)
    if len(items) == 4 and items[0] == "inverse":
        try:
            found: tuple[int, int, int] = _entry_name(list(items[1:]))
        except Unreadable:
            raise Unreadable('expected ["inverse", factor, row, column]') from None
        return (True, *found)
    return entry_variable(value)


def _exponent(value: object) -> int:
    return integer(value, 1, MAX_EXPONENT, f"an exponent from 1 to {MAX_EXPONENT}")


def _polynomial_in(variable: Decoder) -> Decoder:
    """Return the decoder of a polynomial, a list of terms; equal monomials are added."""
    power = tuple_of(variable, _exponent)
    terms = array(record({"coefficient": rational, "monomial": array(power)}))

    def decode(value: object) -> Polynomial:
        found: Polynomial = {}
        for at, term in enumerate(terms(value)):
            powers: list[tuple[Variable, int]] = term["monomial"]
            monomial: Monomial = tuple(sorted(powers))
            if len({name for name, _ in powers}) < len(powers):
                raise Unreadable("a variable is listed twice in one monomial", f"[{at}].monomial")
            total = found.pop(monomial, Fraction(0)) + term["coefficient"]
            if total:
                found[monomial] = total
        return found

    return decode


_target_entry_name = tuple_of(index, index)


def _target_entry(value: object) -> Variable:
    """Decode the name [row, column] of an entry of a target; it is written as one of factor 0."""
    found: tuple[int, int] = _target_entry_name(value)
    return (False, 0, *found)


#: Decodes a polynomial in the entries of the factors and their inverses.
polynomial = _polynomial_in(_variable)

#: Decodes a polynomial in the entries of a target.
target_polynomial = _polynomial_in(_target_entry)
