# An ASGI application: /sleep/N takes N s.
import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"].startswith("/sleep/"):
        await asyncio.sleep(int(scope["path"][7:]))
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"3")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n"})


application = app
