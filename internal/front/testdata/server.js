// Echoes bodies. An idle connection is closed after as many milliseconds as the argument says.
const http = require('http');
const server = http.createServer((request, answer) => {
  if (request.url === '/events') {
    answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
    answer.write('data: first\n\n');
    request.socket.on('close', () => console.log('closed'));
    return;
  }
  request.pipe(answer);
});
server.keepAliveTimeout = Number(process.argv[2]);
if ('keepAliveTimeoutBuffer' in server) server.keepAliveTimeoutBuffer = 0;
server.listen(0, '127.0.0.1', () => console.log(`${server.address().port}`));
