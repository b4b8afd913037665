package shapes_test

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// TestHeavy: what takes a large Debian and seconds to start: SHAPES_HEAVY=1. Their
// kinds are all among the other rows, by stand-ins.
func TestHeavy(t *testing.T) {
	if os.Getenv("SHAPES_HEAVY") == "" {
		t.Log("not asked for: SHAPES_HEAVY=1")
		return
	}
	t.Parallel()
	rows(t, []shape{
		{
			name: "rabbitmq-server", heavy: true, argv: []string{"rabbitmq-server"}, grace: 20 * time.Second,
			env: []string{"RABBITMQ_LOGS=/t/rabbit.log", "RABBITMQ_NODENAME=rabbit@localhost"}, up: "beam.smp",
			before: func(c *container) { c.logged("rabbit.log", "Server startup complete") }, status: "0|143", atMost: 18*time.Second + noise,
			logged: map[string]string{"rabbit.log": "transient' is stopped"}, never: []string{`msg="drain report".* program=epmd`, `leftovers_killed=true`},
		},
		{
			name: "ejabberdctl foreground", heavy: true, argv: []string{"ejabberdctl", "foreground"}, grace: 20 * time.Second, up: "beam.smp",
			env:    []string{"EJABBERD_LOG_PATH=/t/ejabberd.log"},
			before: func(c *container) { c.logged("ejabberd.log", "is started in the node") }, status: "0|143", atMost: 18*time.Second + noise,
			logged: map[string]string{"ejabberd.log": "ejabberd .*is stopped"}, never: []string{`msg="drain report".* program=epmd`, `leftovers_killed=true`},
		},
		{
			name: "npm start", heavy: true, argv: []string{"npm", "start"}, files: heavyNPM(`node /srv/server.js`), env: quietNPM,
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", status: "0|143",
		},
		{
			name: "npm start and more", heavy: true, argv: []string{"npm", "start"}, files: heavyNPM(`node /srv/server.js; mark next`), env: quietNPM,
			gets: "8080/5s", told: map[string]string{"node": "TERM"}, lines: "node done", status: "143",
		},
		{
			name: "JVM behind a shell", heavy: true, script: `/usr/bin/java -XX:+UseSerialGC -m java.rmi/sun.rmi.registry.RegistryImpl 1099; mark next`,
			passed: syscall.SIGQUIT, up: "java", before: func(c *container) { c.listens(1099) }, status: "143", says: []string{"Full thread dump"},
		},
	})
}

var quietNPM = []string{"npm_config_update_notifier=false", "npm_config_cache=/tmp/npm"}

// heavyNPM is a package.json for the real npm.
func heavyNPM(start string) map[string]string {
	return map[string]string{"/t/package.json": npmFiles(start, "true")["/t/package.json"]}
}

// logged waits for words in a file of /t.
func (c *container) logged(file, words string) {
	c.soon(file+" has "+words, func() bool { return matches(words, c.read(file)) })
}

// listens waits until somebody does.
func (c *container) listens(port int) {
	c.soon("a listener on "+itoa(port), func() bool {
		conn, err := c.dial(port)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}
