package proc

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPIDs(t *testing.T) {
	const (
		v1 = "8:pids:/docker/c0ffee\n0::/\n"
		v2 = "0::/\n"
	)
	for _, tt := range []struct {
		name  string
		files map[string]string
		used  int
		limit int
		ok    bool
	}{
		{"no /proc", nil, 0, 0, false},
		{"no cgroup mounted", map[string]string{"proc/self/cgroup": v2}, 0, 0, false},
		{"v2", map[string]string{"proc/self/cgroup": v2, "sys/fs/cgroup/pids.max": "100\n", "sys/fs/cgroup/pids.current": "9\n"}, 9, 100, true},
		{"v2, no limit", map[string]string{"proc/self/cgroup": v2, "sys/fs/cgroup/pids.max": "max\n", "sys/fs/cgroup/pids.current": "9\n"}, 9, 0, true},
		{"v2, beyond", map[string]string{"proc/self/cgroup": v2, "sys/fs/cgroup/pids.max": "5\n", "sys/fs/cgroup/pids.current": "9\n"}, 9, 5, true},
		{"v1", map[string]string{"proc/self/cgroup": v1,
			"sys/fs/cgroup/pids/docker/c0ffee/pids.max": "20\n", "sys/fs/cgroup/pids/docker/c0ffee/pids.current": "3\n",
			"sys/fs/cgroup/pids/pids.max": "7\n", "sys/fs/cgroup/pids/pids.current": "7\n"}, 3, 20, true},
		{"v1, own mounted", map[string]string{"proc/self/cgroup": v1, "sys/fs/cgroup/pids/pids.max": "7\n", "sys/fs/cgroup/pids/pids.current": "7\n"}, 7, 7, true},
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
		if used, limit, ok := pids(root); used != tt.used || limit != tt.limit || ok != tt.ok {
			t.Errorf("%s: %d of %d, %v; want %d of %d, %v", tt.name, used, limit, ok, tt.used, tt.limit, tt.ok)
		}
	}
}
