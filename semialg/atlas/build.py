"""Build an atlas: decide one representative of every orbit, and keep every answer at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise, product
from math import exp, lgamma, log, prod
from typing import TYPE_CHECKING

from semialg.atlas.pool import in_any_order
from semialg.atlas.store import Store
from semialg.atlas.work import decide_entry, fault_of
from semialg.errors import ArgumentError
from semialg.pattern.orbits import orbit_count, orbits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from os import PathLike

    from semialg.atlas.pool import Crew
    from semialg.atlas.store import Entry

__all__ = ["Fault", "build", "sizes_up_to", "verify"]


def sizes_up_to(widths: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return all widths that are nowhere larger, one of each and its reverse, smallest products first.

    Examples
    --------
    >>> sizes_up_to((2, 1, 2))
    [(1, 1, 1), (1, 1, 2), (2, 1, 2)]
    """
    every = product(*(range(1, width + 1) for width in widths))
    chosen = {min(size, size[::-1]) for size in every}
    return sorted(chosen, key=lambda size: (sum(a * b for a, b in pairwise(size)), size))


def build(
    path: str | PathLike[str],
    widths: tuple[int, ...],
    crew: Crew,
    *,
    time_limit: float = 60.0,
    memory_limit: int | None = None,
    retry_unknown: bool = False,
    version: str = "",
    on_progress: Callable[[int, int, Entry | None], None] | None = None,
) -> int:
    """Decide one representative of every orbit of these widths and of all smaller ones.

    Entries that the file already has are left alone, so that a build that was stopped, even by
    ``kill -9``, goes on where it was.

    Parameters
    ----------
    path
        The file; made if it is not there.
    widths
        Output dimension, hidden widths, input dimension.
    crew
        Where to work.
    time_limit, memory_limit
        For each pattern: seconds, and megabytes or None.
    retry_unknown
        Whether to try undecided entries again, say after the engine has become better.
    version
        What is noted in the file as the version of semialg.
    on_progress
        Called with the number of finished entries, their final number, and the entry that was just
        finished (None at the start).

    Returns
    -------
    int
        How many entries this run has added or tried again.

    Raises
    ------
    ArgumentError
        If there are more than a hundred million patterns of these widths up to relabeling, or too
        many to count.
    """
    _refuse_too_many(widths)
    sizes = sizes_up_to(widths)
    with Store(path, create=True) as store:
        for size in sizes:
            store.plan(size, orbit_count(size, transpose=True))
        run = store.start_run(version)
        done = {size: store.finished(size, but_unknown=retry_unknown) for size in sizes}
        total = sum(orbit_count(size, transpose=True) for size in sizes)
        finished = sum(map(len, done.values()))
        report = on_progress or (lambda _done, _total, _entry: None)
        report(finished, total, None)
        count = 0
        tasks = ((text, time_limit, memory_limit) for text in _missing(done))
        for entry in in_any_order(crew, decide_entry, tasks):
            store.add(entry, run)
            count += 1
            report(finished + count, total, entry)
        store.compact()
    return count


_MOST_PATTERNS = 10**8
_MOST_TYPES = 10**7
_MOST_WIDTH = 60


def _refuse_too_many(widths: tuple[int, ...]) -> None:
    """Refuse a size before anything is planned for it.

    Every orbit has at most as many patterns as there are relabelings, transposition among them; so there are
    at least so many orbits, and counting them exactly may take very long itself.
    """
    shown = "x".join(map(str, widths))[:80]
    relabelings = sum(lgamma(width + 1) for width in widths) + log(2)
    least = sum(a * b for a, b in pairwise(widths)) * log(2) - relabelings
    if least > log(_MOST_PATTERNS):
        about = f"{int(exp(least))}" if least < log(10**12) else f"10^{int(least / log(10))}"
        raise ArgumentError(
            f"there are at least {about} patterns of widths {shown} up to relabeling, and an atlas lists "
            f"them all; expected widths with at most {_MOST_PATTERNS}"
        )
    if max(widths) > _MOST_WIDTH or prod(map(_partitions, widths)) > _MOST_TYPES:
        raise ArgumentError(
            f"the patterns of widths {shown} are too many types of relabelings to be counted; expected "
            f"widths up to {_MOST_WIDTH}, and few large ones"
        )


def _partitions(number: int) -> int:
    """Return the number of partitions, the cycle types of that many things."""
    ways = [1] + [0] * number
    for part in range(1, number + 1):
        for total in range(part, number + 1):
            ways[total] += ways[total - part]
    return ways[number]


def _missing(done: dict[tuple[int, ...], set[str]]) -> Iterator[str]:
    for size, known in done.items():
        if len(known) < orbit_count(size, transpose=True):
            for pattern in orbits(size, transpose=True):
                text = pattern.to_inline()
                if text not in known:
                    yield text


@dataclass(frozen=True)
class Fault:
    """Something wrong with an atlas: the pattern or the widths concerned, and what it is."""

    where: str
    what: str


def verify(
    path: str | PathLike[str], crew: Crew, *, on_progress: Callable[[int, int], None] | None = None
) -> list[Fault]:
    """Return the faults of an atlas; none if all is well.

    The independent checker judges every certificate again, and every planned size must have as many
    entries as Burnside's lemma counts orbits.
    """
    report = on_progress or (lambda _done, _total: None)
    faults: list[Fault] = []
    with Store(path) as store:
        present: dict[tuple[int, ...], int] = {}
        total = sum(store.counts().values())
        for at, (entry, fault) in enumerate(_judged(crew, store.entries()), 1):
            present[entry.widths] = present.get(entry.widths, 0) + 1
            faults += [Fault(entry.pattern, fault)] if fault else []
            report(at, total)
        for size in store.sizes():
            found, expected = present.get(size, 0), orbit_count(size, transpose=True)
            if found != expected:
                widths = "x".join(map(str, size))
                faults.append(Fault(widths, f"{found} entries; expected {expected}, one for each orbit"))
    return faults


_CHUNK = 50


def _judged(crew: Crew, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    stream = iter(entries)
    while chunk := list(islice(stream, _CHUNK * crew.size)):
        yield from zip(chunk, crew.executor.map(fault_of, chunk, chunksize=_CHUNK), strict=True)
