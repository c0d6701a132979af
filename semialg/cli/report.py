"""The verdict for a human reader: what it means for training first, the theory last."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from semialg.certificates.naming import laurent, sparse_matrix
from semialg.certificates.obstruction import obstruction_of
from semialg.certificates.prose import Equation, Grid, Math, listing, mask_grid, number
from semialg.certificates.render_text import render_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.text import Text

    from semialg.algebra.laurent import LaurentMatrix
    from semialg.certificates.obstruction import Obstruction
    from semialg.closedness.engine import Stage
    from semialg.pattern.pattern import Pattern

__all__ = ["print_curve", "print_report", "reading_console"]

_LARGEST_PICTURE = 20
_LARGEST_MATRIX = 8
_WIDEST_TEXT = 88

_CELLS = {"block": "██", "one": "▒▒", "zero": "··"}
_LETTERS = {"block": "##", "one": "x ", "zero": ". "}


def reading_console() -> Console:
    """Return a console for text: colors only on a terminal that wants them, prose at a readable width."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False, markup=False)
    return (
        console
        if console.width <= _WIDEST_TEXT
        else Console(highlight=False, emoji=False, markup=False, width=_WIDEST_TEXT)
    )


def print_report(
    console: Console, verdict: Mapping[str, Any], pattern: Pattern, name: str, trace: Sequence[Stage] = ()
) -> None:
    """Print a verdict.

    Parameters
    ----------
    console
        Where to print.
    verdict
        The JSON object of the verdict (docs/commands/check.md).
    pattern, name
        The pattern, and how the user wrote it.
    trace
        What was tried; printed where it is not empty.
    """
    from rich.text import Text

    style, title, opening = _OPENINGS[verdict["verdict"]]
    console.print(Text.assemble((f"{title}  ", f"bold {style}"), (name, "bold")), soft_wrap=True)
    console.print()
    _say(console, opening)
    certificate = verdict["certificate"]
    obstruction = None
    if verdict["verdict"] == "not_closed" and certificate is not None:
        obstruction = obstruction_of(certificate["proof"], pattern)
    if obstruction is not None:
        _print_obstruction(console, obstruction, pattern)
    _say(console, _checked(verdict))
    training = verdict["training"]
    _say(
        console,
        f"ReLU training on finite data: {_FINITE[training['finite_data']]}. "
        f"Functions on a bounded domain: {_BOUNDED[training['bounded_domain']]}. "
        f"{_sentence(training['reason'])}",
    )
    _say(
        console,
        f"Theory: {_THEORY[verdict['verdict']]} Method: {verdict['method']}. {_sentence(verdict['reason'])}",
    )
    if trace:
        _print_trace(console, trace)
    _print_next(console, verdict, name, sequence=obstruction is not None)


_OPENINGS = {
    "closed": (
        "green",
        "CLOSED",
        (
            "Nothing is lost in the limit: the set of products with these masks contains its limits, so "
            "fitting a matrix by such a product always has an optimum."
        ),
    ),
    "not_closed": (
        "red",
        "NOT CLOSED",
        (
            "Your loss may have no minimizer. On suitable data it goes down for ever towards a value that no "
            "weights attain, and on the way there the weights blow up."
        ),
    ),
    "unknown": (
        "yellow",
        "UNKNOWN",
        "semialg could not decide whether training with this pattern always has an optimum.",
    ),
}

_FINITE = {
    "always": "there is always an optimum",
    "may_fail": "there are data sets without an optimum",
    "unknown": "not decided",
}
_BOUNDED = {"closed": "a closed set", "not_closed": "not a closed set", "unknown": "not decided"}
_THEORY = {
    "closed": "the set E of products is closed.",
    "not_closed": "the set E of products is not closed.",
    "unknown": "whether the set E of products is closed is open here.",
}


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else text + "."


def _say(console: Console, text: str) -> None:
    from rich.text import Text

    console.print(Text(textwrap.fill(text.strip(), console.width)), soft_wrap=True)
    console.print()


def _checked(verdict: Mapping[str, Any]) -> str:
    match verdict["checked"]:
        case "valid":
            return "Checked: valid. The independent checker has re-verified every step of the proof."
        case "holey":
            return (
                "Checked: holey. The independent checker has re-verified the proof except for steps that "
                "rest on a solver's word (see the reason below)."
            )
        case _:
            return "There is no proof to check."


def _print_obstruction(console: Console, found: Obstruction, pattern: Pattern) -> None:
    names = found.names
    if found.whole:
        where = "The whole pattern is involved."
    else:
        hidden = "; ".join(listing(k + 1 for k in units) for units in names.labels[1:-1])
        where = (
            f"The block that causes it: output rows {listing(i + 1 for i in names.labels[0])}, hidden units "
            f"{hidden}, input columns {listing(j + 1 for j in names.labels[-1])} (counted from 1)."
        )
    _say(console, where)
    if max(pattern.widths) <= _LARGEST_PICTURE:
        _print_picture(console, found, pattern)
    elif max(found.pattern.widths) <= _LARGEST_PICTURE:
        _print_blocks(console, [_masks(found)])
    if max(found.pattern.widths) <= _LARGEST_MATRIX:
        print_curve(console, found)
    else:
        _say(console, "Its target and its sequence are too large to show here; they are in the certificate.")


def _print_picture(console: Console, found: Obstruction, pattern: Pattern) -> None:
    """Print all masks, the block of the obstruction in full cells."""
    from rich.text import Text

    cells = _LETTERS if console.options.ascii_only else _CELLS
    kept = [frozenset(labels) for labels in found.names.labels]
    boxes: list[list[Text]] = []
    for at, mask in enumerate(pattern.masks):
        name = found.names.mask(at).text
        lines = [Text(f"{name}: {mask.rows} x {mask.columns}".ljust(2 * mask.columns))]
        for i in range(mask.rows):
            ones = set(mask.row(i))
            line = Text()
            for j in range(mask.columns):
                inside = i in kept[at] and j in kept[at + 1]
                kind = "zero" if j not in ones else "block" if inside else "one"
                line.append(cells[kind], style="red" if kind == "block" else "dim" if kind == "zero" else "")
            lines.append(line)
        width = max(line.cell_len for line in lines)
        for line in lines:
            line.pad_right(width - line.cell_len)
        boxes.append(lines)
    for row in _side_by_side(boxes, console.width - 4):
        console.print(Text("    ") + row, no_wrap=True, crop=False)
    console.print()


def _side_by_side(boxes: list[list[Text]], width: int) -> list[Text]:
    """Return boxes of lines next to each other, continued below where they do not fit."""
    from rich.text import Text

    shelves: list[list[list[Text]]] = [[]]
    used = 0
    for box in boxes:
        wide = box[0].cell_len + 3
        if shelves[-1] and used + wide > width:
            shelves.append([])
            used = 0
        shelves[-1].append(box)
        used += wide
    lines: list[Text] = []
    for number_of_shelf, shelf in enumerate(shelves):
        if number_of_shelf:
            lines.append(Text())
        for at in range(max(len(box) for box in shelf)):
            line = Text()
            for box in shelf:
                line.append_text(box[at] if at < len(box) else Text(" " * box[0].cell_len))
                line.append("   ")
            line.rstrip()
            lines.append(line)
    return lines


def _masks(found: Obstruction) -> Equation:
    pieces: list[Math | Grid] = []
    for at, mask in enumerate(found.pattern.masks):
        pieces += [("   " if at else "") + found.names.mask(at) + " = ", mask_grid(mask.to_lists())]
    return Equation(tuple(pieces))


def _print_blocks(console: Console, equations: list[Equation]) -> None:
    console.print(render_text(equations, console.width), soft_wrap=True)
    console.print()


def print_curve(console: Console, found: Obstruction) -> None:
    """Print the target, the factors as functions of t, and their product."""
    names = found.names
    on_block = "" if found.whole else " on this block"
    _say(console, f"No weights give the target A{on_block}:")
    target = {(i, j): number(v) for i, row in enumerate(found.target) for j, v in enumerate(row)}
    shape = (len(found.target), len(found.target[0]))
    _print_blocks(console, [Equation((Math("A = ", "A = "), sparse_matrix(*shape, target)))])
    growth = f"like 1/t^{found.growth}" if found.growth > 1 else "like 1/t"
    rate = found.rate
    error = "" if rate is None else f" (the error shrinks like {'t' if rate == 1 else f't^{rate}'})"
    _say(
        console,
        f"but the product of these weights tends to it as t goes to 0{error}, while weights grow {growth}:",
    )
    pieces: list[Math | Grid] = []
    for at, factor in enumerate(found.curve):
        pieces += [("   " if at else "") + names.factor(at) + "(t) = ", _grid(factor)]
    _print_blocks(
        console, [Equation(tuple(pieces)), Equation((names.product("(t)") + " = ", _grid(found.product)))]
    )


def _grid(matrix: LaurentMatrix) -> Grid:
    return sparse_matrix(*matrix.shape, {place: laurent(e.to_json()) for place, e in matrix.items()})


def _print_trace(console: Console, trace: Sequence[Stage]) -> None:
    from rich.text import Text

    wide = max(len(stage.name) for stage in trace)
    _say(console, "What was tried:")
    for stage in trace:
        console.print(
            Text(f"  {stage.name.ljust(wide)}  {stage.seconds:8.3f} s  {stage.result}"), soft_wrap=True
        )
    console.print()


def _print_next(console: Console, verdict: Mapping[str, Any], name: str, *, sequence: bool) -> None:
    from rich.text import Text

    lines = {
        "not_closed": [
            *([(f"semialg witness {name}", "the weights blowing up, as a table")] if sequence else []),
            (f"semialg explain {name}", "the proof"),
        ],
        "closed": [(f"semialg explain {name}", "the proof")],
        "unknown": [
            (f"semialg export {name} --sentence closedness-entry --negate", "the question, for a solver")
        ],
    }[verdict["verdict"]]
    wide = max(len(command) for command, _ in lines) + 3
    for command, meaning in lines:
        console.print(Text(f"  {command.ljust(wide)}{meaning}"), soft_wrap=True)
    done = "Stopped after" if verdict["verdict"] == "unknown" else "Decided and checked in"
    console.print(Text(f"\n{done} {verdict['seconds']:.2f} s.", style="dim"))
