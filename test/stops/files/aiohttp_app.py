# /sleep/N takes N s.
import asyncio

from aiohttp import web


async def answer(request):
    if request.path.startswith("/sleep/"):
        await asyncio.sleep(int(request.path[7:]))
    return web.Response(text="ok\n")


app = web.Application()
app.router.add_get("/{path:.*}", answer)
web.run_app(app, port=8080)
