// /sleep/N takes N s. With "drain" as its argument it closes on SIGTERM, else it leaves SIGTERM alone.
const server = require("http").createServer((request, response) => {
	const [, seconds] = request.url.match(/^\/sleep\/(\d+)/) ?? [0, 0];
	setTimeout(() => response.end("ok\n"), seconds * 1000);
});
server.listen(8080);
if (process.argv[2] === "drain") {
	process.on("SIGTERM", () => server.close());
}
