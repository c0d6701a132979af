"""What all tests share: the profiles of property-based tests, and processes that a terminal can interrupt.

``SEMIALG_HYPOTHESIS=thorough`` asks for the long runs; ``ci`` is taken where the variable CI is set, ``dev``
elsewhere. No profile has a deadline for one example: how long it takes depends on what else the machine does.
"""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("SEMIALG_HYPOTHESIS", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(autouse=True)
def _interruptible() -> None:
    """Let every process that a test starts be interrupted.

    A suite started by nohup, or in the background of a shell, ignores SIGINT; its children inherit that,
    and Python then installs no handler that raises KeyboardInterrupt.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
