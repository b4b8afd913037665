// /slow takes 3 s. With "drain" as its argument it closes on SIGTERM, else it leaves SIGTERM alone.
const server = require("http").createServer((request, response) => {
	setTimeout(() => response.end("ok\n"), request.url === "/slow" ? 3000 : 0);
});
server.listen(8080);
if (process.argv[2] === "drain") {
	process.on("SIGTERM", () => server.close());
}
