"""Repair of a model: for every chain of layers, masks whose set of products is closed, by weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from semialg.suggest.repair import Repair, repair

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from semialg.audit.model import Chain, Model

__all__ = ["ChainRepair", "ModelRepair", "repair_model"]


@dataclass(frozen=True)
class ChainRepair:
    """What became of a chain: its repair, or why nothing was done."""

    layers: tuple[str, ...]
    found: Repair | None
    reason: str

    @property
    def closed(self) -> bool:
        """Whether the masks that are written for it are certified closed."""
        return self.found is not None and self.found.after is not None

    def to_json(self) -> dict[str, Any]:
        """Return the object of the report."""
        found = self.found
        certificate = None if found is None else found.verdict.certificate
        return {
            "layers": list(self.layers),
            "closed": self.closed,
            "reason": self.reason,
            "how": None if found is None else found.how,
            "added": 0 if found is None else found.added,
            "removed": 0 if found is None else found.removed,
            "magnitude_lost": None if found is None else found.lost,
            "method": None if found is None else found.verdict.method,
            "checked": None if found is None else found.verdict.checked,
            "certificate": None if certificate is None else certificate.document,
        }


@dataclass(frozen=True)
class ModelRepair:
    """The masks of a repaired model by the names of its weights, as they are stored, and what was done."""

    source: str
    chains: tuple[ChainRepair, ...]
    masks: dict[str, NDArray[np.bool_]]

    @property
    def closed(self) -> bool:
        """Whether there is a chain, and every chain is certified closed."""
        return bool(self.chains) and all(chain.closed for chain in self.chains)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``semialg repair --json`` prints; the masks are in the file."""
        return {
            "source": self.source,
            "closed": self.closed,
            "chains": [chain.to_json() for chain in self.chains],
            "masks": list(self.masks),
        }

    def to_text(self) -> str:
        """Return the report as text."""
        lines = [f"{'REPAIRED' if self.closed else 'NOT REPAIRED'}  {self.source}", ""]
        if not self.chains:
            lines.append("No two linear layers follow one another, so there is nothing to repair.")
        for chain in self.chains:
            found, title = chain.found, " -> ".join(chain.layers)
            if found is None or found.after is None:
                lines.append(f"{title}: unchanged, {chain.reason}")
            elif found.how == "nothing":
                lines.append(f"{title}: closed as it is ({found.verdict.method})")
            else:
                lost = "" if found.lost is None else f", {100 * found.lost:.3g} % of the magnitude is lost"
                lines.append(
                    f"{title}: {found.added} entries added, {found.removed} removed{lost} ({found.how}); "
                    f"closed by {found.verdict.method}, checked: {found.verdict.checked}"
                )
        return "\n".join(lines)


def repair_model(
    model: Model,
    *,
    by: str = "entries",
    seconds: float = 10.0,
    time_limit: float | None = 60.0,
    on_chain: Callable[[str], None] | None = None,
) -> ModelRepair:
    """Return masks for which every chain of the model is certified closed, where they are found.

    Parameters
    ----------
    model
        The model, as :func:`semialg.audit.read.read_model` returns it.
    by, seconds, time_limit
        As for :func:`semialg.suggest.repair.repair`, for each chain.
    on_chain
        Called with the names of the layers of each chain.

    Raises
    ------
    PatternError
        If a mask cannot be read, or weights are needed that are not known.
    """
    say = on_chain or (lambda _: None)
    done: list[ChainRepair] = []
    masks: dict[str, NDArray[np.bool_]] = {}
    for chain in model.chains:
        if len(chain.layers) < 2:
            continue
        say(" -> ".join(chain.names))
        doubts = list(model.doubts)
        for layer in chain.layers:
            doubts += [*layer.doubts, *layer.look()]
        if doubts:
            done.append(ChainRepair(chain.names, None, "; ".join(dict.fromkeys(doubts))))
            continue
        found = _repaired(chain, by, seconds, time_limit)
        reason = "" if found.after is not None else "no closed pattern near it was confirmed in time"
        done.append(ChainRepair(chain.names, found, reason))
        if found.after is not None:
            for layer, mask in zip(chain.layers, reversed(found.after.masks), strict=True):
                dense = mask.to_dense()
                masks[layer.parameter or f"{layer.name}.weight"] = dense.T if layer.turned else dense
    return ModelRepair(model.source, tuple(done), masks)


def _repaired(chain: Chain, by: str, seconds: float, time_limit: float | None) -> Repair:
    pattern = chain.pattern([layer.load() for layer in chain.layers])
    values = [layer.values() for layer in chain.layers[::-1] if layer.values is not None]
    weights = values if len(values) == len(chain.layers) else None
    return repair(pattern, weights, by=by, seconds=seconds, time_limit=time_limit)
