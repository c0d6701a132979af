"""The reparametrization: the parameters of one function that are nearest to given ones."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import TYPE_CHECKING

from semialg.errors import DataError
from semialg.relu.inverse_stability.balanced import BalancedNetwork, zero_neuron
from semialg.relu.inverse_stability.repair import restricted_form
from semialg.relu.inverse_stability.restricted import membership
from semialg.relu.inverse_stability.roots import RootDifference
from semialg.relu.inverse_stability.seminorm import seminorm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from semialg.relu.inverse_stability.balanced import BalancedNeuron
    from semialg.relu.inverse_stability.canonical import CanonicalForm
    from semialg.relu.inverse_stability.seminorm import Seminorm

__all__ = ["ALPHA", "BOUND", "SHARP_SQUARE", "Reparametrization", "farthest", "reparametrize"]

#: The constants of the paper: ``|Phi - Gamma| <= BOUND |g - R(Gamma)|^ALPHA``.
BOUND = Fraction(4)
ALPHA = Fraction(1, 2)
#: The square of the constant 2 sqrt(2), which is enough, too, and the least possible (Theorem 6).
SHARP_SQUARE = Fraction(8)

_ONE = RootDifference(Fraction(1), Fraction(0))
_ZERO = RootDifference(Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Reparametrization:
    """Parameters Phi of the restricted set with ``R(Phi) = g``, as near to Gamma as there are any.

    Attributes
    ----------
    origin, network
        Gamma and Phi, with the same number of places.
    difference
        ``|g - R(Gamma)|_{W^{1,inf}}``, with the cell where it is taken.
    distance
        ``|Phi - Gamma|_inf``, the largest difference of two parameters.
    place
        The neuron and the parameter (those of a, then those of c) where it is taken.
    """

    origin: BalancedNetwork
    network: BalancedNetwork
    difference: Seminorm
    distance: RootDifference
    place: tuple[int, int]

    @property
    def ratio(self) -> RootDifference | None:
        """Return ``distance / (4 difference^(1/2))``, or None where the functions are equal."""
        return self._over_root(BOUND * BOUND)

    @property
    def sharp_ratio(self) -> RootDifference | None:
        """Return ``distance / (8 difference)^(1/2)``, or None where the functions are equal."""
        return self._over_root(SHARP_SQUARE)

    @property
    def holds(self) -> bool:
        """Whether the distance is at most the bound of the paper, compared exactly."""
        ratio = self.ratio
        return self.distance.is_zero if ratio is None else ratio.compare(_ONE) <= 0

    def _over_root(self, square: Fraction) -> RootDifference | None:
        if not self.difference.value:
            return None
        return self.distance.divided_by_root(square * self.difference.value)


def reparametrize(origin: BalancedNetwork, target: CanonicalForm) -> Reparametrization:
    """Return the parameters of a function that are nearest to ``origin`` in the restricted set.

    The parameters of a function in the set are unique up to the order of the neurons (derived here,
    docs/inverse-stability.md, Lemma 3), so the nearest ones are a bottleneck assignment of neurons to places,
    solved exactly. Theorem 6 there bounds their distance by ``2 sqrt(2) |g - R(Gamma)|^(1/2)`` (derived
    here), hence by the bound of the paper, with the constant 4.

    Parameters
    ----------
    origin
        Gamma, in the restricted set.
    target
        The function g; it has to have parameters in the set with as many places.

    Raises
    ------
    DataError
        If Gamma is not in the set, g is the function of no network of it, or needs more neurons.
    LimitError
        If the difference of the functions has too many cells.

    Notes
    -----
    O(m^2 (d + D)) exact comparisons and O(m + log m) bipartite matchings; the seminorm costs more.

    Examples
    --------
    >>> from semialg.relu.inverse_stability.balanced import rebalance
    >>> from semialg.relu.inverse_stability.network import Network
    >>> origin = rebalance(Network.build([[1, 1], [1, 2]], [[1, 2]]))
    >>> goal = rebalance(Network.build([[1, 2], [4, 4]], [[2, 1]]))
    >>> found = reparametrize(origin, goal.form())
    >>> print(found.network.neurons[0])
    a = (2, 2), c = (2)
    >>> print(found.difference.value, found.distance, found.ratio, found.holds)
    3 1 sqrt(1/48) True
    """
    member = membership(origin)
    if not member.holds:
        raise DataError(
            f"the first network is not in the restricted set ({member.reasons[0]}); repair it first"
        )
    wanted, obstacle = restricted_form(target)
    if wanted is None:
        raise DataError(f"the second function is that of no network of the restricted set: {obstacle}")
    if wanted.nonzero > origin.units:
        raise DataError(
            f"the second function needs {wanted.nonzero} neurons and the first network has {origin.units} "
            "places; widen it with zero neurons"
        )
    difference = seminorm(target - origin.form())
    zero = zero_neuron(origin.inputs, origin.outputs)
    neurons = [n for n in wanted.neurons if not n.is_zero]
    neurons += [zero] * (origin.units - len(neurons))
    chosen = _assignment(origin.neurons, neurons)
    network = BalancedNetwork(origin.inputs, origin.outputs, tuple(neurons[k] for k in chosen))
    if network.form() != target:
        raise AssertionError("the reparametrization has another function; please report this")
    distance, place = farthest(origin, network)
    return Reparametrization(origin, network, difference, distance, place)


def farthest(one: BalancedNetwork, other: BalancedNetwork) -> tuple[RootDifference, tuple[int, int]]:
    """Return the maximum norm of the difference of two networks' parameters, and where it is taken.

    Raises
    ------
    DataError
        If the networks have different shapes.
    """
    shapes = [(n.inputs, n.units, n.outputs) for n in (one, other)]
    if shapes[0] != shapes[1]:
        raise DataError(f"the networks have the shapes {shapes[0]} and {shapes[1]}; expected the same")
    best, place = _ZERO, (0, 0)
    for i, (first, second) in enumerate(zip(one.neurons, other.neurons, strict=True)):
        for j, gap in enumerate(_gaps(first, second)):
            if gap.compare(best) > 0:
                best, place = gap, (i, j)
    return best, place


def _gaps(one: BalancedNeuron, other: BalancedNeuron) -> list[RootDifference]:
    return [RootDifference(a, b) for a, b in zip(one.squares, other.squares, strict=True)]


_KEY = cmp_to_key(RootDifference.compare)


def _assignment(places: Sequence[BalancedNeuron], neurons: Sequence[BalancedNeuron]) -> list[int]:
    """Return for each place the neuron that goes there, the largest distance as small as possible.

    Among the best, neurons stay at the place that has their direction where they can.
    """
    costs = [[max(_gaps(p, n), key=_KEY) for n in neurons] for p in places]
    levels = sorted((cost for row in costs for cost in row), key=_KEY)
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        if _matching(_allowed(costs, levels[middle])) is None:
            low = middle + 1
        else:
            high = middle
    allowed = _allowed(costs, levels[low])
    for i, place in enumerate(places):
        same = [k for k in allowed[i] if neurons[k].direction == place.direction]
        for k in same[:1]:
            narrowed = [[k] if at == i else [v for v in row if v != k] for at, row in enumerate(allowed)]
            if _matching(narrowed) is not None:
                allowed = narrowed
    found = _matching(allowed)
    assert found is not None, "the last level was tested"  # noqa: S101
    return found


def _allowed(costs: Sequence[Sequence[RootDifference]], most: RootDifference) -> list[list[int]]:
    return [[k for k, cost in enumerate(row) if cost.compare(most) <= 0] for row in costs]


def _matching(allowed: Sequence[Sequence[int]]) -> list[int] | None:
    """Return distinct choices, one from each row, or None: a matching by the method of Hopcroft and Karp."""
    import networkx as nx

    count = len(allowed)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))  # whole numbers alone, so that every run finds the same matching
    graph.add_edges_from((i, count + k) for i, row in enumerate(allowed) for k in row)
    found = nx.bipartite.hopcroft_karp_matching(graph, range(count))
    if any(i not in found for i in range(count)):
        return None
    return [found[i] - count for i in range(count)]
