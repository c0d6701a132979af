"""The explorer: a page on this machine where patterns are drawn and verdicts looked at.

What enters is a pattern as text (inline rows or a named family, never a path); what leaves is one JSON object
with all that the page shows. Open ``view.py`` first: it asks :func:`semialg.check` and the checker like
everybody else, and adds no mathematics. ``app.py`` serves it on the loopback interface alone, behind the
checks of ``guard.py``. ``page.html``, ``page.css``, ``page.js`` and ``drawing.js`` are the page.
"""
