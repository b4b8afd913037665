package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Lines as Linux writes them: v1 with its controllers apart, v2 under systemd, v2 in a container without a cgroup
// namespace, where the mount begins further down.
func TestPlaces(t *testing.T) {
	for name, tt := range map[string]struct {
		mountinfo, cgroup string
		want              []memoryCgroups
	}{
		"v1": {
			"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n" +
				"32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n" +
				"35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n",
			"8:pids:/x\n4:memory:/jobs/7\n0::/\n",
			[]memoryCgroups{{"/sys/fs/cgroup/memory/jobs/7", false}, {"/sys/fs/cgroup/memory/jobs", false}, {"/sys/fs/cgroup/memory", false}},
		},
		"v2": {
			"30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
			"0::/user.slice/a.scope\n",
			[]memoryCgroups{{"/sys/fs/cgroup/user.slice/a.scope", true}, {"/sys/fs/cgroup/user.slice", true}, {"/sys/fs/cgroup", true}},
		},
		"v2 in a container": {
			"30 23 0:26 /docker/0a /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			"0::/docker/0a\n",
			[]memoryCgroups{{"/sys/fs/cgroup", true}},
		},
		"none": {"23 1 8:1 / / rw - ext4 /dev/sda1 rw\n", "", nil},
	} {
		if got := places(tt.mountinfo, tt.cgroup); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestReadCharge(t *testing.T) {
	const kib = "1024"
	for name, tt := range map[string]struct {
		v2    bool
		files map[string]string
		want  charge
	}{
		"v1": {false, map[string]string{
			"memory.stat":                "cache 4096\nrss 106496\nrss_huge 0\ntotal_rss 999999\n",
			"memory.kmem.usage_in_bytes": "65536\n",
		}, charge{104, 4, 64}},
		"v2": {true, map[string]string{
			"memory.stat": "anon 106496\nfile 4096\nkernel 65536\nkernel_stack 16384\nsock 4096\nanon_thp 999999\n",
		}, charge{104, 4, 68}},
		"v2 before Linux 5.18": {true, map[string]string{
			"memory.stat": "anon 106496\nfile 4096\nkernel_stack 16384\npagetables 8192\npercpu " + kib + "\nsock 0\nslab 2048\n",
		}, charge{104, 4, 27}},
	} {
		dir := t.TempDir()
		for file, text := range tt.files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := memoryCgroups{v2: tt.v2}.charge(dir)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v, error %v, want %+v", name, got, err, tt.want)
		}
	}
}

// A cgroup to which the memory controller is not handed on has no such files, and is no place.
func TestChargeOfNoMemoryCgroup(t *testing.T) {
	for _, v2 := range []bool{false, true} {
		m := memoryCgroups{parent: t.TempDir(), v2: v2}
		if dir, err := m.create("x"); err == nil {
			t.Errorf("v2 %t: made %s, want an error", v2, dir)
		}
		if left, _ := os.ReadDir(m.parent); len(left) > 0 {
			t.Errorf("v2 %t: %v is left, want nothing", v2, left)
		}
	}
}

// cages returns where memory cgroups can be made, or skips the test.
func cages(t *testing.T, listener string) memoryCgroups {
	t.Helper()
	p, err := start(none, listener, surroundings{}) // no cgroup is to blame if this fails
	possible(t, err)
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	cgroups, err := findMemoryCgroups(listener)
	if err != nil {
		first, rest, _ := strings.Cut(err.Error(), "\n")
		t.Skip(first+":", rest)
	}
	return cgroups
}

// What runs in the cgroup is charged to it, and the cgroup goes when that ends.
func TestCage(t *testing.T) {
	t.Parallel()
	listener := built(t, "test/bench/listener")
	cgroups := cages(t, listener)
	p, err := cage(cgroups, "test", none, listener)
	possible(t, err)
	var got charge
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got, err = cgroups.charge(p.dir); err != nil {
			t.Fatal(err)
		}
		if got.anonymous > 0 && got.kernel > 0 {
			break
		}
	}
	if got.anonymous <= 0 || got.kernel <= 0 {
		t.Errorf("got %+v, want some of it anonymous and some the kernel's", got)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
		t.Errorf("the cgroup %s is left: %v", p.dir, err)
	}
}

func TestMedianCharge(t *testing.T) {
	got := medianCharge([]charge{{1, 50, 900}, {3, 40, 700}, {2, 60, 800}})
	if want := (charge{2, 50, 800}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
