"""Who may ask the explorer: the page that it served, on this machine, with the token of its link."""

from __future__ import annotations

from secrets import compare_digest
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LONGEST_BODY", "Guard"]

LONGEST_BODY = 64 * 1024
"""Bytes of a request."""


class Guard:
    """Refuse every request with another Host or Origin, without the token, of another type, or too long.

    A foreign Host is another name that resolves to this machine (DNS rebinding); a foreign Origin is a page
    of somebody else; only pages that know the token may ask questions. The token travels in the fragment of
    the link, which browsers send to nobody.

    Parameters
    ----------
    app
        What is guarded.
    port
        The port served.
    token
        What questions must carry, as ``Authorization: Bearer TOKEN``.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._bearer = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with 4xx or pass the request on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no other protocol is spoken here
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            status, reason = refusal
            await PlainTextResponse(f"refused: {reason}\n", status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[bytes, Any] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin")
        if host not in self._hosts:
            return 421, "another host"
        if origin is not None and origin.decode("latin-1") != f"http://{host}":
            return 403, "another origin"
        if not scope["path"].startswith("/api/"):
            return None
        if not compare_digest(headers.get(b"authorization", b""), self._bearer):
            return 401, "no token, or a wrong one; open the link that `semialg explore` printed"
        if scope["method"] == "POST" and headers.get(b"content-type") != b"application/json":
            return 415, "expected application/json"
        length = headers.get(b"content-length", b"0").decode("latin-1")
        if not length.isdigit() or int(length) > LONGEST_BODY or b"transfer-encoding" in headers:
            return 413, f"expected at most {LONGEST_BODY} bytes of stated length"
        return None
