"""The rule tables: what each name means and which function judges it.

A new rule is a row in one of these tables, a section in ``proofs/RULES.md`` and files in ``proofs/accept``
and ``proofs/reject``; a test holds the sets of names equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from semialg.checker.rules.fullness import FULL
from semialg.checker.rules.images import MAP_CLOSED, MAP_NOT_CLOSED
from semialg.checker.rules.instance import STEPS
from semialg.checker.rules.leaves import INSTANCE
from semialg.checker.rules.limit import NOT_CLOSED
from semialg.checker.rules.observed import OBSERVED_CLOSED, OBSERVED_NOT_CLOSED
from semialg.checker.rules.outside import OUTSIDE
from semialg.checker.rules.pattern import CLOSED
from semialg.checker.rules.relu_data import NO_OPTIMUM
from semialg.checker.rules.relu_nearest import NO_NEAREST
from semialg.checker.rules.relu_optima import CELLS, OPTIMUM_LEVEL
from semialg.checker.rules.relu_reach import REACHABLE
from semialg.checker.rules.relu_scalar import SCALAR_OPTIMUM
from semialg.checker.rules.relu_training import LEVEL, TRAINING
from semialg.checker.rules.tree import NODES

if TYPE_CHECKING:
    from semialg.checker.decode import Rule

__all__ = ["CLAIMS", "TABLES"]

#: For each kind of claim the rules of its proof.
CLAIMS: dict[str, dict[str, Rule]] = {"closed": CLOSED, "not_closed": NOT_CLOSED}

#: Every table; the full name of a rule is TABLE.RULE, for instance "outside.split".
TABLES: dict[str, dict[str, Rule]] = {
    "not_closed": NOT_CLOSED,
    "outside": OUTSIDE,
    "closed": CLOSED,
    "instance": INSTANCE,
    "step": STEPS,
    "full": FULL,
    "node": NODES,
    "training": TRAINING,
    "training_level": LEVEL,
    "no_optimum": NO_OPTIMUM,
    "reachable_closed": REACHABLE,
    "no_nearest": NO_NEAREST,
    "scalar_optimum": SCALAR_OPTIMUM,
    "scalar_cells": CELLS,
    "scalar_level": OPTIMUM_LEVEL,
    "map_closed": MAP_CLOSED,
    "map_not_closed": MAP_NOT_CLOSED,
    "observed_closed": OBSERVED_CLOSED,
    "observed_not_closed": OBSERVED_NOT_CLOSED,
}
