"""Reading and writing linear systems: round trips, and errors that name the line."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.errors import LinearSystemError
from semialg.polyhedra.cddfiles import Generators, format_ext, format_ine, parse_ext, parse_ine
from semialg.polyhedra.files import parse_system
from semialg.polyhedra.system import Constraint, LinearSystem
from semialg.polyhedra.text import format_text, parse_text

rationals = st.fractions(-50, 50, max_denominator=9)
names = st.lists(st.from_regex(r"[a-z]\w{0,3}", fullmatch=True), unique=True, min_size=1, max_size=4)


@st.composite
def systems(draw):
    variables = tuple(name for name in draw(names) if name != "variables") or ("x",)
    row = st.builds(
        Constraint,
        st.tuples(*[rationals] * len(variables)),
        rationals,
        st.sampled_from(["=", ">=", ">"]),
    )
    return LinearSystem(variables, tuple(draw(st.lists(row, max_size=5))))


def same_rows(first, second):
    """Compare up to the sign of equations, which the text form does not keep."""

    def key(c):
        entries = (c.constant, *c.coefficients)
        if c.relation == "=":
            entries = max(entries, tuple(-v for v in entries))
        return (c.relation, *entries)

    assert first.variables == second.variables
    assert list(map(key, first.constraints)) == list(map(key, second.constraints))


@settings(deadline=None)
@given(systems())
def test_text_and_ine_round_trips(system):
    same_rows(parse_text(format_text(system)), system)
    assert parse_ine(format_ine(system)) == system
    same_rows(parse_system(format_text(system).encode(), "file"), system)
    assert parse_system(format_ine(system).encode(), "file") == system


@settings(deadline=None)
@given(st.data(), names)
def test_ext_round_trips(data, variables):
    vectors = st.lists(st.tuples(*[rationals] * len(variables)), max_size=3).map(tuple)
    points, rays, lines = data.draw(vectors), data.draw(vectors), data.draw(vectors)
    written = format_ext(Generators(tuple(variables), points, rays, lines))
    if (rays or lines) and not points:  # a cone: its apex is understood
        points = ((Fraction(0),) * len(variables),)
    assert parse_ext(written) == Generators(tuple(variables), points, rays, lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x + 3/4 y <= 5", "2 x + 3/4 y <= 5"),
        ("2*x - y/2 > 1 - x", "3 x - 1/2 y > 1"),
        ("0.5x == 1 # half", "1/2 x = 1"),
        ("0 <= x < 1", "x >= 0\nx < 1"),
        ("- x + - y ≥ -3", "x + y <= 3"),
        ("x - x >= 1", "0 >= 1"),
        ("a[0,1] + b_2 <= 3 x/4 + 1", "a[0,1] + b_2 - 3/4 x <= 1"),
    ],
)
def test_plain_text_forms(text, expected):
    assert str(parse_text(text)) == expected


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x <= 1\nx + y", 2, "found no relation"),
        ("x <= 1\n\ny <= ", 3, "found nothing after '<='"),
        ("<= 1", 1, "found nothing before"),
        ("x $ 1", 1, "found '$ 1'"),
        ("x y <= 1", 1, "found 'y'"),
        ("x*y <= 1", 1, "linear term"),
        ("2 * 3 <= x", 1, "found no variable after"),
        ("x/0 <= 1", 1, "division by 0"),
        ("1/0 x <= 1", 1, "denominator 0"),
        ("x / y <= 1", 1, "found no number after"),
        ("x + <= 1", 1, "end of a sum"),
        ("1.5/2 x <= 1", 1, "expected a number such as"),
        ("variables: x, x\nx <= 1", 1, "listed twice"),
        ("variables: x\ny <= 1", 2, "'y'; expected one of x"),
        ("variables: x\nvariables: y", 2, "second time"),
        ("variables: 2x", 1, "expected a variable name"),
        ("x <= 1e5", 1, "'1e5'; expected a number without exponent"),
        ("x <= 1" + "0" * 5000, 1, "4000 digits"),
    ],
)
def test_text_errors_name_the_line(text, line, words):
    with pytest.raises(LinearSystemError) as caught:
        parse_text(text, "file.txt")
    assert f"file.txt, line {line}" in str(caught.value)
    assert words in str(caught.value)


GOOD = (
    "H-representation\nlinearity 1 2\nstrict_inequality 1 1\nbegin\n 2 3 rational\n 1 -1 1/2\n 0 1 1\nend\n"
)


def test_ine_options():
    assert str(parse_ine(GOOD)) == "x1 - 1/2 x2 < 1\nx1 + x2 = 0"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("rational", "complex", 5, "expected integer, rational or real"),
        (" 2 3 rational", " 3 3 rational", 7, "3 rows are announced and 2 follow"),
        (" 2 3 rational", " 1 3 rational", 7, "'0' after 1 rows"),
        (" 2 3 rational", " ** 4 rational", 7, "in the last row"),
        (" 2 3 rational", "hello", 5, "'hello'"),
        (" 2 3 rational", " 9999999 9999999 rational", 5, "expected 1 to"),
        ("1/2", "1/0", 6, "denominator 0"),
        ("1/2", "nan", 6, "'nan'"),
        ("1/2", "1e99999", 6, "more than 4000 digits"),
        (" 0 1 1", " 0 1", 7, "found 2 numbers in the last row; expected 3"),
        ("linearity 1 2", "linearity 1 3", 2, "names row 3; expected 1 to 2"),
        ("linearity 1 2", "linearity 2 1", 2, "announces 2 rows and lists 1"),
        ("linearity 1 2", "linearity x", 2, "expected 'linearity COUNT"),
        ("H-rep", "V-rep", 3, "strict_inequality in a V-representation"),
        ("H-representation", "H-representation\nV-representation", 2, "second representation"),
        ("end", "end\nbegin", 9, "a second matrix"),
        ("end", "end\nV-representation", 9, "a second matrix"),
        ("end", "end\nnonegative", 9, "expected an option of cdd or lrs that is known here"),
        ("end", "end\nnonnegative", 9, "above 'begin'"),
        ("end", "end\nvoronoi", 9, "'voronoi'"),
        ("end", "end\n1 2 3", 9, "'1 2 3'"),
        ("end", "end 3", 8, "nothing behind 'end'"),
        ("end", "end\0", 8, "zero byte"),
        ("linearity 1 2", "linaerity 1 2", 2, "'linaerity 1 2'"),
        ("linearity 1 2", "linearity 1 1", 3, "row 1 as equation and strict inequality"),
        ("H-representation\nlin", "lineartiy 1 2\nH-representation\nlin", 1, "expected 'linearity'"),
        ("H-representation\nlin", "frobnicate 1 2\nH-representation\nlin", 1, "'frobnicate 1 2'"),
        ("begin", "", 8, "expected the line 'begin'"),
    ],
)
def test_ine_errors_name_the_line(old, new, line, words):
    with pytest.raises(LinearSystemError) as caught:
        parse_ine(GOOD.replace(old, new), "f.ine")
    assert f"f.ine, line {line}" in str(caught.value)
    assert words in str(caught.value)


PLAIN = "H-representation\nbegin\n 2 3 integer\n 1 -1 0\n 0 1 1\nend\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLAIN.replace("H-rep", "linearity 1 1\nH-rep") + "equality 1 2", "x1 = 1\nx1 + x2 = 0"),
        (PLAIN + "partial_enumeration\n1 2", "x1 <= 1\nx1 + x2 = 0"),
        (PLAIN.replace("begin", "nonnegative\nbegin"), "x1 <= 1\nx1 + x2 >= 0\nx1 >= 0\nx2 >= 0"),
        (PLAIN.upper(), "x1 <= 1\nx1 + x2 >= 0"),
        (PLAIN.removesuffix("end\n"), "x1 <= 1\nx1 + x2 >= 0"),
        (PLAIN.replace(" 2 3", "***** 3"), "x1 <= 1\nx1 + x2 >= 0"),
        (PLAIN.replace(" 1 -1 0\n 0", " 1 -1\n 0 # a comment\n 0"), "x1 <= 1\nx1 + x2 >= 0"),
        (PLAIN.replace("integer", "real").replace("1 -1", ".5 -1.0e+00"), "x1 <= 1/2\nx1 + x2 >= 0"),
        (PLAIN.replace("1 -1", "1/-2 -1"), "x1 <= -1/2\nx1 + x2 >= 0"),
        (PLAIN + "maximize\n0 1 1\nincidence\n#incidence\nprintcobasis 3\n!adjacency", None),
        ("A title of the file\nof 2 lines\n" + PLAIN, "x1 <= 1\nx1 + x2 >= 0"),
    ],
)
def test_what_cdd_and_lrs_write(text, expected):
    assert str(parse_system(text.encode(), "f")) == (expected or "x1 <= 1\nx1 + x2 >= 0")


def test_generators_of_cones_and_hulls():
    cone = "V-representation\nbegin\n2 3 integer\n0 1 0\n0 0 1\nend"
    assert str(parse_system(cone.encode(), "f")) == "x2 >= 0\nx1 >= 0"
    hull = "begin\n3 3 integer\n1 0 0\n1 1 0\n1 0 1\nend\nhull"
    assert parse_ext(hull) == parse_ext("V-representation\n" + hull.removesuffix("hull"))


def test_ext_errors():
    with pytest.raises(LinearSystemError, match=r"line 4: a generator starts with 2; expected 1"):
        parse_ext("V-representation\nbegin\n1 2 rational\n2 3\nend")
    with pytest.raises(LinearSystemError, match="point 0 has 2 entries; expected 1"):
        Generators(("x",), ((Fraction(1), Fraction(2)),))


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(st.binary(max_size=60), st.text("0123x y/<=>+-*.#\n:aberginvs", max_size=60).map(str.encode))
)
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(LinearSystemError):
        assert parse_system(data, "file").dimension >= 0


def test_ext_files_are_read_as_their_facets():
    text = format_ext(
        Generators(("x", "y"), ((Fraction(0),) * 2, (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))))
    )
    assert sorted(str(parse_system(text.encode(), "f")).splitlines()) == ["x + y <= 1", "x >= 0", "y >= 0"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.5, "float 0.5; expected an exact rational"),
        (float("nan"), "nan; expected a rational"),
        (float("inf"), "inf; expected a rational"),
        ("1e99999", "'1e99999'"),
        (True, "type bool"),
        (None, "type NoneType"),
    ],
)
def test_only_exact_numbers_are_taken(number, words):
    with pytest.raises(LinearSystemError, match=r".") as caught:
        LinearSystem.build(["x"], [({"x": number}, ">=", 0)])
    assert words in str(caught.value)
    assert "coefficient of x in constraint 0" in str(caught.value)


def test_exact_numbers_of_other_libraries_are_taken():
    system = LinearSystem.build(
        ["x"], [({"x": flint.fmpq(1, 2)}, ">=", flint.fmpz(3)), ({"x": "2/3"}, "<", 1)]
    )
    assert str(system) == "1/2 x >= 3\n2/3 x < 1"


def test_ill_formed_systems_are_refused():
    with pytest.raises(LinearSystemError, match="listed twice"):
        LinearSystem(("x", "x"), ())
    with pytest.raises(LinearSystemError, match="non-empty name"):
        LinearSystem(("",), ())
    with pytest.raises(LinearSystemError, match="has 1 coefficients; expected 2"):
        LinearSystem(("x", "y"), (Constraint((Fraction(1),), Fraction(0), ">="),))
    with pytest.raises(LinearSystemError, match="relation '<='"):
        Constraint((), Fraction(0), "<=")
    with pytest.raises(LinearSystemError, match="relation '!='"):
        LinearSystem.build(["x"], [({"x": 1}, "!=", 0)])
    with pytest.raises(LinearSystemError, match="no value for y"):
        parse_text("x + y >= 0").contains({"x": 1})
    with pytest.raises(LinearSystemError, match="expected it eliminated"):
        parse_text("x + y >= 0").over(["x"])
