package shapes_test

import "testing"

// quit is what nginx is told, once.
var quit = map[string]string{"nginx": "QUIT"}

// TestServing: a request in flight is completed, wherever in the tree its server
// is.
func TestServing(t *testing.T) {
	t.Parallel()
	rows(t, []shape{
		{name: "nginx", argv: []string{"nginx"}, gets: "8080/big", told: quit, program: "nginx", status: "0"},
		{
			name: "apache2ctl", argv: []string{"apache2ctl", "-DFOREGROUND"}, files: apacheFiles,
			gets: "8080/big", told: map[string]string{"apache2": "WINCH"}, program: "httpd",
		},
		{
			name: "gosu in a shell", script: `gosu nobody nginx; mark next`, shells: allShells,
			gets: "8080/big", told: quit, program: "nginx",
		},
		{
			name: "nginx in a shell", script: `nginx; mark next`, shells: allShells,
			gets: "8080/big", told: quit, program: "nginx",
		},
		{
			name: "a status that is said", script: `nginx; exit 3`, shells: allShells,
			gets: "8080/big", told: quit, program: "nginx", status: "3",
		},
		{
			name: "daemon and tail", script: `nginx -c /etc/nginx/daemon.conf && tail -f /var/log/nginx/access.log`, shells: allShells,
			gets: "8080/big", told: quit, program: "nginx",
		},
		{
			name: "wait -n", argv: []string{"bash", "-c", `nginx & sleep 1000 & wait -n; mark next`},
			gets: "8080/big", told: quit, program: "nginx",
		},
		{
			name: "wait -n as the last", argv: []string{"bash", "-c", `nginx & sleep 1000 & wait -n`},
			gets: "8080/big", told: quit, program: "nginx", status: "0|143",
		},
		{
			name: "two servers and wait -n", argv: []string{"bash", "-c", `gunicorn -b :8000 --chdir /srv app:app & nginx & wait -n`},
			gets: "8080/big 8000/5s", told: map[string]string{"nginx": "QUIT", "gunicorn": "TERM"}, status: "0|143",
		},
		{
			name: "EXIT trap", argv: []string{"bash", "-c", `trap "mark bye" EXIT; nginx; mark x`},
			gets: "8080/big", told: quit, program: "nginx", after: "bye", status: "143",
		},
		{
			name: "EXIT trap in sh", script: `trap "mark bye" EXIT; nginx; mark x`, shells: "dash busybox", afterAsTini: true,
			gets: "8080/big", told: quit, program: "nginx",
		},
		{
			name: "interrupted wait", script: `serve & P=$!; trap 'mark trap; kill -TERM $P' TERM; wait $P`, shells: allShells, // felddy/foundryvtt-docker#1523
			gets: "8080/5s", told: map[string]string{"serve": "TERM"}, lines: "serve done", after: "trap",
		},
		{name: "su", argv: []string{"su", "-c", "exec nginx"}, gets: "8080/big", told: quit, program: "nginx", status: "0|143"}, // kobo-docker#276
		{name: "runuser", argv: []string{"runuser", "-u", "root", "--", "nginx"}, gets: "8080/big", told: quit, program: "nginx", status: "0|143"},
		{name: "timeout", argv: []string{"timeout", "1000", "nginx"}, gets: "8080/big", told: quit, program: "nginx", status: "0|143|124"},
		{
			name: "sh > su > sh > server", script: `su nobody -s /bin/sh -c 'serve; mark inner'; mark outer`, shells: allShells, // as rabbitmq-server and ejabberdctl
			gets: "8080/5s", told: map[string]string{"serve": "TERM"}, lines: "serve done",
		},
		{
			name: "piped to cat", script: `node /srv/server.js | cat`, shells: allShells, // pino#357
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", says: []string{"stopping\n", "closed\n"}, status: "0|143",
		},
	})
}
