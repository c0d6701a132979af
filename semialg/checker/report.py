"""What the checker answers, what stops it, and the work that it allows itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

__all__ = ["WORK_LIMIT", "Hole", "Invalid", "Report", "Run", "Unreadable", "figure", "show"]

#: Elementary operations (about a microsecond each) that checking one certificate may take.
WORK_LIMIT = 20_000_000


class Unreadable(ValueError):  # noqa: N818 - the contract names it so
    """The input is not a certificate of this version, or is beyond the limits of FORMAT.md.

    Attributes
    ----------
    reason
        What was expected and what was found.
    where
        Path of the fault in the document, such as ``proof.curve[0]``.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        self.reason = reason
        self.where = where
        super().__init__(reason)

    def within(self, step: str) -> Unreadable:
        """Return the same fault seen from one level further out."""
        return Unreadable(self.reason, step + self.where)

    def __str__(self) -> str:
        return f"{self.where.removeprefix('.') or 'certificate'}: {self.reason}"


class Invalid(Exception):  # noqa: N818 - it is a verdict on the certificate, not a fault of the program
    """A step of a readable certificate does not hold."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"{where}: {reason}")


class Hole(NamedTuple):
    """A step that rests on a solver's word: where it is, what is trusted, and who said so."""

    where: str
    statement: str
    solvers: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The checker's answer.

    Attributes
    ----------
    status
        ``valid`` (every step was verified), ``holey`` (all but those in ``holes``) or ``invalid``.
    kind
        What the certificate claims: ``closed`` or ``not_closed``.
    where
        Path of the first step that fails, or an empty string.
    reason
        One sentence: what was expected and what was found, or what has been verified.
    holes
        The trusted steps; empty unless the status is ``holey``.
    """

    status: Literal["valid", "holey", "invalid"]
    kind: str
    where: str
    reason: str
    holes: tuple[Hole, ...] = ()

    @classmethod
    def of_run(cls, kind: str, run: Run) -> Report:
        """Return the report of a check that found no fault: valid, or holey if steps were trusted."""
        if run.holes:
            trusted = f"every step was verified but {len(run.holes)}, trusted on the word of solvers"
            return cls("holey", kind, "", trusted, tuple(run.holes))
        return cls("valid", kind, "", "every step was verified")


@dataclass
class Run:
    """What one check accumulates: the work done so far, the holes found, and the lemmas proved.

    A lemma is the statement that some instance is closed; its proof was judged before it was put here.
    """

    work: int = 0
    holes: list[Hole] = field(default_factory=list[Hole])
    lemmas: list[object] = field(default_factory=list[object])

    def spend(self, operations: int) -> None:
        """Count elementary operations; raise Unreadable when there have been too many."""
        self.work += operations
        if self.work > WORK_LIMIT:
            raise Unreadable(f"checking takes more than the {WORK_LIMIT} operations allowed")

    def spend_on(self, number: Fraction) -> None:
        """Count the work that made a number, which grows with the square of its length."""
        length = number.numerator.bit_length() + number.denominator.bit_length()
        self.spend((length >> 9) ** 2)

    def spend_on_integers(self, *families: Iterable[int]) -> None:
        """Count the work of products, one number from each family: all are as long as the longest."""
        length = sum(max((v.bit_length() for v in family), default=0) for family in families)
        self.spend((length >> 9) ** 2)


def figure(number: Fraction | int) -> str:
    """Return a number for an error message; of a long one only the length, for Python writes no longer."""
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    return str(number) if bits <= 1000 else f"a number of about {bits * 3 // 10} digits"


def show(value: object) -> str:
    """Return a short picture of an untrusted JSON value for an error message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."
