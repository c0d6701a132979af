"""The exit statuses of every command; scripts rely on them (docs/commands/index.md)."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Status", "VerifyStatus"]


class Status(IntEnum):
    """Exit statuses of ``semialg check`` and of everything that fails before it has an answer."""

    CLOSED = 0
    NOT_CLOSED = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    UNSUPPORTED = 5
    NOTHING_TO_SHOW = 6
    CRASH = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class VerifyStatus(IntEnum):
    """Exit statuses of ``semialg verify``."""

    VALID = 0
    INVALID = 1
    UNREADABLE = 2
    HOLEY = 4
    UNSUPPORTED = 5
