package docker_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowSize is the length of a response that takes about four seconds: the
// servers here are configured to send 100 KiB a second.
const slowSize = 400 << 10

// /slower takes two hundred seconds, for stops that cannot wait for it.

// serverFiles are the configurations of the servers, what they serve, and the
// scripts of the tests.
var serverFiles = map[string]string{
	"slow":       strings.Repeat("drainit\n", slowSize/8),
	"small":      "small\n",
	"entrypoint": "#!/bin/sh\nset -e\nexec \"$@\"\n",
	"forever":    "#!/bin/sh\necho ready\nwhile :; do sleep 1; done\n",
	"app.py": `
import time
def application(environ, start_response):
    pause = {"/slow": 0.1, "/slower": 5}.get(environ["PATH_INFO"], 0)
    body = open("/srv/slow" if pause else "/srv/small", "rb").read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    for part in range(0, len(body), 10240):
        time.sleep(pause)
        yield body[part:part + 10240]
`,
	"nginx.conf": `
events {}
http {
	server {
		listen 8080;
		root /srv;
		location /slow { limit_rate 100k; }
		location /slower { alias /srv/slow; limit_rate 2k; }
	}
}
`,
	"lighttpd.conf": `
server.port = 8080
server.document-root = "/srv"
connection.kbytes-per-second = 100
`,
	// Another one, behind haproxy.
	"backend.conf": `
server.port = 8081
server.document-root = "/srv"
connection.kbytes-per-second = 100
server.modules = ( "mod_alias" )
alias.url = ( "/slower" => "/srv/slow" )
$HTTP["url"] =~ "^/slower" { connection.kbytes-per-second = 2 }
`,
	"haproxy.cfg": `
defaults
	mode http
	timeout connect 5s
	timeout client 30s
	timeout server 30s
listen everything
	bind :8080
	server backend 127.0.0.1:8081
`,
	"haproxy-budget.cfg": `
global
	hard-stop-after "${DRAINIT_STOP_BUDGET}s"
defaults
	mode http
	timeout connect 5s
	timeout client 300s
	timeout server 300s
listen everything
	bind :8080
	server backend 127.0.0.1:8081
`,
	"apache2.conf": `
ServerName localhost
ServerRoot /etc/apache2
PidFile /run/apache2.pid
User www-data
Group www-data
ErrorLog /dev/stderr
Listen 8080
DocumentRoot /srv
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule env_module /usr/lib/apache2/modules/mod_env.so
LoadModule ratelimit_module /usr/lib/apache2/modules/mod_ratelimit.so
<Location /slow>
	SetOutputFilter RATE_LIMIT
	SetEnv rate-limit 100
</Location>
`,
}

// officialImage stands for nginx's own image: a Debian with the server in it,
// and its STOPSIGNAL.
var officialImage = sync.OnceValues(func() (string, error) {
	debian, err := debianImage()
	if err != nil {
		return "", err
	}
	return buildImage(`
		FROM `+debian+`
		COPY nginx.conf /etc/nginx/
		COPY lighttpd.conf backend.conf /etc/lighttpd/
		COPY apache2.conf /etc/apache2/
		COPY haproxy.cfg haproxy-budget.cfg /etc/haproxy/
		COPY slow small app.py /srv/
		COPY entrypoint forever /
		STOPSIGNAL SIGQUIT
		CMD ["nginx", "-g", "daemon off;"]`, serverFiles)
})

// usersImage is what a user makes of it, with the STOPSIGNAL inherited. An
// ENTRYPOINT resets the CMD inherited, so that it is said again.
var usersImage = sync.OnceValues(func() (string, error) {
	official, err := officialImage()
	if err != nil {
		return "", err
	}
	return buildImage(`
		FROM `+official+`
		COPY drainit /
		ENTRYPOINT ["/drainit", "--"]
		CMD ["nginx", "-g", "daemon off;"]`, nil)
})

// A download is a response in flight: how many bytes have come, and why it
// ended before the last one, if it did.
type download struct {
	length int64
	err    error
}

// stopDuringDownload starts a server, has a slow response in flight, and runs
// docker stop. It returns what became of the response.
func stopDuringDownload(t *testing.T, image string, flags []string, command ...string) (*container, download) {
	t.Helper()
	c := start(t, image, append(publish(serverPort), flags...), command...)
	server := c.url(serverPort)
	eventually(t, "the server answers", func() bool { status, _ := get(server + "/small"); return status == 200 })

	// Without keep-alive, which some servers wait for at a graceful stop.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(server + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 || response.ContentLength != slowSize {
		t.Fatalf("/slow: %s with %d bytes, want 200 with %d", response.Status, response.ContentLength, slowSize)
	}
	ended := make(chan download)
	go func() {
		length, err := io.Copy(io.Discard, response.Body)
		ended <- download{length, err}
	}()
	took := c.stop("--time", "60")
	d := <-ended
	if took > 30*time.Second {
		t.Errorf("docker stop took %v, want little more than the download's 4s", took)
	}
	return c, d
}

// expectComplete fails the test if the response was cut.
func expectComplete(t *testing.T, d download) {
	t.Helper()
	if d.err != nil || d.length != slowSize {
		t.Errorf("%d bytes (%v), want all %d", d.length, d.err, slowSize)
	}
}

// nginx's graceful signal is SIGQUIT, which its image has for STOPSIGNAL: a
// slow download in flight at docker stop completes, however nginx was started
// and whatever the platform sends.
func TestNginx(t *testing.T) {
	inShell := []string{"sh", "-c", "nginx -g 'daemon off;'; true"}
	for _, nginx := range []struct {
		name    string
		flags   []string
		command []string
	}{
		{"as the image's command", nil, nil},
		{"by an entrypoint script", nil, []string{"/entrypoint", "nginx", "-g", "daemon off;"}},
		{"in a shell", nil, inShell},
		{"in a shell, with SIGTERM", []string{"--stop-signal", "SIGTERM"}, inShell},
		{"with SIGTERM", []string{"--stop-signal", "SIGTERM"}, nil},
		{"held by a grace period", []string{"--env", "DRAINIT_GRACE_PERIOD=12s"}, nil},
	} {
		t.Run(nginx.name, func(t *testing.T) {
			t.Parallel()
			c, d := stopDuringDownload(t, image(t, usersImage), nginx.flags, nginx.command...)
			expectComplete(t, d)
			c.expectStatus(0)
		})
	}
	// Under an init that passes on what it gets it is cut: this test can fail.
	t.Run("with SIGTERM under tini", func(t *testing.T) {
		t.Parallel()
		_, d := stopDuringDownload(t, image(t, usersImage),
			[]string{"--stop-signal", "SIGTERM", "--entrypoint", "/usr/bin/tini"}, "--", "nginx", "-g", "daemon off;")
		if d.err == nil {
			t.Errorf("%d bytes, want the download cut", d.length)
		}
	})
}

// Each server gets the signal that is graceful to it, whatever the platform
// sends. These are the ones every run of the tests tries; all that Debian has,
// and tini beside, are make servers' (docs/proof/servers.md).
func TestServersFinishWhatIsInFlight(t *testing.T) {
	// Without -W: the master starts itself anew once its worker runs, and loses
	// a signal that comes meanwhile. The backend is a daemon, which is drainit's
	// to reap, and to stop last.
	haproxy := []string{"sh", "-c", "lighttpd -f /etc/lighttpd/backend.conf; exec haproxy -db -f /etc/haproxy/haproxy.cfg"}
	// SIGQUIT, which an image may have inherited, would cut.
	gunicorn := []string{"gunicorn", "--bind", ":8080", "--chdir", "/srv", "app:application"}
	for _, server := range []struct {
		name, stopSignal string
		command          []string
	}{
		{"apache2", "SIGWINCH", []string{"apache2", "-DFOREGROUND"}},
		{"apache2", "SIGTERM", []string{"apache2", "-DFOREGROUND"}},
		{"lighttpd", "SIGTERM", []string{"lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"}},
		{"haproxy", "SIGUSR1", haproxy},
		{"haproxy", "SIGTERM", haproxy},
		{"gunicorn", "SIGTERM", gunicorn},
		{"gunicorn", "SIGQUIT", gunicorn},
	} {
		t.Run(server.name+" with "+server.stopSignal, func(t *testing.T) {
			t.Parallel()
			c, d := stopDuringDownload(t, image(t, usersImage), []string{"--stop-signal", server.stopSignal}, server.command...)
			expectComplete(t, d)
			c.expectStatus(0)
		})
	}
}
