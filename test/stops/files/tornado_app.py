# /sleep/N takes N s.
import asyncio

import tornado.web


class Answer(tornado.web.RequestHandler):
    async def get(self, path):
        if path.startswith("sleep/"):
            await asyncio.sleep(int(path[6:]))
        self.write("ok\n")


async def main():
    tornado.web.Application([(r"/(.*)", Answer)]).listen(8080)
    await asyncio.Event().wait()


asyncio.run(main())
