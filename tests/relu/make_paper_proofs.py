"""Write the folder proofs/paper: ``PYTHONPATH=. python tests/relu/make_paper_proofs.py``.

A test compares what ``files()`` returns with the files.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from semialg.certificates.networks import no_nearest_certificate, no_optimum_certificate
from semialg.closedness.engine import Budget, decide
from semialg.closedness.lu import lu_witness
from semialg.closedness.obstructions import private_p4
from semialg.pattern.pattern import Pattern
from semialg.polyhedra.documents import projection_certificate
from semialg.polyhedra.projection import eliminate
from semialg.polyhedra.text import parse_text
from semialg.relu.dataset import data_set
from semialg.relu.levels import sparsity_level
from semialg.relu.lost import lost_limit
from semialg.relu.training import training, training_certificates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from semialg.certificates.certificate import Certificate

FOLDER = Path(__file__).parents[2] / "proofs" / "paper"

LU2 = Pattern.parse("lu:2")
LU3 = Pattern.parse("lu:3")
# Three layers; the first two give all triangular matrices.
DEEP = Pattern([[[1, 0], [1, 1]], [[1, 0], [1, 1]], [[1, 1], [0, 1]]])
# One output, crossing inputs.
SCALAR = Pattern([[[1, 1, 1]], [[1, 1, 0], [0, 1, 1], [1, 0, 1]]])
# Two outputs, full output mask, inputs nested or disjoint.
NESTED = Pattern([[[1, 1, 1], [1, 1, 1]], [[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]])
DENSE = Pattern.parse("dense:3x4x2")
# Units {0, 1} x {0, 1} and {1, 2} x {1, 2}: entry (1, 1) alone is covered twice.
OVERLAP = Pattern.parse("10/11/01*110/011")

# One output, two hidden units on the points (0,0), (1,0), (0,1), (1,1): unit 0 sees input 0, is positive at
# all points and has outer weight 1; unit 1 sees both, is positive at all points but the first, weight -1.
CONE = """
p >= 0
w + p >= 0
q <= 0
u + q >= 0
v + q >= 0
u + v + q >= 0
y0 = p + c
y1 = w + p - u - q + c
y2 = p - v - q + c
y3 = w + p - u - v - q + c
"""


def _training(pattern: Pattern, regime: str, *, not_closed: bool = False) -> Certificate:
    if not_closed:
        found = lost_limit(pattern)
        certificate = _not_closed(pattern, found.proof)
        return training_certificates(pattern, training(pattern, "not_closed"), certificate)[regime]
    return training_certificates(pattern, training(pattern, "unknown"))[regime]


def _not_closed(pattern: Pattern, proof: Mapping[str, object]) -> Certificate:
    from semialg.certificates.claims import certificate

    return certificate("not_closed", pattern, proof)


def _small_grid() -> Certificate:
    lost = lost_limit(LU2)
    points = [(Fraction(a), Fraction(b)) for a, b in product(range(5), repeat=2)]
    targets = [(b, a) for a, b in points]
    return no_optimum_certificate(LU2, points, targets, {"rule": "grid", "proof": dict(lost.proof)})


def _closed(pattern: Pattern) -> Certificate:
    certificate = decide(pattern, Budget()).certificate
    if certificate is None:
        raise AssertionError(f"{pattern} was decided when this file was written")
    return certificate


def _private(pattern: Pattern) -> Certificate:
    witness = private_p4(pattern, 0)
    if witness is None:
        raise AssertionError(f"{pattern} has a private P4")
    return witness.certificate()


#: For each file the paper's name of the claim, and what exactly is proved.
STATEMENTS = """
example-3.1-lu-2: Example 3.1
    Lower times upper triangular matrices of size 2 are not closed: the antidiagonal matrix of ones
    is a limit of products and no product.
example-3.1-lu-3: Example 3.1
    Lower times upper triangular matrices of size 3 are not closed: the antidiagonal matrix of ones
    is a limit of products and no product.
example-3.1-lu-10: Example 3.1
    Lower times upper triangular matrices of size 10 are not closed: the antidiagonal matrix of ones
    is a limit of products and no product.
example-3.1-lu-100: Example 3.1
    Lower times upper triangular matrices of size 100 are not closed: the antidiagonal matrix of
    ones is a limit of products and no product.
proposition-3.1-lu-2: Proposition 3.1
    For LU of size 2 three points and targets have a loss with infimum 0 that no parameters attain:
    the outputs reachable on these points are not closed.
lemma-3.2-grid-lu-2: Lemma 3.2
    For LU of size 2 a 5 x 5 grid with linear targets has no optimum. The paper's grid has 97 points
    a side; `semialg dataset lu:2 --construction grid` makes it.
lemma-3.2-slice-lu-2: Lemma 3.2
    The same with 9 points on a parabola (our F2).
theorem-3.1-lu-3: Theorem 3.1
    Networks with the LU pattern of size 3 have a finite data set without optimum.
theorem-3.1-three-layers: Theorem 3.1
    The same for a network with two hidden layers (lower, lower, upper triangular of size 2).
theorem-3.1-six-points: Theorem 3.1
    Such a data set for that network: six points, a triangle inside a triangle, with the inputs
    swapped as targets, have a loss with infimum 0 that no parameters attain (our F2''').
theorem-3.4-crossing-inputs: Theorem 3.4
    Networks with one output and three hidden units that see the inputs {0,1}, {1,2}, {0,2} have an
    optimum for every finite data set.
corollary-3.1-level: Corollary 3.1
    Networks with widths 1, 6, 4 and at most 5 and 9 nonzero weights, wherever these are, have an
    optimum for every finite data set.
lemma-b.5-cone: Lemma B.5
    The outputs of a scalar network with two hidden units on four points, for one choice of signs
    and active units, form the polyhedral cone given: the exact image {D theta : C theta >= 0}, so
    it is closed.
lemma-b.8-overlap: Lemma B.8
    Two units with rectangles {0,1} x {0,1} and {1,2} x {1,2}, which share one entry: not closed.
theorem-4.1-lu-3: Theorem 4.1
    The functions of networks with the LU pattern of size 3 are not closed on any bounded set with
    interior.
theorem-4.1-three-layers: Theorem 4.1
    The same for two hidden layers.
theorem-4.2-nested-inputs: Theorem 4.2
    Networks with two outputs, full output mask and hidden units that see the inputs {0,1,2}, {1,2},
    {3} have closed functions on [-B,B]^4. (Every subset of units is closed: F5.)
theorem-4.2-hypothesis: Theorem 4.2
    The hypothesis of the theorem in that example, for the set of all hidden units: E is closed.
corollary-4.1-dense: Corollary 4.1
    Dense networks with widths 3, 4, 2 have closed functions on [-B,B]^2.
corollary-4.2-scalar: Corollary 4.2
    The network of Theorem 3.4 above has closed functions on [-B,B]^3.
corollary-4.3-level: Corollary 4.3
    Networks with widths 1, 6, 4 and at most 5 and 9 nonzero weights have closed functions on
    [-B,B]^4.
appendix-d-hyperplane: Appendix D
    Our own example: the continuous functions on [-1,1] with equal integrals over both halves form a
    closed set in the uniform norm; f(x) = x has distance 1/2 from it and no element is that near.
"""


def statements() -> dict[str, tuple[str, str]]:
    """Return name of the claim and sentence for each file."""
    found: dict[str, tuple[str, str]] = {}
    for match in re.finditer(r"(?m)^(\S+): (.*)\n((?: {4}.*\n)+)", STATEMENTS):
        found[match[1]] = match[2], " ".join(match[3].split())
    return found


def certificates() -> dict[str, Certificate | Mapping[str, object]]:
    """Return the certificate of each file."""
    level = sparsity_level([1, 6, 4], [5, 9]).certificates()
    cone = projection_certificate(eliminate(parse_text(CONE), ["p", "w", "q", "u", "v", "c"]))
    one = Fraction(1)
    lu: dict[str, Certificate | Mapping[str, object]] = {
        f"example-3.1-lu-{size}": lu_witness(Pattern.parse(f"lu:{size}")).certificate()
        for size in (2, 3, 10, 100)
    }
    return lu | {
        "proposition-3.1-lu-2": data_set(LU2, "simplex").certificate(),
        "lemma-3.2-grid-lu-2": _small_grid(),
        "lemma-3.2-slice-lu-2": data_set(LU2, "slice").certificate(),
        "theorem-3.1-lu-3": _training(LU3, "finite_data", not_closed=True),
        "theorem-3.1-three-layers": _training(DEEP, "finite_data", not_closed=True),
        "theorem-3.1-six-points": data_set(DEEP, "shells").certificate(),
        "theorem-3.4-crossing-inputs": _training(SCALAR, "finite_data"),
        "corollary-3.1-level": level["finite_data"],
        "lemma-b.5-cone": cone,
        "lemma-b.8-overlap": _private(OVERLAP),
        "theorem-4.1-lu-3": _training(LU3, "bounded_domain", not_closed=True),
        "theorem-4.1-three-layers": _training(DEEP, "bounded_domain", not_closed=True),
        "theorem-4.2-nested-inputs": _training(NESTED, "bounded_domain"),
        "theorem-4.2-hypothesis": _closed(NESTED),
        "corollary-4.1-dense": _training(DENSE, "bounded_domain"),
        "corollary-4.2-scalar": _training(SCALAR, "bounded_domain"),
        "corollary-4.3-level": level["bounded_domain"],
        "appendix-d-hyperplane": no_nearest_certificate([-one, one], [-one, one], one / 2),
    }


MISSING = """
Without a file: Lemma B.4 and Example C.1, whose statements are not known to this project. We looked for
the text of the paper among public copies and found its abstract and introduction only, so no file may bear
these names. By their places, Lemma B.4 is a step on the way to Theorem 3.1 or 3.4, and Example C.1 goes with
the results on bounded domains; that is a guess. What our own proofs need there is in
[RULES.md](../RULES.md), `training.separate`, `no_optimum.slice` and `training.nested`, and instances of
it are `lemma-b.5-cone.json`, `theorem-3.1-six-points.json` and `theorem-4.2-nested-inputs.json`. Also
without a file: what is a theorem about all networks rather than an instance (Lemma B.1, the general forms
of Theorems 3.1 to 4.2), which RULES.md proves.
"""

INTRODUCTION = """# Claims of the paper as checkable files

One certificate for each claim of Le, Riccietti, Gribonval, *Does a sparse ReLU network training problem
always admit an optimum?* (2023) that has a finite instance. The text of the paper is not part of this
project: claims are named after our [theory page](../../docs/theory.md), which cites them; Corollaries 4.1
to 4.3 are assigned to dense networks, one output and sparsity levels as that page suggests. What each file
proves is exactly the sentence here.

`semialg proofs verify proofs/paper` checks them all, `semialg verify FILE` one of them;
`tests/relu/make_paper_proofs.py` writes them.

| claim | file | what exactly is proved |
|---|---|---|
"""


def _text(document: object) -> bytes:
    spread = json.dumps(document, indent=1)
    for opening, closing in ("[]", "{}", "[]"):
        inner = rf"\{opening}\s+([^\[\]{{}}]{{0,90}}?)\s+\{closing}"
        spread = re.sub(inner, lambda m: m[0][0] + re.sub(r"\s*\n\s*", " ", m[1]) + m[0][-1], spread)
    return (spread + "\n").encode("ascii")


def files() -> dict[str, bytes]:
    """Return every file of the folder but this script, by its name."""
    found: dict[str, bytes] = {}
    manifest: dict[str, dict[str, str]] = {}
    rows: list[str] = []
    told = statements()
    for name, certificate in certificates().items():
        claim, states = told.pop(name)
        document = certificate if isinstance(certificate, dict) else certificate.document
        content = _text(document)
        if len(content) > 200_000:
            content = (json.dumps(document, separators=(",", ":")) + "\n").encode("ascii")
        found[f"{name}.json"] = content
        manifest[f"{name}.json"] = {"claim": claim, "states": states}
        rows.append(f"| {claim} | [{name}.json]({name}.json) | {states} |\n")
    assert not told
    found["manifest.json"] = (json.dumps(manifest, indent=1) + "\n").encode("ascii")
    found["README.md"] = (INTRODUCTION + "".join(rows) + MISSING).encode("utf-8")
    return found


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
