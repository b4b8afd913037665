package shapes_test

import (
	"encoding/json"
	"strings"
)

// serverFiles are the settings of the servers, in every container. Each answers
// one request in some 5 s, at an even rate: nginx /big, the others /5s.
var serverFiles = map[string]string{
	"/srv/big":                  strings.Repeat("x", 600<<10),
	"/etc/nginx/nginx.conf":     nginx("nginx", "8080", "daemon off;"),
	"/etc/nginx/second.conf":    nginx("second", "8081", "daemon off;"),
	"/etc/nginx/daemon.conf":    nginx("nginx", "8080", ""),
	"/var/log/nginx/access.log": "", "/var/log/nginx/error.log": "", // whoever writes
	"/etc/hosts":     "127.0.0.1 localhost\n",
	"/srv/app.py":    gunicornApp,
	"/srv/server.js": nodeServer,
}

// nginx is a configuration: what its master does with signals is in /t/NAME.err.
func nginx(name, port, more string) string {
	return strings.NewReplacer("NAME", name, "PORT", port, "MORE", more).Replace(`
MORE
user root;
worker_processes 1;
pid /t/NAME.pid;
error_log /t/NAME.err notice;
events { worker_connections 64; }
http {
	access_log /var/log/nginx/access.log;
	client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
	server {
		listen PORT;
		root /srv;
		limit_rate 100k;
		limit_rate_after 0;
	}
}
`)
}

// apacheFiles make Debian's apache2 do what nginx does.
var apacheFiles = map[string]string{
	"/etc/apache2/ports.conf": "Listen 8080\n",
	"/etc/apache2/sites-enabled/000-default.conf": `
LoadModule ratelimit_module /usr/lib/apache2/modules/mod_ratelimit.so
ServerName localhost
ErrorLog /t/apache2.log
<VirtualHost *:8080>
	DocumentRoot /srv
	<Directory /srv>
		Require all granted
		SetOutputFilter RATE_LIMIT
		SetEnv rate-limit 120
	</Directory>
</VirtualHost>
`,
}

const gunicornApp = `
import time

def app(environ, start_response):
    n = int(environ['PATH_INFO'].strip('/s') or 0) * 100
    start_response('200 OK', [('Content-Length', str(n * 1024))])
    def body():
        for i in range(n):
            yield b'x' * 1024
            time.sleep(0.01)
    return body()
`

// nodeServer drains on SIGTERM, as node servers that drain do, and writes what
// it does to standard output.
const nodeServer = `
const fs = require('fs')
const note = line => fs.appendFileSync('/t/diary', line + '\n')
const server = require('http').createServer((req, res) => {
	let n = parseInt(req.url.slice(1)) * 100
	res.writeHead(200, {'Content-Length': n * 1024})
	const timer = setInterval(() => {
		console.log('{"level":30,"left":' + n + '}')
		res.write('x'.repeat(1024))
		if (--n == 0) { clearInterval(timer); res.end() }
	}, 10)
})
process.on('SIGTERM', () => {
	note('node got TERM')
	console.log('stopping')
	server.close(() => { console.log('closed'); note('node done'); process.exit(0) })
})
server.listen(8080, () => note('node ready'))
`

// phpFiles are php-fpm behind nginx. Without a limit for it php-fpm cuts, whatever
// it is told.
var phpFiles = map[string]string{
	"/etc/php/8.2/fpm/php-fpm.conf": `
[global]
error_log = /t/fpm.log
process_control_timeout = 8s
[www]
user = www-data
group = www-data
listen.owner = root
listen = /run/fpm.sock
pm = static
pm.max_children = 2
`,
	"/srv/slow.php": "<?php header('Content-Length: 51200'); for ($i = 0; $i < 50; $i++) { echo str_repeat('x', 1024); flush(); usleep(100000); }\n",
	"/etc/nginx/nginx.conf": strings.Replace(nginx("nginx", "8080", "daemon off;"), "root /srv;", `root /srv;
		location ~ \.php$ { include fastcgi_params; fastcgi_param SCRIPT_FILENAME /srv$fastcgi_script_name; fastcgi_pass unix:/run/fpm.sock; fastcgi_buffering off; gzip off; }`, 1),
}

// npmFiles are a package.json, and an npm that does with it what @npmcli/run-script
// does: a shell for each script, to which it passes SIGINT and SIGTERM on, and by
// whose signal it ends itself.
func npmFiles(start, prestart string) map[string]string {
	scripts, _ := json.Marshal(map[string]map[string]string{"scripts": {"start": withMarks(start), "prestart": withMarks(prestart)}})
	return map[string]string{"/t/package.json": string(scripts), "/usr/local/bin/npm": npm}
}

const npm = `#!/usr/bin/env node
const { spawn } = require('child_process')
const { scripts } = JSON.parse(require('fs').readFileSync('package.json'))
const event = process.argv[2]
process.title = 'npm ' + event
const run = name => new Promise((resolve, reject) => {
	if (!scripts[name]) return resolve()
	const shell = spawn('sh', ['-c', scripts[name]], { stdio: 'inherit' })
	const pass = signal => shell.kill(signal)
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass)
	shell.on('close', (code, signal) => {
		for (const s of ['SIGINT', 'SIGTERM']) process.off(s, pass)
		if (signal) { process.kill(process.pid, signal); setTimeout(() => reject(1), 500) }
		else if (code) reject(code)
		else resolve()
	})
})
run('pre' + event).then(() => run(event)).catch(code => process.exit(code))
`
