package docker_test

import (
	"strings"
	"testing"
)

// OpenShift gives each namespace users of its own, with the group 0 and no
// line in any passwd.
func TestUnknownUserWithGroupZero(t *testing.T) {
	t.Parallel()
	c := startReady(t, image(t, scratchImage),
		append(hardened(publish(serverPort, probePort)...), "--user", "1000650000:0"),
		"/helper", "serve", "-on-term", "drain")
	expectReady(t, c)
	c.stop()
	c.expectStatus(0)
}

// drainit runs as root and the program, after gosu or su-exec, as somebody
// else: its descriptors cannot be read, its ports are found by uid, and the
// stop signal needs CAP_KILL.
func TestChildOfAnotherUser(t *testing.T) {
	root := func(capabilities ...string) []string {
		flags := append(publish(serverPort, probePort), "--read-only", "--cap-drop", "ALL")
		for _, capability := range append(capabilities, "SETUID", "SETGID") {
			flags = append(flags, "--cap-add", capability)
		}
		return flags
	}
	program := []string{"/helper", "as", "65534", "/helper", "serve", "-on-term", "drain"}

	t.Run("with CAP_KILL", func(t *testing.T) {
		t.Parallel()
		c := startReady(t, image(t, scratchImage), root("KILL"), program...)
		expectReady(t, c)
		c.stop()
		c.expectStatus(0)
	})
	t.Run("without", func(t *testing.T) {
		t.Parallel()
		c := startReady(t, image(t, scratchImage), root(), program...)
		expectReady(t, c)
		c.stop("--time", "2")
		c.expectStatus(137) // by Docker
		stdout, stderr := c.logs()
		if strings.Contains(stdout, "caught 15 ") {
			t.Errorf("stdout %q: want no SIGTERM to have arrived", stdout)
		}
		expectText(t, "stderr", stderr, "CAP_KILL")
	})
}

// A program with file capabilities is not dumpable, so that its descriptors
// cannot be read even by its own user: again its ports are found by uid.
func TestChildWithFileCapabilities(t *testing.T) {
	t.Parallel()
	capable := newImage(t, `
		FROM `+image(t, scratchImage)+`
		RUN ["/helper", "may-bind", "/helper"]`, nil)
	flags := append(publish("80", probePort), "--user", "65534:65534", "--read-only",
		"--cap-drop", "ALL", "--cap-add", "NET_BIND_SERVICE",
		"--sysctl", "net.ipv4.ip_unprivileged_port_start=1024")
	c := startReady(t, capable, flags, "/helper", "serve", "-listen", ":80", "-on-term", "drain")
	stdout, _, _ := c.exec("/helper", "see-fds")
	expectText(t, "see-fds", stdout, "unseen") // or this test proves nothing
	expectReady(t, c)
	c.stop()
	c.expectStatus(0)
}
