// Ten clients in one: each POSTs again and again on connections it keeps, until standard input ends. Then it says how
// many answers there were, and how many of them said that the connection closes.
const http = require('http');
const url = new URL(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
let stop = false, done = 0, closes = 0, running = 10;
process.stdin.on('end', () => { stop = true; }).resume();

function next(client, n) {
  if (stop) {
    if (--running === 0) { agent.destroy(); console.log(JSON.stringify({ done, closes })); }
    return;
  }
  const body = `${client} ${n} ` + 'x'.repeat(n % 5000);
  const request = http.request(url, { method: 'POST', agent, headers: { 'Content-Length': Buffer.byteLength(body) } }, (answer) => {
    let got = '';
    answer.on('data', (d) => { got += d; });
    answer.on('error', (e) => { console.error('answer', e.message); process.exit(1); });
    answer.on('end', () => {
      if (got !== body || answer.statusCode !== 200) { console.error('got', answer.statusCode, got); process.exit(1); }
      if (answer.headers.connection === 'close') closes++;
      if (++done === 300) console.log('going');
      setImmediate(next, client, n + 1);
    });
  });
  request.on('error', (e) => { console.error('request', e.message, e.code); process.exit(1); });
  request.end(body);
}
for (let i = 0; i < 10; i++) next(i, 0);
