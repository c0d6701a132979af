"""The explorer's server: the page, and four questions that it may ask."""

from __future__ import annotations

import secrets
import socket
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from semialg.errors import SemialgError
from semialg.explore.guard import Guard
from semialg.explore.view import atlas_rows, data_view, neighbours, view
from semialg.solvers.child import run_in_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

__all__ = ["application", "asset", "serve"]

_TYPES = {"page.css": "text/css", "page.js": "text/javascript", "drawing.js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_AT_ONCE = 2
_MEMORY = 2048


def asset(name: str) -> str:
    """Return a file of the page.

    Examples
    --------
    >>> asset("page.html").startswith("<!doctype html>")
    True
    """
    return files("semialg.explore").joinpath(name).read_text(encoding="utf-8")


def application(port: int, token: str, time_limit: float) -> Starlette:
    """Return the guarded application.

    Parameters
    ----------
    port
        Where it will be served; requests for another are refused.
    token
        What every question must carry.
    time_limit
        Seconds for one question; at most two are worked on at once, each in a child process.
    """
    places = anyio.Semaphore(_AT_ONCE)

    async def answer(request: Request, function: Callable[..., Any], *more: Any) -> Response:
        try:
            text = (await request.json())["pattern"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return _json(
                {"error": 'the question is not understood; expected {"pattern": "10/11*11/01"}'}, 400
            )
        if not isinstance(text, str):
            return _json({"error": "the pattern is not a text; expected rows such as 10/11*11/01"}, 400)
        work = partial(run_in_child, function, (text, *more), time_limit=time_limit + 5, memory_limit=_MEMORY)
        async with places:
            try:
                return _json(await run_in_threadpool(work))
            except SemialgError as error:
                return _json({"error": str(error)}, 422)

    async def page(_: Request) -> Response:
        return Response(asset("page.html"), media_type="text/html", headers=_HEADERS)

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _TYPES:
            return Response("there is no such page\n", 404, headers=_HEADERS, media_type="text/plain")
        return Response(asset(name), media_type=_TYPES[name], headers=_HEADERS)

    async def ask_view(request: Request) -> Response:
        return await answer(request, view, time_limit)

    async def ask_data(request: Request) -> Response:
        return await answer(request, data_view)

    async def ask_neighbours(request: Request) -> Response:
        return await answer(request, neighbours)

    async def ask_atlas(_: Request) -> Response:
        return _json(await run_in_threadpool(atlas_rows))

    routes = [
        Route("/", page),
        Route("/api/check", ask_view, methods=["POST"]),
        Route("/api/dataset", ask_data, methods=["POST"]),
        Route("/api/neighbours", ask_neighbours, methods=["POST"]),
        Route("/api/atlas", ask_atlas),
        Route("/{name}", part),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, port=port, token=token)])


def _json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers=_HEADERS)


def serve(port: int, time_limit: float, on_ready: Callable[[str], None]) -> None:
    """Serve the explorer on the loopback interface until it is interrupted.

    Parameters
    ----------
    port
        The port; 0 takes a free one.
    time_limit
        Seconds for one question.
    on_ready
        Called with the link, which holds the token, as soon as requests are accepted.

    Raises
    ------
    OSError
        If the port is taken or may not be used.
    """
    token = secrets.token_urlsafe(24)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        port = listening.getsockname()[1]
        config = uvicorn.Config(application(port, token, time_limit), log_level="error", lifespan="off")
        on_ready(f"http://127.0.0.1:{port}/#token={token}")
        uvicorn.Server(config).run(sockets=[listening])
