"""``semialg export``: the exact sentence about a pattern, for solvers and algebra systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from semialg.cli.numbers import read_matrix
from semialg.cli.options import (
    output_option,
    pattern_argument,
    pattern_words,
    read_pattern,
    time_limit_option,
    write_output,
)
from semialg.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from semialg.logic.formula import Formula
    from semialg.pattern.pattern import Pattern
    from semialg.verdict import Verdict

    Target = list[list[Fraction]]

__all__ = ["LANGUAGES", "SENTENCES", "command"]

#: Every sentence, and what it says.
SENTENCES = {
    "closedness-norm": "the set E of products is closed (squared Frobenius norm, Lemma 3.3 of the paper)",
    "closedness-entry": "the set E of products is closed (entry by entry)",
    "membership": "the target is a product",
    "non-membership": "the target is not a product",
    "closure-membership": "the target is a limit of products",
    "relu-data": "the outputs that the ReLU network reaches on the data form a closed set",
}
LANGUAGES = ("smtlib", "qepcad", "redlog", "mathematica", "latex")

_ABOUT_TARGET = frozenset({"membership", "non-membership", "closure-membership"})


@click.command("export")
@pattern_argument
@click.option(
    "--sentence",
    type=click.Choice(list(SENTENCES)),
    default="closedness-entry",
    show_default=True,
    help="What is said: the set of products is closed (closeness by norm or by entry), the target is a "
    "product, is none, is a limit of products, the outputs of the ReLU network on data form a closed set.",
)
@click.option(
    "--to",
    "language",
    type=click.Choice(LANGUAGES),
    default="smtlib",
    show_default=True,
    help="The language it is written in.",
)
@click.option("--negate", is_flag=True, help="State the opposite; solvers find counterexamples more easily.")
@click.option(
    "--target",
    metavar="TARGET",
    help='The target: a JSON matrix such as [[0,1],["1/2",0]], a file with one, `witness` (the target that '
    "`semialg witness` shows, zero elsewhere), or `lu`. Without it the entries are free variables.",
)
@click.option("--data", metavar="FILE", help="Inputs for relu-data: a JSON matrix, one row for each sample.")
@output_option
@time_limit_option
def command(
    pattern: tuple[str, ...],
    sentence: str,
    language: str,
    negate: bool,
    target: str | None,
    data: str | None,
    output: str | None,
    time_limit: float,
) -> None:
    """Write the exact sentence about a pattern, for an SMT solver or an algebra system.

    An SMT-LIB script is satisfiable exactly when the sentence is true; its `:status` is our own checked
    verdict. The other languages get the sentence itself, or with free variables a quantifier elimination.
    """
    if target is not None and sentence not in _ABOUT_TARGET:
        raise click.UsageError(f"--target says nothing about the sentence {sentence}")
    if (data is not None) != (sentence == "relu-data"):
        raise click.UsageError("--data and the sentence relu-data belong together")
    masks = read_pattern(pattern)
    question = _Question(masks, sentence, time_limit)
    goal = _target(target, question) if target is not None else None
    formula = question.formula(goal, read_matrix(data, "the data") if data is not None else None)
    truth = question.truth(goal)
    if negate:
        formula, truth = _negation(formula), None if truth is None else not truth
    meaning = f"{'it is not true that ' if negate else ''}{SENTENCES[sentence]}"
    write_output(output, _text(language, formula, f"{meaning}; pattern {pattern_words(pattern)}", truth))


@dataclass
class _Question:
    """What is asked about a pattern; the verdict is looked for once, when it is needed."""

    pattern: Pattern
    sentence: str
    time_limit: float
    _verdict: Verdict | None = None

    @property
    def verdict(self) -> Verdict:
        from semialg.verdict import check

        if self._verdict is None:
            self._verdict = check(self.pattern, time_limit=self.time_limit)
        return self._verdict

    def formula(self, target: Target | None, data: Target | None) -> Formula:
        from semialg.logic import sentences
        from semialg.logic.sentences_relu import relu_closedness

        if data is not None:
            return relu_closedness(self.pattern, data)
        builders: dict[str, Callable[[], Formula]] = {
            "closedness-norm": lambda: sentences.closedness(self.pattern, "norm"),
            "closedness-entry": lambda: sentences.closedness(self.pattern, "entry"),
            "membership": lambda: sentences.membership(self.pattern, target),
            "non-membership": lambda: sentences.nonmembership(self.pattern, target),
            "closure-membership": lambda: sentences.closure_membership(self.pattern, target, "entry"),
        }
        return builders[self.sentence]()

    def truth(self, target: Target | None) -> bool | None:
        """Return whether the sentence is true, where a checked certificate says so."""
        if self.sentence.startswith("closedness"):
            return {"closed": True, "not_closed": False}.get(self.verdict.verdict)
        if self.sentence == "relu-data":
            return True if self.verdict.training.finite_data == "always" else None
        if target is None or target not in (self._padded, self._antidiagonal):
            return None
        return self.sentence != "membership"

    @property
    def _padded(self) -> Target | None:
        """The target of the witness in the checked certificate, on the whole pattern."""
        from semialg.certificates.obstruction import obstruction_of

        certificate = self.verdict.certificate
        if self.verdict.verdict != "not_closed" or certificate is None:
            return None
        found = obstruction_of(certificate.proof, self.pattern)
        return found.padded_target(self.pattern) if found is not None else None

    @property
    def _antidiagonal(self) -> Target | None:
        """The antidiagonal target, if the pattern is lower times upper triangular and the checker agrees."""
        from semialg.cli.certified import checked
        from semialg.closedness.lu import is_lu, lu_witness

        if not is_lu(self.pattern) or self.pattern.widths[0] == 1:
            return None
        witness = lu_witness(self.pattern)
        valid = checked(self.pattern, witness.certificate().document).status == "valid"
        return witness.target if valid else None

    def named_target(self, name: str) -> Target:
        found = self._padded if name == "witness" else self._antidiagonal
        if found is None:
            raise PatternError(f"the pattern has no target '{name}'; expected a matrix such as [[0,1],[1,0]]")
        return found


def _target(text: str, question: _Question) -> Target:
    if text in {"witness", "lu"}:
        return question.named_target(text)
    return read_matrix(text, "the target")


def _negation(formula: Formula) -> Formula:
    from semialg.logic.normal import negation_normal_form

    return negation_normal_form(~formula)


def _text(language: str, formula: Formula, meaning: str, truth: bool | None) -> str:
    match language:
        case "smtlib":
            return _smtlib(formula, meaning, truth)
        case "qepcad":
            from semialg.logic.qepcad import to_qepcad

            return to_qepcad(formula, description=meaning).text
        case "redlog":
            from semialg.logic.redlog import to_redlog

            return f"% {meaning}\n{to_redlog(formula)}"
        case "mathematica":
            from semialg.logic.mathematica import to_mathematica

            return f"(* {meaning} *)\n{to_mathematica(formula)}"
        case _:
            from semialg.logic.latex import to_latex

            return f"% {meaning}\n{to_latex(formula)}"


def _smtlib(formula: Formula, meaning: str, truth: bool | None) -> str:
    from semialg.logic.normal import strip_exists
    from semialg.logic.smtlib import Header, to_smtlib

    note = f"Satisfiable exactly when: {meaning}.\nw, v: factors (mask, row, column, from 0); a: target."
    header = Header(status="unknown" if truth is None else "sat" if truth else "unsat", note=note)
    return to_smtlib(strip_exists(formula), header)
