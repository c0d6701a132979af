"""The exceptions of semialg.

Every message is one sentence that a user can act on: what was found, where, what was expected, and,
where it is not obvious, what to do. All of them derive from :class:`SemialgError`, so a program that
embeds semialg can catch one class; each also derives from the built-in class that fits.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "BackendError",
    "BackendMissingError",
    "CertificateError",
    "DataError",
    "DisagreementError",
    "FormulaError",
    "LimitError",
    "LinearSystemError",
    "NothingToShowError",
    "PatternError",
    "SemialgError",
    "StoreError",
    "UndecidedError",
]


class SemialgError(Exception):
    """Base class of every error that semialg raises on purpose."""


class ArgumentError(SemialgError, ValueError):
    """An argument of a function, such as a limit, is not what was expected."""


class PatternError(SemialgError, ValueError):
    """A pattern, a mask or a mask file is not what was expected."""


class NothingToShowError(PatternError):
    """What was asked for does not exist: a witness of a closed pattern, data that no network could miss."""


class UndecidedError(PatternError):
    """What was asked about a pattern has no answer here: none was found, which is no fault of the pattern."""


class FormulaError(SemialgError, ValueError):
    """A formula, a polynomial or the text of one is not well formed."""


class LinearSystemError(SemialgError, ValueError):
    """A system of linear inequalities or the text of one is not well formed."""


class CertificateError(SemialgError, ValueError):
    """A certificate file cannot be read, or does not speak of the pattern at hand."""


class DataError(SemialgError, ValueError):
    """A data set, or the file of one, is not what was expected."""


class StoreError(SemialgError, ValueError):
    """A file of an atlas is missing, damaged, or not what was expected."""


class BackendError(SemialgError, RuntimeError):
    """A solver or quantifier-elimination program failed or gave an answer that cannot be read."""


class BackendMissingError(BackendError):
    """A backend is not installed; the message holds the exact command that installs it."""


class DisagreementError(BackendError):
    """Two backends contradict each other; the message holds both transcripts."""


class LimitError(SemialgError, TimeoutError):
    """A time or memory limit was reached before an answer was found."""
