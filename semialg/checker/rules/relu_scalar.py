"""Rules for the optimum of a scalar network with one hidden layer on finite data (theory F3)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from semialg.checker.decode import Decoder, Rule, Step, array, index, number_matrix, rational, record, variant
from semialg.checker.masks import BitMask, bits
from semialg.checker.report import Invalid, Run, Unreadable, figure, show
from semialg.checker.rules.relu_lost import dot

if TYPE_CHECKING:
    from semialg.checker.arithmetic import SparseMatrix

__all__ = ["SCALAR_OPTIMUM", "SCALAR_OPTIMUM_FIELDS"]

Claim = dict[str, Any]
Rows = list[list[int]]


class Ray(NamedTuple):
    """Weights of a unit up to a positive factor: where they are positive, or negative, and relu's values.

    ``longest`` is the length of the longest of these in bits.
    """

    positive: int
    negative: int
    values: list[tuple[int, int]]
    longest: int


class State(NamedTuple):
    """A node still to be judged: signs, points where each unit is active, or inactive, and its rays there."""

    signs: tuple[int, ...]
    active: tuple[int, ...]
    inactive: tuple[int, ...]
    rays: tuple[list[Ray], ...]


class Problem(NamedTuple):
    """What units read at each point and the targets, scaled to integers; the rays of each unit."""

    supports: list[int]
    features: list[Rows]
    rays: list[list[Ray]]
    targets: list[int]
    scale: int


def _require_value(claim: Claim, run: Run) -> None:
    """Judge the shapes, that the parameters respect the masks, and their loss."""
    require_masks(claim["masks"], claim, claim, "claim")
    require_loss(claim, claim, "claim", run)


def require_masks(masks: tuple[BitMask, ...], claim: Claim, parameters: Claim, where: str) -> None:
    """Judge the shapes, and that the parameters respect the masks."""
    if len(masks) != 2 or len(masks[0].rows) != 1:
        raise Invalid("claim.masks", "expected two masks, the first with one row")
    require_shapes(claim, parameters, len(masks[1].rows), masks[1].columns, where)
    weights: SparseMatrix[Fraction] = parameters["weights"]
    for k, row in enumerate(weights.rows):
        if any(not masks[1].rows[k] >> j & 1 for j in row):
            raise Invalid(f"{where}.weights[{k}]", "expected zero where the mask is zero")
        if parameters["output"][k] and not masks[0].rows[0] >> k & 1:
            raise Invalid(f"{where}.output[{k}]", "expected zero where the mask is zero")


def require_shapes(claim: Claim, parameters: Claim, hidden: int, inputs: int, where: str) -> None:
    """Judge the lengths of data and parameters, and that biases which are switched off are zero."""
    weights: SparseMatrix[Fraction] = parameters["weights"]
    points: SparseMatrix[Fraction] = claim["points"]
    if points.columns != inputs or len(points.rows) != len(claim["targets"]):
        raise Invalid("claim.points", f"expected {len(claim['targets'])} points of {inputs} numbers")
    if weights.columns != inputs or len(weights.rows) != hidden:
        raise Invalid(f"{where}.weights", f"expected {hidden} rows of {inputs} numbers")
    for key in ("biases", "output"):
        if len(parameters[key]) != hidden:
            raise Invalid(f"{where}.{key}", f"expected {hidden} numbers, found {len(parameters[key])}")
    if any(parameters["biases"]) and not claim["hidden_bias"]:
        raise Invalid(f"{where}.biases", "expected zeros, as there are no hidden biases")
    if parameters["constant"] and not claim["output_bias"]:
        raise Invalid(f"{where}.constant", "expected zero, as there is no output bias")


def require_loss(claim: Claim, parameters: Claim, where: str, run: Run) -> None:
    """Judge that the loss of the parameters is the value of the claim."""
    errors, size = list[Fraction](), Fraction(0)
    for point, target in zip(claim["points"].rows, claim["targets"], strict=True):
        total: Fraction = parameters["constant"] - target
        rows = zip(parameters["weights"].rows, parameters["biases"], parameters["output"], strict=True)
        for row, bias, factor in rows:
            run.spend(4 + 4 * len(row))
            total += factor * max(bias + dot(row, point, run), Fraction(0))
            run.spend_on(total)
        errors.append(abs(total))
        size += errors[-1]
        run.spend_on(size)
    power = 2 if claim["loss"] == "l2" else 1
    found = max(errors) if claim["loss"] == "max" else sum(e**power for e in errors)
    if found != claim["value"]:
        raise Invalid(f"{where}.value", f"the parameters have the loss {figure(found)}, another one")


def check_zero(claim: Claim, _: dict[str, Any], __: str, run: Run) -> None:
    """No loss is negative."""
    _require_value(claim, run)
    check_zero_bound(claim)


def check_zero_bound(claim: Claim) -> None:
    """Judge that the bound is one of every loss."""
    if claim["bound"] > 0:
        raise Invalid("claim.bound", f"expected at most 0 for this rule, found {claim['bound']}")


def check_branch(claim: Claim, fields: dict[str, Any], where: str, run: Run) -> None:
    """Judge a tree of activation patterns for each sign vector."""
    _require_value(claim, run)
    masks: tuple[BitMask, ...] = claim["masks"]
    problem = integers(claim, [masks[1].rows[k] for k in bits(masks[0].rows[0])], run)
    judge_trees(claim, problem, fields["trees"], f"{where}.trees", run)


def judge_trees(claim: Claim, problem: Problem, trees: list[dict[str, Any]], where: str, run: Run) -> None:
    """Judge that there is a complete tree for each sign vector, and each node of them."""
    wanted = _sign_vectors(problem.supports, run)
    if [tuple(tree["signs"]) for tree in trees] != wanted:
        raise Invalid(where, f"expected the {len(wanted)} sign vectors of RULES.md in order")
    for at, tree in enumerate(trees):
        nothing = (0,) * len(problem.supports)
        open_nodes = [State(tuple(tree["signs"]), nothing, nothing, tuple(problem.rays))]
        for place, node in enumerate(cast("list[Step]", tree["nodes"])):
            here = f"{where}[{at}].nodes[{place}]"
            run.spend(4)
            if not open_nodes:
                raise Invalid(here, "the tree has ended before this node")
            state = open_nodes.pop()
            open_nodes += node.rule.check(claim, problem, state, node.fields, here, run)
        if open_nodes:
            raise Invalid(f"{where}[{at}].nodes", f"{len(open_nodes)} nodes of the tree are missing")


def integers(claim: Claim, supports: list[int], run: Run) -> Problem:
    """Return the problem of units with these inputs (bit sets) in integers."""
    points: SparseMatrix[Fraction] = claim["points"]
    scales = [
        lcm(*(point[j].denominator for point in points.rows if j in point)) for j in range(points.columns)
    ]
    bias = [1] if claim["hidden_bias"] else []
    features: dict[int, Rows] = {}
    rays: dict[int, list[Ray]] = {}
    for support in set(supports):
        features[support] = [
            [int(point.get(j, 0) * scales[j]) for j in bits(support)] + bias for point in points.rows
        ]
        run.spend(len(features[support]))
        for row in features[support]:
            run.spend_on_integers(row)
        rays[support] = _rays(features[support], run)
    targets: list[Fraction] = claim["targets"]
    scale = lcm(*(y.denominator for y in targets))
    run.spend_on(Fraction(scale))
    by_unit = [features[s] for s in supports], [rays[s] for s in supports]
    return Problem(supports, *by_unit, [int(y * scale) for y in targets], scale)


def _rays(rows: Rows, run: Run) -> list[Ray]:
    """Return both directions of each line that the hyperplanes of the points cut out."""
    kept, reduced = list[int](), list[tuple[int, list[Fraction]]]()
    for j, column in enumerate(zip(*rows, strict=True)):
        rest = [Fraction(v) for v in column]
        run.spend(len(rest) * (1 + len(kept)))
        for lead, other in reduced:
            rest = [a - rest[lead] / other[lead] * b for a, b in zip(rest, other, strict=True)]
            for v in rest:
                run.spend_on(v)
        if any(rest):
            kept.append(j)
            reduced.append((next(i for i, v in enumerate(rest) if v), rest))
    independent = [[row[j] for j in kept] for row in rows]
    found: list[Ray] = []
    for line in _lines(independent, len(kept), run):
        run.spend(2 * len(rows) * len(line))
        for row in independent:
            run.spend_on_integers(line, row)
        values = [sum(a * b for a, b in zip(line, row, strict=True)) for row in independent]
        divisor = gcd(*values) or 1
        for sign in (divisor, -divisor):
            scaled = [(p, v // sign) for p, v in enumerate(values) if v]
            plus = sum(1 << p for p, v in scaled if v > 0)
            minus = sum(1 << p for p, v in scaled if v < 0)
            positive = [(p, v) for p, v in scaled if v > 0]
            found.append(Ray(plus, minus, positive, max((v.bit_length() for _, v in positive), default=0)))
    return found


def _lines(rows: Rows, width: int, run: Run) -> set[tuple[int, ...]]:
    """Return a vector on each line in which width - 1 independent of the hyperplanes row . w = 0 meet."""
    if width < 2:
        return {(1,)} if width else set()
    found: set[tuple[int, ...]] = set()
    for n, row in enumerate(rows):
        run.spend(width**2 * (len(rows) - n) * (1 + sum(v.bit_length() for v in row) // 256) ** 2)
        pivot = next((j for j, v in enumerate(row) if v), None)
        if pivot is None:
            continue
        others = [j for j in range(width) if j != pivot]
        # On the hyperplane of this row coordinate j is row[pivot] t_j, and the pivot's -sum row[j] t_j.
        inner = [[row[pivot] * other[j] - row[j] * other[pivot] for j in others] for other in rows[n + 1 :]]
        for part in _lines(inner, width - 1, run):
            line = [0] * width
            for j, v in zip(others, part, strict=True):
                line[j], line[pivot] = row[pivot] * v, line[pivot] - row[j] * v
            divisor = gcd(*line) if next(v for v in line if v) > 0 else -gcd(*line)
            found.add(tuple(v // divisor for v in line))
    return found


def _sign_vectors(supports: list[int], run: Run) -> list[tuple[int, ...]]:
    """Return the vectors of 1 and -1 in which, among units with equal inputs, no 1 follows a -1."""
    run.spend(len(supports) << len(supports) if len(supports) < 40 else 1 << 40)
    found: list[tuple[int, ...]] = []
    for signs in product((1, -1), repeat=len(supports)):
        pairs = list(zip(supports, signs, strict=True))
        if not any((support, -1) in pairs[:k] for k, (support, sign) in enumerate(pairs) if sign == 1):
            found.append(signs)
    return found


def _split(
    _: Claim, problem: Problem, state: State, fields: dict[str, Any], where: str, run: Run
) -> list[State]:
    """Equal units at a point: in child j the first j of them are active there, the others inactive."""
    units: list[int] = fields["units"]
    point: int = fields["point"]
    if point >= len(problem.targets):
        raise Invalid(f"{where}.point", f"expected a point below {len(problem.targets)}, found {point}")
    if len(set(units)) < len(units) or max(units) >= len(problem.supports):
        raise Invalid(f"{where}.units", f"expected different units below {len(problem.supports)}")
    kinds = {(problem.supports[k], state.signs[k], state.active[k], state.inactive[k]) for k in units}
    if len(kinds) > 1:
        raise Invalid(f"{where}.units", "expected units with the same inputs, sign and branching")
    old = state.rays[units[0]]
    run.spend(4 * len(units) ** 2 + 2 * len(old))
    above = [ray for ray in old if not ray.negative >> point & 1]
    below = [ray for ray in old if not ray.positive >> point & 1]
    children: list[State] = []
    for count in range(len(units) + 1):
        on, off = set(units[:count]), set(units[count:])
        active = tuple(a | (k in on) << point for k, a in enumerate(state.active))
        inactive = tuple(a | (k in off) << point for k, a in enumerate(state.inactive))
        rays = tuple(above if k in on else below if k in off else r for k, r in enumerate(state.rays))
        children.append(State(state.signs, active, inactive, rays))
    return children[::-1]


def _bound(
    claim: Claim, problem: Problem, state: State, fields: dict[str, Any], where: str, run: Run
) -> list[State]:
    """Judge the dual vector u of a leaf: it shows the bound."""
    reach, size = dual_bound(claim, problem, state, fields["u"], where, run)
    if reach < claim["bound"] * size:
        raise Invalid(f"{where}.u", f"the vector shows less than the bound {claim['bound']}")
    return []


def dual_bound(
    claim: Claim, problem: Problem, state: State, u: list[int], where: str, run: Run
) -> tuple[Fraction, int]:
    """Return numbers r >= 0 and s > 0 so that no loss of the node is below r / s."""
    if len(u) != len(problem.targets):
        raise Invalid(f"{where}.u", f"expected {len(problem.targets)} integers, found {len(u)}")
    if not any(u):
        raise Invalid(f"{where}.u", "expected a vector that is not 0")
    if claim["output_bias"] and sum(u) != 0:
        raise Invalid(f"{where}.u", f"expected the sum 0, found {figure(sum(u))}")
    long = max(v.bit_length() for v in u)
    for k, (sign, rays) in enumerate(zip(state.signs, state.rays, strict=True)):
        for ray in rays:
            run.spend(1 + len(ray.values) * (1 + (long * ray.longest >> 16)))
            if sign * sum(u[p] * v for p, v in ray.values) < 0:
                raise Invalid(f"{where}.u", f"the product with outputs of unit {k} in the node is negative")
    reach = Fraction(max(-sum(a * y for a, y in zip(u, problem.targets, strict=True)), 0), problem.scale)
    if claim["loss"] == "l2":
        return reach * reach, sum(a * a for a in u)
    sizes = [abs(a) for a in u]
    return reach, max(sizes) if claim["loss"] == "l1" else sum(sizes)


def _one_of(*choices: object) -> Decoder:
    def decode(value: object) -> object:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise Unreadable(f"expected one of {list(choices)}, found {show(value)}")
        return value

    return decode


def _integer(value: object) -> int:
    found = rational(value)
    if found.denominator != 1:
        raise Unreadable(f"expected an integer as a string, found {show(value)}")
    return found.numerator


integer_list = array(_integer)
signs = array(_one_of(1, -1))
numbers = array(rational, 1)

SPLIT = Rule({"units": array(index, 1), "point": index}, _split)
_NODES: dict[str, Rule] = {"split": SPLIT, "bound": Rule({"u": integer_list}, _bound)}


def trees_of(nodes: dict[str, Rule]) -> Decoder:
    """Return the decoder of trees with these nodes, one for each sign vector."""
    return array(record({"signs": signs, "nodes": array(variant("node", lambda: nodes))}))


PARAMETERS: dict[str, Decoder] = {
    "weights": number_matrix,
    "biases": numbers,
    "output": numbers,
    "constant": rational,
}
TASK: dict[str, Decoder] = {
    "points": number_matrix,
    "targets": numbers,
    "loss": _one_of("l1", "l2", "max"),
    "hidden_bias": _one_of(True, False),
    "output_bias": _one_of(True, False),
    "value": rational,
}
SCALAR_OPTIMUM_FIELDS: dict[str, Decoder] = {**TASK, **PARAMETERS, "bound": rational}

OPTIMUM_TREES = trees_of(_NODES)

SCALAR_OPTIMUM: dict[str, Rule] = {
    "zero": Rule({}, check_zero),
    "branch": Rule({"trees": OPTIMUM_TREES}, check_branch),
}
