"""Decide, with checkable proofs, whether a set of sparse matrix products is closed.

The names below are imported when they are first used, so that ``import semialg`` stays cheap and the
checker can be imported without the search.

Examples
--------
>>> import semialg
>>> semialg.__version__.count(".")
2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semialg.algebra.laurent import Laurent, LaurentMatrix
    from semialg.algebra.polynomial import Polynomial
    from semialg.certificates.certificate import Certificate
    from semialg.closedness.factorization import factorize
    from semialg.closedness.witness import Witness
    from semialg.errors import SemialgError
    from semialg.logic.infix import parse_formula
    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern
    from semialg.polyhedra.system import LinearSystem
    from semialg.relu.dataset import data_set
    from semialg.relu.existence import existence
    from semialg.sets.semialgebraic import SemialgebraicSet
    from semialg.verdict import Verdict, check, verify, witness

__all__ = [
    "Certificate",
    "Laurent",
    "LaurentMatrix",
    "LinearSystem",
    "Mask",
    "Pattern",
    "Polynomial",
    "SemialgError",
    "SemialgebraicSet",
    "Verdict",
    "Witness",
    "__version__",
    "check",
    "data_set",
    "existence",
    "factorize",
    "parse_formula",
    "verify",
    "witness",
]

__version__ = "0.1.0"

_HOMES = {
    "Certificate": "semialg.certificates.certificate",
    "Laurent": "semialg.algebra.laurent",
    "LaurentMatrix": "semialg.algebra.laurent",
    "LinearSystem": "semialg.polyhedra.system",
    "Mask": "semialg.pattern.mask",
    "Pattern": "semialg.pattern.pattern",
    "Polynomial": "semialg.algebra.polynomial",
    "SemialgError": "semialg.errors",
    "SemialgebraicSet": "semialg.sets.semialgebraic",
    "Verdict": "semialg.verdict",
    "Witness": "semialg.closedness.witness",
    "check": "semialg.verdict",
    "data_set": "semialg.relu.dataset",
    "existence": "semialg.relu.existence",
    "factorize": "semialg.closedness.factorization",
    "parse_formula": "semialg.logic.infix",
    "verify": "semialg.verdict",
    "witness": "semialg.verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semialg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
