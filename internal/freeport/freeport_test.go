package freeport

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"drainit/test/network"
)

// The tests choose in network namespaces of their own, as this binary again.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "choose" {
		os.Exit(choose(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// choose does what the words say, and then prints the port that is chosen, or why none
// is: "range=LOW-HIGH" sets the kernel's, "ADDRESS" is listened on, "taken=PORT" is not to
// be chosen, and "again" chooses once before.
func choose(words []string) int {
	taken := map[uint16]bool{}
	for _, word := range words {
		what, value, _ := strings.Cut(word, "=")
		switch what {
		case "lo":
			if err := network.LoopbackUp(); err != nil {
				fmt.Println(err)
				return 1
			}
		case "range":
			if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte(strings.Replace(value, "-", " ", 1)), 0); err != nil {
				fmt.Println(err)
				return 1
			}
		case "no-ipv6":
			if err := os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0); err != nil {
				fmt.Println(err)
				return 1
			}
		case "taken":
			port, _ := strconv.Atoi(value)
			taken[uint16(port)] = true
		case "crowd":
			if err := chooseAtOnce(); err != nil {
				fmt.Println(err)
				return 1
			}
		case "again":
			_, _ = Choose(func(uint16) bool { return false })
		default:
			if _, err := net.Listen("tcp", word); err != nil {
				fmt.Println(err)
				return 1
			}
		}
	}
	port, err := Choose(func(port uint16) bool { return taken[port] })
	fmt.Println(port, err)
	return 0
}

func TestChoose(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root: a network namespace, and its sysctls")
	}
	const next = First + 1
	for _, tt := range []struct {
		does string
		want int
	}{
		{"", First},
		{"no-ipv6", First},
		{"127.0.0.1:" + strconv.Itoa(First), next},
		{"[::1]:" + strconv.Itoa(First), next},
		{"127.0.0.2:" + strconv.Itoa(First), next},
		{":" + strconv.Itoa(First), next},
		{"no-ipv6 127.0.0.1:" + strconv.Itoa(First), next},
		{"taken=" + strconv.Itoa(First), next},
		{"again", next},
		{"again again", First + 2},
		{"range=20000-60999", 20000 - span},
		{"range=1024-60999", 61000},
		{"range=1024-65535", First},
		{"range=1024-20142", First},
		{"range=1024-20143", 20144},
	} {
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe", append([]string{"choose", "lo"}, strings.Fields(tt.does)...)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
		out, err := cmd.CombinedOutput()
		if want := fmt.Sprintln(tt.want, nil); err != nil || string(out) != want {
			t.Errorf("%q: got %s, %v; want %s", tt.does, out, err, want)
		}
	}
}

// TestChooseAtOnce: many that choose at the same time in one network, each with a program
// that binds its port at once, do not get in each other's way.
func TestChooseAtOnce(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root: a network namespace, and its sysctls")
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "choose", "lo", "crowd")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != fmt.Sprintln(First+crowd, nil) {
		t.Errorf("got %s, %v; want %d, as all before it are taken", out, err, First+crowd)
	}
}

// crowd is how many choose at once.
const crowd = 200

// chooseAtOnce has a crowd choose, and listens on what each has got.
func chooseAtOnce() error {
	failed := make(chan error, crowd)
	for range crowd {
		go func() {
			port, err := Choose(func(uint16) bool { return false })
			if err == nil {
				_, err = net.Listen("tcp", fmt.Sprint(":", port))
			}
			failed <- err
		}()
	}
	for range crowd {
		if err := <-failed; err != nil {
			return err
		}
	}
	return nil
}

// TestChooseNone: where everything is taken that is said.
func TestChooseNone(t *testing.T) {
	if port, err := Choose(func(uint16) bool { return true }); err == nil || !strings.HasPrefix(err.Error(), "none of the ports ") {
		t.Errorf("got %d, %v", port, err)
	}
}

// TestBeginIsOutside: whatever the kernel's range is, it is avoided where that can be.
func TestBeginIsOutside(t *testing.T) {
	for low := 1; low <= 65535; low += 97 {
		for high := low; high <= 65535; high += 89 {
			first := begin(low, high)
			last := first + span - 1
			room := low >= 1024+span || high <= 65535-span
			if first < 1024 && first != First || last > 65535 || room && first <= high && last >= low {
				t.Fatalf("%d to %d: from %d to %d", low, high, first, last)
			}
		}
	}
}
