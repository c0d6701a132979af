"""Claims, and the proofs that consist of one object: one builder for each rule of the format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semialg.certificates.certificate import Certificate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from semialg.pattern.pattern import Pattern

__all__ = [
    "LARGE",
    "antitone",
    "certificate",
    "chainable",
    "coordinate",
    "dense",
    "empty",
    "full_space",
    "full_step",
    "lemma",
    "limit",
    "masks_claim",
    "merge_layers",
    "minor",
    "peel",
    "permute",
    "product_of",
    "prune",
    "rank",
    "reduce_by",
    "scalar",
    "transpose",
    "tree",
    "two_rows",
    "units",
    "with_lemmas",
]

Proof = dict[str, Any]

LARGE = 20_000
"""Patterns with more entries than this are named by their hash."""


def masks_claim(pattern: Pattern) -> dict[str, Any]:
    """Return the part of a claim that names the pattern: its masks, or their hash if it is large."""
    if sum(mask.rows * mask.columns for mask in pattern.masks) > LARGE:
        return {"masks_sha256": pattern.sha256}
    return {"masks": pattern.to_lists()}


def certificate(kind: str, pattern: Pattern, proof: Mapping[str, Any]) -> Certificate:
    """Return the certificate of a claim about the pattern."""
    return Certificate.of({"kind": kind, **masks_claim(pattern)}, proof)


def coordinate() -> Proof:
    """Say that there is one factor: E is a coordinate subspace."""
    return {"rule": "coordinate"}


def scalar() -> Proof:
    """Say that the output or input dimension is 1: E is a coordinate subspace (theory C4'')."""
    return {"rule": "scalar"}


def transpose(proof: Proof) -> Proof:
    """Prove the transposed pattern or instance; two transpositions cancel."""
    if proof["rule"] == "transpose":
        inner: Proof = proof["proof"]
        return inner
    return {"rule": "transpose", "proof": proof}


def permute(permutations: Sequence[Sequence[int]], proof: Proof) -> Proof:
    """Prove the pattern with rows, hidden units and columns in the listed order."""
    return {"rule": "permute", "permutations": [list(side) for side in permutations], "proof": proof}


def prune(hidden: Sequence[Sequence[int]], proof: Proof) -> Proof:
    """Prove the pattern on the listed hidden units; the others lie on no path."""
    return {"rule": "prune", "hidden": [list(layer) for layer in hidden], "proof": proof}


def units(proof: Proof) -> Proof:
    """Prove the instance of a two-layer pattern."""
    return {"rule": "units", "proof": proof}


def merge_layers(at: int, steps: Sequence[Mapping[str, Any]], proof: Proof) -> Proof:
    """Merge the masks ``at`` and ``at + 1`` without changing E (theory C6)."""
    return {"rule": "merge_layers", "at": at, "steps": [dict(step) for step in steps], "proof": proof}


def chainable(factors: Sequence[Sequence[int]]) -> Proof:
    """Name a chainable sequence of Kronecker-sparse factors (theory C6)."""
    return {"rule": "chainable", "factors": [list(factor) for factor in factors]}


def peel(proof: Proof) -> Proof:
    """Make the first factor orthonormal, block by block, and prove the pattern of the others."""
    return {"rule": "peel", "proof": proof}


def reduce_by(steps: Sequence[Mapping[str, Any]], proof: Proof) -> Proof:
    """Prove the instance after the steps; no object is added where there is no step."""
    return {"rule": "reduce", "steps": [dict(step) for step in steps], "proof": proof} if steps else proof


def full_step(
    units: Sequence[int], rows: Sequence[int], columns: Sequence[int], proof: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the step that replaces units by a rectangle on which they reach all (theory R7)."""
    return {
        "step": "full",
        "units": list(units),
        "rows": list(rows),
        "columns": list(columns),
        "proof": dict(proof),
    }


def product_of(parts: Sequence[tuple[Sequence[int], Proof]]) -> Proof:
    """Prove each of several groups of units without a shared observed entry (theory R5)."""
    return {"rule": "product", "parts": [{"units": list(ids), "proof": proof} for ids, proof in parts]}


def empty() -> Proof:
    """Say that no unit is left (theory C2)."""
    return {"rule": "empty"}


def rank() -> Proof:
    """Say that there is one fully observed rectangle: a bound on the rank (theory C1)."""
    return {"rule": "rank"}


def antitone() -> Proof:
    """Say that the rectangles are pairwise disjoint or antitone (theory C3)."""
    return {"rule": "antitone"}


def two_rows() -> Proof:
    """Say that two rows carry all observed entries, and the criterion of theory C4' holds."""
    return {"rule": "two_rows"}


def full_space(matchings: Mapping[int, Sequence[tuple[int, int]]]) -> Proof:
    """Give for every column a matching of the rows it must fill with units (theory C4'')."""
    return {
        "rule": "full_space",
        "matchings": [
            {"column": j, "pairs": [list(pair) for pair in pairs]} for j, pairs in matchings.items()
        ],
    }


def tree(minors: Sequence[tuple[str, int, Proof]], root: Mapping[str, Any]) -> Proof:
    """Give a normal-form tree, and proofs of what is left without the lines ``(axis, label)`` (theory C5)."""
    listed = [{"axis": axis, "label": label, "proof": proof} for axis, label, proof in minors]
    return {"rule": "tree", "minors": listed, "root": dict(root)}


def lemma(index: int, rows: Sequence[int], columns: Sequence[int]) -> Proof:
    """Cite a lemma; the lists give the label for each of its rows and columns."""
    return {"rule": "lemma", "index": index, "rows": list(rows), "columns": list(columns)}


def with_lemmas(lemmas: Sequence[Mapping[str, Any]], proof: Proof) -> Proof:
    """Prove lemmas, each with those before it, then the instance; lemmas that nothing needs are left out.

    Examples
    --------
    >>> cited = {"instance": {}, "proof": rank()}
    >>> with_lemmas([{"instance": {}, "proof": empty()}, cited], lemma(1, [0], [0]))["lemmas"] == [cited]
    True
    """
    needed: set[int] = _cited(proof)
    for index in range(len(lemmas) - 1, -1, -1):
        if index in needed:
            needed |= _cited(lemmas[index]["proof"])
    number = {index: at for at, index in enumerate(sorted(needed))}
    if not number:
        return proof
    kept = [
        {"instance": lemmas[index]["instance"], "proof": _recited(lemmas[index]["proof"], number)}
        for index in number
    ]
    return {"rule": "lemmas", "lemmas": kept, "proof": _recited(proof, number)}


def _cited(proof: Proof) -> set[int]:
    if proof["rule"] == "lemma":
        return {proof["index"]}
    return set[int]().union(*(_cited(part) for part in _inner(proof)))


def _inner(proof: Proof) -> list[Proof]:
    """Return the proofs inside a proof of an instance."""
    parts = [part["proof"] for part in (*proof.get("parts", ()), *proof.get("minors", ()))]
    return [*parts, proof["proof"]] if "proof" in proof else parts


def _recited(proof: Proof, number: Mapping[int, int]) -> Proof:
    """Return a proof with its lemmas renumbered."""
    if proof["rule"] == "lemma":
        return {**proof, "index": number[proof["index"]]}
    changed: Proof = dict(proof)
    for key in ("parts", "minors"):
        if key in proof:
            changed[key] = [{**part, "proof": _recited(part["proof"], number)} for part in proof[key]]
    if "proof" in proof:
        changed["proof"] = _recited(proof["proof"], number)
    return changed


def limit(target: Any, curve: Sequence[Any], outside: Mapping[str, Any]) -> Proof:
    """Give a target and a curve of members that tends to it (full or compressed), and why it is no member."""
    return {
        "rule": "limit",
        "target": dict(target) if isinstance(target, dict) else [list(row) for row in target],
        "curve": list(curve),
        "outside": dict(outside),
    }


def dense(target: Any, run: Mapping[str, Any], outside: Mapping[str, Any]) -> Proof:
    """Give a target and a run which shows that it is a limit, and why it is no member (theory D)."""
    return {"rule": "dense", "target": target, **run, "outside": dict(outside)}


def minor(
    rows: Sequence[int], columns: Sequence[int], hidden: Sequence[Sequence[int]], proof: Proof
) -> Proof:
    """Prove the pattern on some rows, columns and hidden units (theory H1)."""
    return {
        "rule": "minor",
        "rows": list(rows),
        "columns": list(columns),
        "hidden": [list(layer) for layer in hidden],
        "proof": proof,
    }
