"""The answers to questions about sets, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from semialg.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from semialg.logic.answer import Answer, Number

__all__ = ["Basis", "Finding", "Value", "basis_of_words", "weakest"]

Basis: TypeAlias = Literal["exact", "confirmed", "word"]
"""What an answer rests on: exact arithmetic alone; two programs that agree; the word of one solver."""

T = TypeVar("T")

_ORDER: tuple[Basis, ...] = ("word", "confirmed", "exact")


def weakest(bases: Iterable[Basis]) -> Basis:
    """Return the weakest of some bases, ``exact`` of none.

    Examples
    --------
    >>> weakest(["exact", "confirmed"]), weakest([])
    ('confirmed', 'exact')
    """
    return min(bases, key=_ORDER.index, default="exact")


def basis_of_words(words: Iterable[str]) -> Basis:
    """Return what a formula rests on that rests on these words of solvers.

    Examples
    --------
    >>> basis_of_words(["z3 4.15"]), basis_of_words(["qepcad 1.74, confirmed by z3 4.15"]), basis_of_words([])
    ('word', 'confirmed', 'exact')
    """
    return weakest("confirmed" if ", confirmed by " in word else "word" for word in words)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether something holds of a set, as far as that was found out.

    Parameters
    ----------
    holds
        True, False, or None where it stayed unknown.
    witness
        Where a point can show the answer: one in a set that is not empty, one in A and not in B
        where A is no subset of B, a limit point outside a set that is not closed, a point without a
        neighborhood in a set that is not open. Empty where there is none.
    reason
        Why the answer is unknown, or how it was found, with the name of the solver if one was asked.
    answer
        What the solver said; None where no solver was needed.
    basis
        ``exact`` if exact arithmetic gave the answer or checked the witness that shows it, ``confirmed`` if
        a second program agreed, ``word`` if one solver said so.

    Examples
    --------
    >>> Finding(True, reason="by its form").holds
    True
    >>> bool(Finding(None, reason="out of time"))
    Traceback (most recent call last):
    ...
    semialg.errors.BackendError: the answer is unknown: out of time (test .holds for None)
    """

    holds: bool | None
    witness: Mapping[str, Number] = field(default_factory=dict, hash=False)
    reason: str = ""
    answer: Answer | None = None
    basis: Basis = field(default="word", compare=False)

    def __bool__(self) -> bool:
        """Return :attr:`holds`, so that a finding can stand in an ``if``.

        Raises
        ------
        BackendError
            If the answer is unknown: neither branch would be right.
        """
        if self.holds is None:
            raise BackendError(f"the answer is unknown: {self.reason} (test .holds for None)")
        return self.holds


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """What was found where the answer is more than yes or no.

    Parameters
    ----------
    value
        The answer; None where it stayed unknown.
    reason
        Why it is unknown, or how it was found, with the names of the solvers that were asked.
    basis
        As for :class:`Finding`.

    Examples
    --------
    >>> Value(2, "by the cells of the plane", "exact").value
    2
    """

    value: T | None
    reason: str = ""
    basis: Basis = "word"
