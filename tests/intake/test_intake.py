"""Every door refuses what has no end, no limit or no single meaning, in one sentence of the right class."""

import json
import os
import threading
import time
import zipfile
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg.errors import DataError, LinearSystemError, PatternError, SemialgError
from semialg.intake.archives import checked_members
from semialg.intake.json_text import read_json, strict_json
from semialg.intake.numbers import MOST_DIGITS, exact_number, read_number
from semialg.intake.sources import kind_of, read_bytes, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", Fraction(3)),
        (" -3/4 ", Fraction(-3, 4)),
        ("1/-2", Fraction(-1, 2)),
        ("-1/-2", Fraction(1, 2)),
        ("+1/+2", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-6", Fraction(1, 10**6)),
        ("-1.25E+2", Fraction(-125)),
        ("0e999999999", Fraction(0)),
        ("1e4", Fraction(10**4)),
        ("0" * 3000 + "7", Fraction(7)),
    ],
)
def test_numbers_are_read_exactly_as_they_stand(text, value):
    assert read_number(text, "x") == value


@pytest.mark.parametrize(
    "text",
    [
        "1e999999999",
        "1e-999999999",
        "1e" + "9" * 5000,
        "9" * 100_000,
        "1e-3000000",
        "1/" + "3" * 5000,
        "." + "1" * 5000,
    ],
)
def test_a_number_too_long_is_refused_before_it_is_made(text):
    with pytest.raises(PatternError, match=f"more than {MOST_DIGITS} digits") as caught:
        read_number(text, "--t", PatternError)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "e5",
        "1e",
        "1/0",
        "0/0",
        "nan",
        "inf",
        "1_000",
        "0x10",
        "1,5",
        "1/2/3",
        "1.5/2",
        "٣",
        "1 2",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(LinearSystemError, match=r"^row 1 is"):
        read_number(text, "row 1", LinearSystemError)


@given(st.fractions(), st.integers(-30, 30))
def test_every_rational_survives(value, power):
    assert read_number(str(value), "x") == value
    assert read_number(f"{value.numerator}e{power}", "x") == value.numerator * Fraction(10) ** power


@settings(deadline=None)
@given(st.text(alphabet="0123456789.eE+-/ _", max_size=12))
def test_the_reader_agrees_with_python_or_refuses(text):
    try:
        value = read_number(text, "x")
    except DataError:
        return
    if "/-" not in text and "/+" not in text:
        assert value == Fraction(text)


@pytest.mark.parametrize("value", [0.5, float("nan"), True, None, [1], 1j])
def test_only_exact_numbers_are_taken(value):
    with pytest.raises(DataError):
        exact_number(value, "x")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_devices_are_refused(device):
    with pytest.raises(DataError, match=f"^{device}: is a device"):
        read_bytes(device)


def test_a_file_is_read_up_to_the_limit(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(b"12345")
    assert read_bytes(path, most=5) == b"12345"
    with pytest.raises(DataError, match="has 5 bytes; expected at most 4"):
        read_bytes(path, most=4)
    for missing in (tmp_path, tmp_path / "absent", "a\0b"):
        with pytest.raises(DataError):
            read_bytes(missing)


def test_a_pipe_is_read_to_its_end_or_to_the_limit():
    for most, ends_well in ((10, True), (3, False)):
        reading, writing = os.pipe()
        os.write(writing, b"12345")
        os.close(writing)
        try:
            if ends_well:
                assert read_bytes(f"/dev/fd/{reading}", most=most) == b"12345"
            else:
                with pytest.raises(DataError, match="holds more than 3 bytes"):
                    read_bytes(f"/dev/fd/{reading}", most=most)
        finally:
            os.close(reading)


def test_bytes_that_are_no_text_are_named_by_line(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(b"one\ntwo\xff\n")
    with pytest.raises(DataError, match="line 2: holds bytes"):
        read_text(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 1}', "key 'a' twice"),
        ('{"b": {"c": 1, "c": 2}}', "key 'c' twice"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
        ("[NaN]", "holds NaN"),
        ("[-Infinity]", "holds -Infinity"),
        ("[" + "9" * 10_000 + "]", "thousands of digits"),
        ("[1", "is not JSON"),
        ("", "is not JSON"),
    ],
)
def test_json_is_strict(text, said, tmp_path):
    with pytest.raises(PatternError, match=said):
        strict_json(text.encode(), "the file", PatternError)
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(PatternError, match=f"^{path}: .*{said}"):
        read_json(path, error=PatternError)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(_VALUES)
def test_plain_json_is_read_as_it_is(value):
    assert strict_json(json.dumps(value), "the text") == value


def test_an_archive_is_looked_at_before_it_is_unpacked(tmp_path):
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(10**7))
    assert [member.filename for member in checked_members(bomb)] == ["a.npy"]
    with pytest.raises(DataError, match="expand to 10000000 bytes; expected at most 1000"):
        checked_members(bomb, most=1000)
    cut = tmp_path / "cut.npz"
    cut.write_bytes(bomb.read_bytes()[:-10])
    with pytest.raises(DataError, match="damaged"):
        checked_members(cut)


def test_an_archive_with_a_name_twice_is_refused(tmp_path):
    path = tmp_path / "twice.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.npy", b"2")
    with pytest.raises(DataError, match="twice"):
        checked_members(path)


@given(st.binary(max_size=80))
def test_a_stream_is_named_by_its_first_bytes(data):
    assert kind_of(data) in {"", ".json", ".npy", ".npz", ".pt", ".mtx", ".safetensors", ".onnx"}


def test_every_refusal_is_an_error_of_semialg():
    assert all(issubclass(kind, SemialgError) for kind in (DataError, PatternError, LinearSystemError))


def test_a_pipe_that_nobody_writes_to_is_not_waited_for_and_a_slow_writer_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="a pipe that nobody writes to"):
        read_bytes(pipe)
    writer = threading.Thread(target=lambda: (time.sleep(0.2), pipe.write_bytes(b"late")))
    writer.start()
    assert read_bytes(pipe) == b"late"
    writer.join()
