"""What an audit found: layers, verdicts, where obstructions lie, what to change; and the report on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from semialg.audit.model import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.audit.model import NeuronNames, Skipped
    from semialg.audit.picture import Picture
    from semialg.verdict import Verdict

__all__ = ["Advice", "Audit", "Change", "Finding", "LayerFacts", "Site", "overall"]

#: Exit status of ``semialg audit`` for each overall verdict.
EXIT_STATUS = {"closed": 0, "not_closed": 1, "unknown": 3}


@dataclass(frozen=True)
class LayerFacts:
    """What was seen of a layer: its name, shape, where its mask comes from, its structure and a picture."""

    name: str
    outputs: int
    inputs: int
    ones: int
    source: str
    structure: str
    activation: str
    picture: Picture

    @property
    def density(self) -> float:
        """Share of the entries that may be nonzero."""
        return self.ones / (self.outputs * self.inputs)

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {
            "name": self.name,
            "outputs": self.outputs,
            "inputs": self.inputs,
            "ones": self.ones,
            "density": round(self.density, 6),
            "source": self.source,
            "structure": self.structure,
            "activation": self.activation,
        }


@dataclass(frozen=True)
class Site:
    """Where an obstruction lies: neurons of consecutive levels, in network order.

    Attributes
    ----------
    levels
        For the inputs, each hidden layer and the outputs: the layer whose outputs these are, the indices
        (0-based) and the names.
    growing
        The weights that grow without bound along the certificate's curve: ``(layer, output, input)``.
    connections
        For each layer, the pairs ``(output, input)`` of these neurons that its mask joins.
    """

    levels: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]
    growing: tuple[tuple[str, int, int], ...]
    connections: tuple[frozenset[tuple[int, int]], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {
            "levels": [
                {"layer": layer, "neurons": list(at), "names": list(names)}
                for layer, at, names in self.levels
            ],
            "growing": [
                {"layer": layer, "output": output, "input": source} for layer, output, source in self.growing
            ],
        }


@dataclass(frozen=True)
class Change:
    """One entry of a mask to add or to remove."""

    layer: str
    output: int
    input: int
    add: bool
    output_name: str
    input_name: str

    def __str__(self) -> str:
        verb = "add the connection" if self.add else "remove the connection"
        return f"{verb} from {quoted(self.input_name)} to {quoted(self.output_name)} (layer {self.layer})"

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {
            "layer": self.layer,
            "output": self.output,
            "input": self.input,
            "change": "add" if self.add else "remove",
            "names": [self.output_name, self.input_name],
        }


@dataclass(frozen=True)
class Advice:
    """What to change so that a pair becomes closed, with the engine's proof and the checker's consent.

    Attributes
    ----------
    changes
        The fewest changes; None if no small set was found.
    at_least
        Fewer changes than this cannot do.
    complete
        Whether the search ended by itself rather than by its budget.
    """

    changes: tuple[Change, ...] | None
    at_least: int
    complete: bool

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        changes = None if self.changes is None else [change.to_json() for change in self.changes]
        return {"changes": changes, "at_least": self.at_least, "complete": self.complete}


@dataclass(frozen=True)
class Finding:
    """The verdict on a pair of layers, or on a whole chain.

    Attributes
    ----------
    kind
        ``pair``, ``chain`` (of three layers or more), or ``layer`` (one that no other follows).
    layers
        Names of the layers, input first.
    verdict
        The checked verdict on the masks in product order.
    site
        Where the obstruction is, for ``not_closed``.
    advice
        What to change, for a pair that is not closed, where it was searched.
    between
        Activations between the layers, input first, as far as they are known.
    decides
        Whether it is about a whole chain of two layers or more: the verdict on the model is made of these. A
        pair inside a longer chain is a fact about its two layers by themselves.
    doubted
        Whether it is unknown because the layers, or their masks, may be others.
    """

    kind: str
    layers: tuple[str, ...]
    verdict: Verdict
    site: Site | None
    advice: Advice | None
    between: tuple[str, ...]
    decides: bool = True
    doubted: bool = False

    @property
    def title(self) -> str:
        """The layers, input first."""
        return " -> ".join(self.layers)

    @property
    def other_activations(self) -> tuple[str, ...]:
        """Activations between the layers that are known not to be ReLU."""
        return tuple(sorted({a for a in self.between if a and a not in {"Relu", "ReLU", "none"}}))

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        document = self.verdict.to_json()
        document.pop("pattern")
        return {
            "kind": self.kind,
            "layers": list(self.layers),
            "decides": self.decides,
            "widths": list(reversed(self.verdict.pattern.widths)),
            **document,
            "activations": list(self.between),
            "obstruction": None if self.site is None else self.site.to_json(),
            "advice": None if self.advice is None else self.advice.to_json(),
        }


@dataclass(frozen=True)
class Audit:
    """The report on a model.

    Attributes
    ----------
    source
        The file or module.
    layers
        The linear layers, in network order, chain after chain.
    findings
        Verdicts on pairs and chains.
    skipped, notes
        What was left out and why; what the source does not tell.
    seconds
        Wall-clock time.
    names
        The neuron names that are known.
    doubts
        Why the chains may be others.
    chosen
        Whether the chains are those that the user named; the verdict is about them alone then.
    """

    source: str
    layers: tuple[LayerFacts, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    seconds: float
    names: NeuronNames
    doubts: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def verdict(self) -> str:
        """The verdict on the model: ``closed`` only if all of it was looked at, understood, and is closed."""
        found = overall([finding.verdict.verdict for finding in self.findings if finding.decides])
        return "unknown" if found == "closed" and self.reasons else found

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the model as a whole cannot be called closed, whatever the findings say."""
        reasons = list(self.doubts)
        if not any(finding.decides for finding in self.findings):
            reasons.append("no two linear layers follow one another, so there is nothing to decide")
        reasons += [
            f"{part.name} is not part of any verdict: {part.reason}"
            for part in self.skipped
            if part.unexplained or (not self.chosen and not part.harmless)
        ]
        if not self.chosen:
            paired = {name for f in self.findings if f.decides for name in f.layers}
            reasons += [
                f"no layer follows {layer.name}, and it follows none"
                for layer in self.layers
                if layer.name not in paired
            ]
        return tuple(dict.fromkeys(reasons))

    @property
    def looked_at(self) -> tuple[int, int]:
        """How many weights lie in chains on which there is a verdict, and how many there are in all."""
        decided = {n for f in self.findings if f.decides and not f.doubted for n in f.layers}
        seen = sum(x.outputs * x.inputs for x in self.layers if x.name in decided)
        total = sum(x.outputs * x.inputs for x in self.layers) + sum(s.weights for s in self.skipped)
        return seen, max(total, seen)

    @property
    def share(self) -> str:
        """The share of the weights that were looked at, as a phrase.

        Rounded down, so that 100 % means all.
        """
        seen, total = self.looked_at
        percent = 1000 * seen // max(total, 1) / 10
        return f"{percent:g} % of the weights ({seen} of {total})"

    @property
    def exit_status(self) -> int:
        """0 all closed, 1 something is not closed, 3 nothing worse than unknown, or nothing to decide."""
        return EXIT_STATUS[self.verdict]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``semialg audit --json`` prints."""
        seen, total = self.looked_at
        return {
            "source": self.source,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "weights": {"looked_at": seen, "total": total},
            "masks": self.conventions,
            "seconds": round(self.seconds, 3),
            "layers": [layer.to_json() for layer in self.layers],
            "findings": [finding.to_json() for finding in self.findings],
            "skipped": [
                {
                    "name": s.name,
                    "reason": s.reason,
                    "breaks_chain": s.breaks,
                    "weights": s.weights,
                    "harmless": s.harmless,
                }
                for s in self.skipped
            ],
            "notes": list(self.notes),
        }

    @property
    def conventions(self) -> list[str]:
        """Where the masks come from, each once."""
        return list(dict.fromkeys(layer.source for layer in self.layers))

    def to_text(self, width: int = 88) -> str:
        """Return the report as text."""
        from semialg.audit.report_text import render

        return render(self, width)

    def to_html(self) -> str:
        """Return the report as one HTML page that needs nothing else."""
        from semialg.audit.report_html import render

        return render(self)

    def _repr_html_(self) -> str:
        from semialg.audit.report_html import fragment

        return fragment(self)


def overall(verdicts: Sequence[str]) -> str:
    """Return the worst of some verdicts.

    Examples
    --------
    >>> overall(["closed", "unknown"]), overall(["unknown", "not_closed"]), overall([])
    ('unknown', 'not_closed', 'closed')
    """
    return next((v for v in ("not_closed", "unknown") if v in verdicts), "closed")
