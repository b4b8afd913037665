package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A lane is a way to the program.
type lane struct {
	name    string
	address string
	http2   string // where it speaks HTTP/2 without TLS
	version string
	pid     int // of what stands in it; 0 for the program alone
}

// start builds and starts everything. stop ends what it started, also after an error.
func start(dir, nginx string) (lanes []lane, stop func(), err error) {
	var started []*exec.Cmd
	stop = func() {
		for i := len(started) - 1; i >= 0; i-- {
			started[i].Process.Signal(os.Interrupt)
			started[i].Wait()
		}
	}
	run := func(name string, args ...string) (int, error) {
		cmd := exec.Command(name, args...)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		started = append(started, cmd)
		return cmd.Process.Pid, nil
	}
	child := filepath.Join(dir, "child")
	if err := build(child, "./test/frontbench/child"); err != nil {
		return nil, stop, err
	}
	program, front, proxy, proxy2 := free(), free(), free(), free()
	if _, err := run(child, "program", program); err != nil {
		return nil, stop, err
	}
	pid, err := run("bin/drainit", "--probe-addr", "off", "--grace-period", "30s", "--drain-delay", "0",
		"--front", front+"="+program, "--", child, "wait")
	if err != nil {
		return nil, stop, err
	}
	lanes = []lane{{name: "alone", address: program, http2: program}, {name: "front", address: front, http2: front, pid: frontOf(pid)}}
	if path, err := exec.LookPath(nginx); err == nil {
		conf := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(conf, []byte(nginxConf(dir, proxy, proxy2, program)), 0o644); err != nil {
			return nil, stop, err
		}
		pid, err := run(path, "-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log"))
		if err != nil {
			return nil, stop, err
		}
		version, _ := exec.Command(path, "-v").CombinedOutput()
		lanes = append(lanes, lane{"nginx", proxy, proxy2, strings.TrimSpace(string(version)), pid})
	} else {
		fmt.Fprintln(os.Stderr, "without nginx:", err)
	}
	for _, l := range lanes {
		if err := answers(l.address); err != nil {
			return nil, stop, err
		}
	}
	return lanes, stop, nil
}

// frontOf returns the process that is a drainit's front, once there is one, or 0.
func frontOf(drainit int) int {
	for range 500 {
		for _, pid := range family(drainit) {
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			if string(comm) == "drainit-front\n" {
				return pid
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0
}

// nginxConf is nginx as the same proxy: kept connections on both sides, nothing logged, and no body on disk.
func nginxConf(dir, listen, listen2, program string) string {
	var temp strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "  %s_temp_path %s/%s;\n", kind, dir, kind)
	}
	return fmt.Sprintf(`daemon off;
user root;
worker_processes auto;
pid %s/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
%s  upstream program { server %s; keepalive 256; keepalive_requests 1000000000; }
  upstream program2 { server %s; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen %s backlog=4096;
    location / {
      proxy_pass http://program;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
  server {
    listen %s http2 backlog=4096;
    location / { grpc_pass grpc://program2; }
  }
}
`, dir, temp.String(), program, program, listen, listen2)
}

// build builds with the flags of the Makefile, as drainit is, but with HTTP/2.
func build(out, pkg string) error {
	flags, err := exec.Command("make", "-s", "--eval=print-flags:;@echo '$(FLAGS)'", "print-flags").Output()
	if err != nil {
		return fmt.Errorf("the Makefile's flags: %w", err)
	}
	args := append([]string{"build"}, strings.Fields(strings.ReplaceAll(string(flags), "nethttpomithttp2,", ""))...)
	cmd := exec.Command("go", append(args, "-ldflags=-s -w", "-o", out, pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// free is an address that nobody listens on now.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0"
	}
	defer l.Close()
	return l.Addr().String()
}

// answers waits until somebody listens.
func answers(address string) error {
	for range 200 {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("nobody listens on %s", address)
}
