"""The audit: a verdict for every pair of consecutive layers and for every chain, in the model's own names."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain as chained
from time import perf_counter
from typing import TYPE_CHECKING

from semialg.audit.findings import Advice, Audit, Change, Finding, LayerFacts, Site
from semialg.audit.formats import describe_mask
from semialg.audit.model import NeuronNames
from semialg.audit.picture import picture_of
from semialg.errors import PatternError
from semialg.suggest.exact import fewest_edits
from semialg.verdict import check, undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from semialg.audit.model import Chain, Model
    from semialg.pattern.mask import Mask
    from semialg.pattern.pattern import Pattern
    from semialg.suggest.edits import Edit
    from semialg.verdict import Verdict

__all__ = ["audit"]

_ADVICE_NODES = 400


def audit(
    model: Model,
    *,
    names: NeuronNames | None = None,
    time_limit: float = 20.0,
    memory_limit: int | None = None,
    total_time: float | None = None,
    advice_seconds: float = 5.0,
    on_stage: Callable[[str], None] | None = None,
) -> Audit:
    """Decide every pair of consecutive layers and every chain of a model, and say what to change.

    Parameters
    ----------
    model
        The model, as :func:`semialg.audit.read.read_model` returns it.
    names
        Names of neurons.
    time_limit, memory_limit
        Limits for each verdict: seconds, megabytes.
    total_time
        Seconds for all verdicts together, shared by those that are left; each gets at least one.
    advice_seconds
        Seconds for the search for the fewest changes, for each pair that is not closed; 0 for none.
    on_stage
        Called with a short text for each pair and chain.

    Raises
    ------
    PatternError
        If a mask cannot be read.
    """
    if not hasattr(model, "chains"):
        kind = type(model).__name__
        raise PatternError(f"a model is given as an object of type {kind}; expected a Model (see read_model)")
    start = perf_counter()
    names = names or NeuronNames()
    say = on_stage or (lambda _: None)
    questions = sum(max(1, len(c.layers) - 1 + (len(c.layers) > 2)) for c in model.chains)
    spent = 0.0
    facts: list[LayerFacts] = []
    findings: list[Finding] = []
    unexplained = tuple(f"'{s.name}' is {s.reason}" for s in model.skipped if s.unexplained)
    for chain in model.chains:
        masks = [layer.load() for layer in chain.layers]
        strange = [(*layer.doubts, *layer.look()) for layer in chain.layers]
        facts += [_facts(chain, at, mask) for at, mask in enumerate(masks)]
        spans = [(at, at + 2) for at in range(len(masks) - 1)]
        if len(masks) != 2:
            spans.append((0, len(masks)))
        for low, high in spans:
            part = replace(chain, layers=chain.layers[low:high])
            kind = {1: "layer", 2: "pair"}.get(high - low, "chain")
            say(f"{kind} {' -> '.join(part.names)}")
            pattern = part.pattern(masks[low:high])
            fair = time_limit if total_time is None else max(1.0, (total_time - spent) / questions)
            doubts = (*model.doubts, *dict.fromkeys(chained.from_iterable(strange[low:high])))
            if doubts:
                verdict = undecided(pattern, "; ".join(doubts))
            elif kind == "layer":
                verdict = undecided(pattern, "no linear layer follows it, so there is nothing to decide")
            else:
                verdict = check(pattern, time_limit=min(time_limit, fair), memory_limit=memory_limit)
                if verdict.verdict == "closed" and unexplained:
                    verdict = undecided(pattern, "; ".join(unexplained))
            spent, questions = spent + verdict.seconds, questions - 1
            before = chain.layers[low - 1].name if low else _input_of(model, chain)
            levels = (before, *part.names)
            advice = None
            if kind == "pair" and verdict.verdict == "not_closed" and advice_seconds > 0:
                advice = _advice(pattern, levels, names, advice_seconds, time_limit)
            findings.append(
                Finding(
                    kind, part.names, verdict, _site(verdict, levels, names), advice,
                    tuple(layer.activation for layer in part.layers[:-1]),
                    high - low == len(masks) > 1, bool(doubts),
                )
            )  # fmt: skip
        del masks
    if not facts:
        raise PatternError(f"{model.source}: there is no linear layer in it")
    return Audit(
        model.source,
        tuple(facts),
        tuple(findings),
        model.skipped,
        model.notes,
        perf_counter() - start,
        names,
        model.doubts,
        model.chosen,
    )


def _input_of(model: Model, chain: Chain) -> str:
    """Name the input level: that of the network for its first chain, otherwise that of a layer."""
    return "input" if chain is model.chains[0] else f"input of {chain.layers[0].name}"


def _facts(chain: Chain, at: int, mask: Mask) -> LayerFacts:
    layer = chain.layers[at]
    return LayerFacts(
        layer.name,
        mask.rows,
        mask.columns,
        mask.ones,
        layer.source,
        describe_mask(mask),
        layer.activation,
        picture_of(mask),
    )


def _site(verdict: Verdict, levels: Sequence[str], names: NeuronNames) -> Site | None:
    witness = verdict.witness
    if witness is None:
        return None
    kept = (witness.rows, *witness.hidden, witness.columns)  # product order
    growing = [
        (levels[len(kept) - 1 - at], kept[at][i], kept[at + 1][j])
        for at, factor in enumerate(witness.curve)
        for (i, j), entry in factor.items()
        if entry.order is not None and entry.order < 0
    ]
    return Site(
        tuple(
            (level, tuple(at), tuple(names.of(level, index) for index in at))
            for level, at in zip(levels, reversed(kept), strict=True)
        ),
        tuple(growing),
        tuple(
            frozenset(
                (i, j)
                for i in kept[at]
                for j in set(verdict.pattern.masks[at].row(i)).intersection(kept[at + 1])
            )
            for at in range(len(kept) - 2, -1, -1)
        ),
    )


def _advice(
    pattern: Pattern, levels: Sequence[str], names: NeuronNames, seconds: float, time_limit: float
) -> Advice:
    found = fewest_edits(pattern, most=3, nodes=_ADVICE_NODES, seconds=seconds)
    if found.edits is None:
        return Advice(None, found.at_least, found.complete)
    from semialg.suggest.edits import apply_edits

    confirmed = check(apply_edits(pattern, found.edits), time_limit=time_limit).verdict == "closed"
    changes = tuple(_change(edit, levels, names) for edit in found.edits)
    return Advice(changes if confirmed else None, found.at_least, confirmed)


def _change(edit: Edit, levels: Sequence[str], names: NeuronNames) -> Change:
    # Mask 0 is the last layer: its rows are the last level, its columns the one before.
    layer, before = levels[len(levels) - 1 - edit.mask], levels[len(levels) - 2 - edit.mask]
    return Change(
        layer, edit.row, edit.column, edit.add, names.of(layer, edit.row), names.of(before, edit.column)
    )
