"""The only traversal of formulas: an explicit stack with a memo, so neither depth nor sharing hurts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from semialg.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from semialg.logic.formula import Formula

__all__ = ["Rope", "emit", "emit_shared", "fold", "fold_in_context", "nodes"]

R = TypeVar("R")
C = TypeVar("C", bound="Hashable")

Rope: TypeAlias = "list[str | Rope]"
"""A text in pieces that may occur in several texts."""


def fold(root: Formula, combine: Callable[[Formula, Sequence[R]], R]) -> R:
    """Compute a value bottom-up: ``combine`` is given a node and the values of its children.

    Every distinct node object is visited once.

    Examples
    --------
    >>> from semialg.logic.formula import TRUE, negation, Not
    >>> deep = TRUE
    >>> for _ in range(10000):
    ...     deep = Not(deep)
    >>> fold(deep, lambda node, below: 1 + max(below, default=0))
    10001
    """
    return fold_in_context(
        root,
        None,
        lambda node, _: [(child, None) for child in node.children],
        lambda node, _, below: combine(node, below),
    )


def fold_in_context(
    root: Formula,
    context: C,
    expand: Callable[[Formula, C], Sequence[tuple[Formula, C]]],
    combine: Callable[[Formula, C, Sequence[R]], R],
) -> R:
    """Like :func:`fold`, with a hashable context that is passed down.

    ``expand`` says which children to visit and in which context; ``combine`` gets their values in that order.
    Every pair of a node object and a context is visited once.
    """
    values: dict[tuple[int, C], R] = {}
    # The children are kept alive on the stack or below the root, so their ids stay theirs during the walk.
    alive: list[Formula] = [root]
    stack: list[tuple[Formula, C, Sequence[tuple[Formula, C]] | None]] = [(root, context, None)]
    while stack:
        node, here, below = stack.pop()
        if (id(node), here) in values:
            continue
        if below is None:
            below = expand(node, here)
            if below:
                stack.append((node, here, below))
                for child, there in reversed(below):
                    alive.append(child)
                    stack.append((child, there, None))
                continue
        results = [values[id(child), there] for child, there in below]
        values[id(node), here] = combine(node, here, results)
    return values[id(root), context]


def nodes(root: Formula) -> Iterator[Formula]:
    """Iterate over the distinct node objects below a root, parents first."""
    seen = {id(root)}
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        for child in reversed(node.children):
            if id(child) not in seen:
                seen.add(id(child))
                stack.append(child)


_LARGEST_TEXT = 2_000_000


def emit(root: Formula, pieces: Callable[[Formula], Iterable[str | Formula]]) -> str:
    """Write a formula as text: ``pieces`` turns a node into strings and children, in order.

    Takes time linear in the length of the text, at any depth. Shared parts are written out each time.

    Raises
    ------
    FormulaError
        If the text would have more than two million nodes (heavy sharing, as nested equivalences give).
    """
    size = fold(root, lambda _, below: 1 + sum(below))
    if size > _LARGEST_TEXT:
        raise FormulaError(
            f"written out, the formula has {size} nodes; expected at most {_LARGEST_TEXT} (parts are shared)"
        )
    written: list[str] = []
    stack: list[str | Formula] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            written.append(item)
        else:
            stack.extend(reversed(list(pieces(item))))
    return "".join(written)


def emit_shared(
    root: Formula,
    pieces: Callable[[Formula], Iterable[str | Formula]],
    *,
    closes: Callable[[Formula], bool],
    worth: Callable[[Formula], bool],
    let: Callable[[Sequence[tuple[str, Rope]], Rope], Rope],
    name: Callable[[int], str],
) -> str:
    """Write a formula as text in which what occurs more than once is defined once, and named after that.

    Parameters
    ----------
    root, pieces
        As for :func:`emit`.
    closes
        Whether what is below a node is written on its own, with its own definitions: below a quantifier a
        name from outside would stand for a formula in other variables.
    worth
        Whether a part may be named; short ones are better repeated.
    let
        Puts definitions, pairs of a name and a text, before a text; texts are lists of strings and texts.
    name
        The name of the definition with a number.

    Raises
    ------
    FormulaError
        If the text would have more than two million pieces: what several scopes share is written in each.

    Notes
    -----
    Takes time linear in the number of pairs of a distinct node and a scope, and in the length of the text.
    """
    scopes: dict[int, Rope] = {}
    inside: dict[int, list[Formula]] = {}
    stack = [root]
    count = 0
    while stack:
        body = stack[-1]
        if id(body) in scopes:
            stack.pop()
        elif id(body) not in inside:
            inside[id(body)] = _in_scope(body, closes)
            inner = (child for node in inside[id(body)] if closes(node) for child in node.children)
            stack.extend(child for child in inner if id(child) not in scopes)
        else:
            found, definitions = _written(body, inside[id(body)], pieces, closes, worth, name, scopes, count)
            for level in sorted(definitions, reverse=True):
                count += len(definitions[level])
                found = let(definitions[level], found)
            scopes[id(body)] = found
            stack.pop()
    return _flat(scopes[id(root)])


def _in_scope(root: Formula, closes: Callable[[Formula], bool]) -> list[Formula]:
    """Return the distinct nodes of a scope, children before parents."""
    order: list[Formula] = []
    done: set[int] = set()
    stack: list[tuple[Formula, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            if not closes(node):
                stack.extend((child, False) for child in reversed(node.children))
    return order


def _written(
    root: Formula,
    inside: Sequence[Formula],
    pieces: Callable[[Formula], Iterable[str | Formula]],
    closes: Callable[[Formula], bool],
    worth: Callable[[Formula], bool],
    name: Callable[[int], str],
    scopes: Mapping[int, Rope],
    count: int,
) -> tuple[Rope, dict[int, list[tuple[str, Rope]]]]:
    """Return the text of one scope, and its definitions by level: each uses names of lower levels only."""
    uses: dict[int, int] = {}
    for node in inside:
        for child in () if closes(node) else node.children:
            uses[id(child)] = uses.get(id(child), 0) + 1
    texts: dict[int, Rope] = {}
    levels: dict[int, int] = {}
    definitions: dict[int, list[tuple[str, Rope]]] = {}
    for node in inside:
        below: Mapping[int, Rope] = scopes if closes(node) else texts
        text: Rope = [item if isinstance(item, str) else below[id(item)] for item in pieces(node)]
        level = max((levels.get(id(child), 0) for child in node.children), default=0)
        if node is not root and uses.get(id(node), 0) > 1 and worth(node):
            count += 1
            definitions.setdefault(level, []).append((name(count), text))
            text, level = [name(count)], level + 1
        texts[id(node)], levels[id(node)] = text, level
    return texts[id(root)], definitions


def _flat(rope: Rope) -> str:
    written: list[str] = []
    stack: list[Rope | str] = [rope]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            written.append(item)
            if len(written) > 4 * _LARGEST_TEXT:
                raise FormulaError(
                    f"written out, the formula has more than {4 * _LARGEST_TEXT} words; expected fewer "
                    "(parts are shared by several quantifiers)"
                )
        else:
            stack.extend(reversed(item))
    return "".join(written)
