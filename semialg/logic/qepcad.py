"""Input for QEPCAD B, and its answers read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semialg.algebra.polynomial import WORDS
from semialg.logic.formula import Exists
from semialg.logic.infix import parse_formula
from semialg.logic.names import plain_names
from semialg.logic.normal import prenex
from semialg.logic.notation import Notation
from semialg.logic.simplify import simplify
from semialg.logic.smtlib import natural_order
from semialg.logic.variables import free_variables, rename

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.logic.formula import Formula

__all__ = ["QepcadInput", "read_qepcad_formula", "to_qepcad"]


@dataclass(frozen=True, slots=True)
class QepcadInput:
    """A complete input of QEPCAD B and what is needed to understand the answer.

    Parameters
    ----------
    text
        What the program reads on standard input.
    names
        Our names to the names used in the text (QEPCAD allows letters and digits only).
    free
        Our names of the free variables, in the order used; the answer is a formula in them.
    """

    text: str
    names: Mapping[str, str]
    free: tuple[str, ...]


def to_qepcad(formula: Formula, order: Sequence[str] = (), description: str = "") -> QepcadInput:
    r"""Return an equivalent prenex formula, with integer coefficients, as input of QEPCAD B.

    Parameters
    ----------
    formula
        Any formula. It is simplified and brought to prenex form first.
    order
        Free variables to put first, in this order, which matters for the running time; the others follow in
        natural order. Bound variables follow by blocks, as in the prefix.
    description
        One line about the input.

    Examples
    --------
    >>> from semialg.logic.infix import parse_formula
    >>> print(to_qepcad(parse_formula("exists y_1. (x*y_1 = 1/2 and not x = 3)"), description="curve").text)
    [ curve ]
    (x,y1)
    1
    (E y1)[ 2 x y1 - 1 = 0 /\ x - 3 /= 0 ].
    finish
    <BLANKLINE>
    """
    parts = prenex(simplify(formula))
    first = [name for name in dict.fromkeys(order) if name in free_variables(parts.formula)]
    free = (*first, *natural_order(free_variables(parts.formula).difference(first)))
    bound = [name for _, block in parts.blocks for name in block]
    # The program wants at least one variable, also where nothing is left to ask.
    blocks = parts.blocks if free or bound else ((Exists, ("x",)),)
    everything = [*free, *(name for _, block in blocks for name in block)]
    names = plain_names(everything, reserved=_RESERVED)
    prefix = "".join(
        f"({'E' if kind is Exists else 'A'} {names[name]})" for kind, block in blocks for name in block
    )
    heading = "".join(c if c.isascii() and c.isprintable() and c not in "[]" else " " for c in description)
    variables = ",".join(names[name] for name in everything)
    matrix = _QEPCAD.write(parts.matrix, names.__getitem__)
    text = f"[ {heading.strip() or 'semialg'} ]\n({variables})\n{len(free)}\n{prefix}[ {matrix} ].\nfinish\n"
    return QepcadInput(text, names, free)


def read_qepcad_formula(text: str, names: Mapping[str, str]) -> Formula:
    r"""Read a quantifier-free answer of QEPCAD B back into our variable names.

    ``names`` is that of the :class:`QepcadInput`.

    Raises
    ------
    FormulaError
        If the text is not a formula of polynomials; an extended formula with ``_root_`` is not.

    Examples
    --------
    >>> print(read_qepcad_formula(r"a0x0 /= 0 \/ b = 0", {"a_0_0": "a0x0", "b": "b"}))
    a_0_0 != 0 or b = 0
    """
    return rename(parse_formula(text), {short: name for name, short in names.items() if short != name})


# Names that stand for quantifiers or truth values in the program's language, or for connectives in ours.
_RESERVED = frozenset(("A", "C", "E", "F", "G", "T", "X", "TRUE", "FALSE", *WORDS))


_QEPCAD = Notation(
    relations={"=": "=", "!=": "/=", ">": ">", "<=": "<=", "<": "<", ">=": ">="},
    conjunction=" /\\ ",
    disjunction=" \\/ ",
    opening="[ ",
    closing=" ]",
    truths=("0 /= 0", "0 = 0"),
    quantifier=lambda node, names: (
        f"({type(node).__name__[0]} {' '.join(map(names, node.variables))})[ ",
        " ]",
    ),
    negation="~",
    times=" ",
    power=lambda name, exponent: name if exponent == 1 else f"{name}^{exponent}",
    number=str,
)
