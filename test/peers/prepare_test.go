package peers_test

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"drainit/test/network"

	"golang.org/x/sys/unix"
)

// prepare makes the surroundings of the init what a story is about.
func prepare(p string) {
	what, value, _ := strings.Cut(p, "=")
	numbers := numbersOf(value)
	switch what {
	case "session": // of its own, with standard input as its terminal
		_, _ = unix.Setsid()
		must(unix.IoctlSetInt(0, unix.TIOCSCTTY, 0))
	case "stdin": // "none": the terminal is there, but not as standard input
		reopen(0, "/dev/null")
	case "block":
		block(numbers)
	case "ignore":
		ignore(numbers)
	case "nofile":
		must(unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(numbers[0]), Max: uint64(numbers[0])}))
	case "nproc": // processes and threads of this user, setrlimit(2)
		must(unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: uint64(numbers[0]), Max: uint64(numbers[0])}))
	case "cpu": // one processor alone
		var set unix.CPUSet
		set.Set(numbers[0])
		must(unix.SchedSetaffinity(0, &set))
	case "close":
		for _, fd := range numbers {
			must(unix.Close(fd))
		}
	case "dev": // "none": nothing in it
		must(unix.Mount("none", "/dev", "tmpfs", 0, ""))
	case "proc":
		remountProc(value)
	case "drop":
		dropCapabilities(numbers)
	case "uid":
		must(syscall.Setgroups(nil))
		must(syscall.Setresgid(numbers[0], numbers[0], numbers[0]))
		must(syscall.Setresuid(numbers[0], numbers[0], numbers[0]))
	case "loopback":
		must(network.LoopbackUp())
	case "refuse":
		refuse(value)
	default:
		must(fmt.Errorf("prepare %q", p))
	}
}

func numbersOf(list string) []int {
	var ns []int
	for v := range strings.SplitSeq(list, ",") {
		if n, err := strconv.Atoi(v); err == nil {
			ns = append(ns, n)
		}
	}
	return ns
}

func reopen(fd int, name string) {
	opened, err := unix.Open(name, unix.O_RDWR, 0)
	must(err)
	must(unix.Dup3(opened, fd, 0))
	must(unix.Close(opened))
}

func block(signals []int) {
	var set unix.Sigset_t
	for _, n := range signals {
		set.Val[(n-1)/wordBits] |= 1 << ((n - 1) % wordBits)
	}
	must(unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil))
}

// wordBits is the width of a word of a signal set.
const wordBits = int(8 * unsafe.Sizeof(unix.Sigset_t{}.Val[0]))

// ignore leaves signals ignored, as nohup(1) does. The runtime, which is about
// to be replaced, is not asked.
func ignore(signals []int) {
	// struct sigaction: the handler first, SIG_IGN is 1; the padding covers
	// the longest of them.
	action := struct {
		handler uintptr
		_       [7]uint64
	}{handler: 1}
	for _, n := range signals {
		if _, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0); errno != 0 {
			must(errno)
		}
	}
}

// remountProc makes /proc what a hardened or a careless container has.
func remountProc(how string) {
	switch how {
	case "none":
		must(unix.Mount("none", "/proc", "tmpfs", 0, ""))
	case "readonly":
		must(unix.Mount("", "/proc", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
	case "hidepid":
		must(unix.Mount("proc", "/proc", "proc", unix.MS_REMOUNT, "hidepid=2"))
	case "hidepid4": // and the rest of proc(5) with it
		must(unix.Mount("proc", "/proc", "proc", 0, "hidepid=4,subset=pid"))
	case "foreign": // the one of the namespace outside, as unshare(1) leaves it without --mount-proc
		must(unix.Unmount("/proc", unix.MNT_DETACH))
	default:
		must(fmt.Errorf("proc %q", how))
	}
}

// dropCapabilities takes capabilities for good, from what is executed too.
func dropCapabilities(caps []int) {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	must(unix.Capget(&hdr, &data[0]))
	for _, c := range caps {
		must(unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0))
		bit := ^(uint32(1) << (c % 32))
		data[c/32].Effective &= bit
		data[c/32].Permitted &= bit
		data[c/32].Inheritable &= bit
	}
	must(unix.Capset(&hdr, &data[0]))
}
