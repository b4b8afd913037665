package front

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"drainit/internal/testkit"
	"drainit/test/debianroot"
)

// A debianServer is a program of Debian's that reads HTTP, as a plain proxy.
type debianServer struct {
	path   string
	args   []string
	config string
}

var others = map[string]debianServer{
	"nginx": {"usr/sbin/nginx", []string{"-p", "DIR", "-c", "DIR/config", "-e", "DIR/error"}, `daemon off; master_process off; pid DIR/pid;
events {}
http {
  access_log off;
  client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
  client_header_timeout 2s; client_body_timeout 2s;
  upstream behind { server TARGET; keepalive 8; }
  server {
    listen ADDRESS;
    location / {
      proxy_pass http://behind;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
}
`},
	"haproxy": {"usr/sbin/haproxy", []string{"-f", "DIR/config"}, `defaults
  mode http
  timeout connect 5s
  timeout client 2s
  timeout server 5s
  http-reuse always
frontend f
  bind ADDRESS
  default_backend b
backend b
  server s TARGET
`},
}

var debian = sync.OnceValues(func() (string, error) { return debianroot.Unpacked("../..", "@servers") })

// needOthers makes the Debian root that they are in, or skips where it cannot be made.
func needOthers(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("debootstrap"); err != nil || os.Getuid() != 0 {
		t.Skip("a Debian root takes root and debootstrap")
	}
	if _, err := debian(); err != nil {
		t.Fatal(err)
	}
}

// start starts one before what is at the target, and returns its address. It runs with
// the libraries of its root, in the namespaces of the test.
func (o debianServer) start(t *testing.T, target string) string {
	t.Helper()
	root, err := debian()
	if err != nil {
		t.Fatal(err)
	}
	loaders, _ := filepath.Glob(root + "/usr/lib/*-linux-gnu*/ld-linux*.so.*")
	if len(loaders) == 0 {
		t.Fatal("no dynamic loader in " + root)
	}
	dir, address := t.TempDir(), testkit.FreeAddr(t)
	fill := strings.NewReplacer("DIR", dir, "ADDRESS", address, "TARGET", target)
	if err := os.WriteFile(dir+"/config", []byte(fill.Replace(o.config)), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"--library-path", filepath.Dir(loaders[0]), filepath.Join(root, o.path)}
	for _, arg := range o.args {
		args = append(args, fill.Replace(arg))
	}
	out := new(testkit.Output)
	cmd := exec.Command(loaders[0], args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s says: %s", o.path, out)
		}
	})
	eventually(t, o.path+" listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return address
}
