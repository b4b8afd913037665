package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOOMKills(t *testing.T) {
	const (
		v1     = "9:name=systemd:/\n4:memory:/docker/c0ffee\n2:cpu,cpuacct:/x\n0::/\n"
		multi  = "4:blkio,memory:/docker/c0ffee\n0::/\n"
		events = "low 0\nhigh 1\nmax 20\noom 3\noom_kill 7\noom_group_kill 2\n"
		local  = "oom_kill_disable 0\nunder_oom 1\noom_kill 4\n"
	)
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  int
		ok    bool
	}{
		{"no /proc", nil, 0, false},
		{"no cgroup mounted", map[string]string{"proc/self/cgroup": "0::/\n"}, 0, false},
		{"v2, namespaced", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.events": events}, 7, true},
		{"v2, host's namespace, all mounted", map[string]string{
			"proc/self/cgroup": "0::/system.slice/a b:c.service\n",
			"sys/fs/cgroup/system.slice/a b:c.service/memory.events": events,
			"sys/fs/cgroup/memory.events":                            "oom_kill 99\n"}, 7, true},
		{"v2, host's namespace, own mounted", map[string]string{
			"proc/self/cgroup": "0::/kubepods/pod1/c1\n", "sys/fs/cgroup/memory.events": events}, 7, true},
		{"v2, outside the namespace", map[string]string{
			"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/x/memory.events": events, "x/memory.events": "oom_kill 99\n"}, 7, true},
		{"v2, before 4.13", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.events": "oom 3\n"}, 0, false},
		{"v1, all mounted", map[string]string{
			"proc/self/cgroup": v1,
			"sys/fs/cgroup/memory/docker/c0ffee/memory.oom_control": local,
			"sys/fs/cgroup/memory/memory.oom_control":               "oom_kill 99\n"}, 4, true},
		{"v1, own mounted", map[string]string{"proc/self/cgroup": v1, "sys/fs/cgroup/memory/memory.oom_control": local}, 4, true},
		{"v1, mounted together", map[string]string{"proc/self/cgroup": multi, "sys/fs/cgroup/memory/memory.oom_control": local}, 4, true},
		{"v1, before 4.13", map[string]string{"proc/self/cgroup": v1, "sys/fs/cgroup/memory/memory.oom_control": "under_oom 0\n"}, 0, false},
		{"no number", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.events": "oom_kill x\n"}, 0, false},
		{"hostile", map[string]string{"proc/self/cgroup": "\n:\n0:\nmemory\n::::\n"}, 0, false},
	} {
		root := t.TempDir()
		for name, text := range tt.files {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, ok := oomKills(root); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %v; want %d, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// On a real kernel the count is known wherever a memory cgroup is mounted.
func TestOOMKillsHere(t *testing.T) {
	n, ok := OOMKills()
	text, _ := os.ReadFile("/proc/self/cgroup")
	found := false
	for _, name := range cgroupFilesIn(text, "memory", "memory.oom_control", "memory.events") {
		b, err := os.ReadFile(name)
		found = found || err == nil && bytes.Contains(b, []byte("oom_kill "))
	}
	if ok != found || n < 0 {
		t.Errorf("OOMKills = %d, %v; want known: %v", n, ok, found)
	}
}

// TestEndedAlone asks the kernel, of a process that has ended and is not waited for.
func TestEndedAlone(t *testing.T) {
	for script, want := range map[string]bool{
		"kill -KILL $$":                    true,
		"exit 3":                           true,
		"/bin/true; kill -KILL $$":         false,
		"exec sh -c 'true; kill -KILL $$'": true,
	} {
		pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", script}, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		for err = unix.EINTR; err == unix.EINTR; {
			err = unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		}
		if got := EndedAlone(pid); got != want || err != nil {
			t.Errorf("%s: alone %v, %v; want %v", script, got, err, want)
		}
		if EndedAlone(os.Getpid()) {
			t.Error("a process that runs has ended")
		}
		var ws unix.WaitStatus
		unix.Wait4(pid, &ws, 0, nil)
		if EndedAlone(pid) {
			t.Errorf("%s: alone, though it is waited for", script)
		}
	}
}
