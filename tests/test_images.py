from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from semialg.algebra.laurent import Laurent
from semialg.algebra.polynomial import Polynomial
from semialg.checker import check as judge
from semialg.cli.group import cli
from semialg.closedness.map_limits import limit_of
from semialg.closedness.maps import PolynomialMap, prove_closed, prove_outside
from semialg.errors import FormulaError, PatternError
from semialg.images import check_map, check_observed
from semialg.logic.infix import parse_polynomial
from semialg.pattern.mask import Mask
from semialg.pattern.pattern import Pattern
from semialg.verdict import check

variable = Polynomial.variable


def tensors(size, rank):
    indices = range(size)
    return [
        Polynomial.sum(
            variable(f"a{r}{i}") * variable(f"b{r}{j}") * variable(f"c{r}{k}") for r in range(rank)
        )
        for i in indices
        for j in indices
        for k in indices
    ]


def cubics(terms):
    return [
        Polynomial.sum(variable(f"p{r}") ** (3 - i) * variable(f"q{r}") ** i for r in range(terms))
        for i in range(4)
    ]


def gram(size, rank, *, diagonal):
    return [
        Polynomial.sum(variable(f"x{i}{r}") * variable(f"x{j}{r}") for r in range(rank))
        for i in range(size)
        for j in range(i + 1)
        if diagonal or i != j
    ]


@pytest.mark.parametrize(
    ("coordinates", "verdict"),
    [
        (tensors(2, 1), "closed"),
        (tensors(2, 2), "not_closed"),
        (cubics(1), "closed"),
        (cubics(2), "not_closed"),
        (gram(3, 2, diagonal=True), "closed"),
        (gram(3, 1, diagonal=False), "not_closed"),
        (["x", "x y"], "not_closed"),
        (["u v", "u", "v^2"], "closed"),
        (["x^2 - y^2", "x y"], "closed"),
        (["x^4 + y^4", "x y"], "closed"),
        (["x^2 y^2", "x^2"], "not_closed"),
        # Closed (all of the line), but by none of the reasons that are known here.
        (["x^2 - y^2"], "unknown"),
        (["x y"], "closed"),
    ],
)
def test_known_maps(coordinates, verdict):
    polynomials = [parse_polynomial(c) if isinstance(c, str) else c for c in coordinates]
    found = check_map(polynomials, time_limit=60.0)
    assert found.verdict == verdict
    assert (found.certificate is None) == (verdict == "unknown")
    if found.certificate is not None:
        assert found.checked == judge(found.certificate.document).status == "valid"


def test_a_curve_from_the_user():
    polynomials = [parse_polynomial("x"), parse_polynomial("x y")]
    curve = [Laurent.monomial(2), Laurent.monomial(-2, 3)]
    found = check_map(polynomials, ["x", "y"], curve=curve)
    assert found.verdict == "not_closed"
    assert found.certificate.document["proof"]["target"] == ["0", "3"]
    pole = check_map(polynomials, ["x", "y"], curve=[Laurent.monomial(-1), Laurent.monomial(1)])
    assert (pole.verdict, "pole" in pole.reason) == ("unknown", True)
    attained = check_map(polynomials, ["x", "y"], curve=[Laurent.monomial(1), Laurent.monomial(0)])
    assert attained.verdict == "unknown"
    with pytest.raises(FormulaError, match="2, one for each"):
        check_map(polynomials, ["x", "y"], curve=curve[:1])


def test_only_the_reals_miss_the_limit():
    # -1 = x^2 + y^2 z^2 has complex solutions only: a sum of squares is no identity that is searched for.
    source = PolynomialMap(("x", "y"), (parse_polynomial("x^2 + y^2"),))
    assert prove_outside(source, [Fraction(-1)], 10**5) is None


def test_malformed_maps():
    x = variable("x")
    for refused in (
        lambda: PolynomialMap((), (x,)),
        lambda: PolynomialMap(("x",), ()),
        lambda: PolynomialMap(("x", "x"), (x,)),
        lambda: PolynomialMap(("y",), (x,)),
        lambda: PolynomialMap(("x",), (x**1001,)),
    ):
        with pytest.raises(FormulaError):
            refused()


def test_limits_and_closedness_do_not_meet():
    source = PolynomialMap(("x", "y"), (variable("x"), variable("x") * variable("y")))
    assert limit_of(source, [Laurent.monomial(1), Laurent.monomial(-2)]) is None
    assert prove_closed(source) is None


# ------------------------------------------------------------------ observed entries, signs

RANK_ONE = Pattern.parse("1/1/1*111")


@pytest.mark.parametrize(
    ("pattern", "observed", "verdict"),
    [
        ("1/1*11", [[1, 1], [1, 1]], "closed"),
        ("1/1*11", [[1, 1], [0, 1]], "not_closed"),
        ("1/1*11", [[1, 0], [0, 1]], "closed"),
        ("1/1*11", [[0, 0], [0, 0]], "closed"),
        ("1/1/1*111", [[1, 1, 1], [0, 0, 0], [1, 1, 1]], "closed"),
        ("1/1/1*111", [[0, 1, 1], [1, 0, 1], [1, 1, 0]], "not_closed"),
        # Rank two with one entry hidden: a multiple of a minor that may be zero.
        ("dense:3x2x3", [[0, 1, 1], [1, 1, 1], [1, 1, 1]], "not_closed"),
        ("lu:2", [[1, 1], [1, 1]], "not_closed"),
        ("lu:2", [[0, 1], [1, 1]], "closed"),
        ("1/1*1*11", [[1, 1], [0, 1]], "not_closed"),
    ],
)
def test_observed_entries(pattern, observed, verdict):
    found = check_observed(Pattern.parse(pattern), Mask.from_dense(observed))
    assert found.verdict == verdict
    assert judge(found.certificate.document).status == "valid"
    assert judge(found.certificate.document, Pattern.parse(pattern).to_lists()).status == "valid"
    assert judge(found.certificate.document, [[[1, 1, 1]]]).status == "invalid"


@pytest.mark.parametrize("pattern", ["lu:2", "10/11*11/11", "11/01*10/11", "dense:2x2x2"])
def test_everything_observed_is_the_question_about_the_pattern(pattern):
    assert check_observed(Pattern.parse(pattern)).verdict == check(pattern).verdict


def test_factors_without_negative_entries():
    for pattern in ("lu:3", "dense:3x2x3", "butterfly:4", "1/1*1*11"):
        found = check_observed(Pattern.parse(pattern), nonnegative=True)
        assert (found.verdict, found.checked) == ("closed", "valid")
    hidden = check_observed(Pattern.parse("1/1*11"), Mask.from_dense([[1, 1], [0, 1]]), nonnegative=True)
    assert (hidden.verdict, hidden.checked) == ("not_closed", "valid")
    # Entries that no path reaches need not be observed.
    corner = Mask.from_dense([[1, 1], [0, 1]])
    assert check_observed(Pattern.parse("10/01*11/01"), corner, nonnegative=True).verdict == "closed"


def test_the_mask_must_fit():
    with pytest.raises(PatternError, match="2 x 2; the product is 3 x 3"):
        check_observed(RANK_ONE, Mask.from_dense([[1, 1], [0, 1]]))


# ------------------------------------------------------------------ commands


def run(*arguments):
    return CliRunner().invoke(cli, list(arguments))


def test_check_map_command(tmp_path):
    path = tmp_path / "map.txt"
    path.write_text("# a map\nx\n\nx y\n")
    certificate = tmp_path / "map.json"
    result = run("check-map", str(path), "--json", "--certificate", str(certificate))
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["verdict"], document["checked"]) == ("not_closed", "valid")
    assert document["certificate"] == json.loads(certificate.read_text())
    assert run("verify", str(certificate)).exit_code == 0
    assert run("explain", str(certificate)).stdout.rstrip().endswith("QED")
    assert run("check-map", "x^2").exit_code == 0
    assert run("check-map", "x^2 - y^2").exit_code == 3
    assert run("check-map", "x +").exit_code == 2
    curve = tmp_path / "curve.json"
    curve.write_text('{"y": {"-1": "1"}, "x": {"1": "1"}}')
    assert run("check-map", "x", "x y", "--curve", str(curve)).exit_code == 1
    curve.write_text('{"z": {"-1": "1"}}')
    assert run("check-map", "x", "x y", "--curve", str(curve)).exit_code == 2


def test_check_observed_command():
    assert run("check", "--observed", "11/01", "1/1*11").exit_code == 1
    assert run("check", "--observed", "10/01", "1/1*11").exit_code == 0
    assert run("check", "--nonnegative", "lu:2").exit_code == 0
    assert run("check", "--observed", "11/01*11/11", "1/1*11").exit_code == 2
    document = json.loads(run("check", "--observed", "11/01", "1/1*11", "--json").stdout)
    assert document["certificate"]["claim"]["observed"] == [[1, 1], [0, 1]]
    assert "training" not in document
