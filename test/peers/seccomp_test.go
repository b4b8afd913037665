package peers_test

import (
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refusable names what a seccomp filter may be told to refuse.
var refusable = map[string]uint32{
	"chdir":       unix.SYS_CHDIR,
	"faccessat2":  unix.SYS_FACCESSAT2,
	"madvise":     unix.SYS_MADVISE,
	"pidfd_open":  unix.SYS_PIDFD_OPEN,
	"prctl":       unix.SYS_PRCTL,
	"ptrace":      unix.SYS_PTRACE,
	"clone3":      unix.SYS_CLONE3,
	"close_range": unix.SYS_CLOSE_RANGE,
	"ioctl":       unix.SYS_IOCTL,
}

// Offsets in struct seccomp_data, seccomp(2), and what a filter returns.
const (
	offsetNr     = 0
	offsetArg0   = 16 // on a little-endian machine its low half
	retErrno     = 0x00050000
	retAllow     = 0x7fff0000
	filterMode   = 1 // SECCOMP_SET_MODE_FILTER
	loadWord     = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	jumpIfEqual  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	returnNumber = unix.BPF_RET | unix.BPF_K
)

// refuse installs a seccomp filter: value is ERRNO:NAME,NAME… "netlink" is
// socket(2) for that family.
func refuse(value string) {
	number, names, _ := strings.Cut(value, ":")
	errno := uint32(retErrno | numbersOf(number)[0])
	filter := []unix.SockFilter{{Code: loadWord, K: offsetNr}}
	for name := range strings.SplitSeq(names, ",") {
		if name == "netlink" {
			filter = append(filter,
				unix.SockFilter{Code: jumpIfEqual, K: unix.SYS_SOCKET, Jf: 4},
				unix.SockFilter{Code: loadWord, K: offsetArg0},
				unix.SockFilter{Code: jumpIfEqual, K: unix.AF_NETLINK, Jf: 1},
				unix.SockFilter{Code: returnNumber, K: errno},
				unix.SockFilter{Code: loadWord, K: offsetNr})
			continue
		}
		nr, ok := refusable[name]
		if !ok {
			must(fmt.Errorf("refuse %q", name))
		}
		filter = append(filter,
			unix.SockFilter{Code: jumpIfEqual, K: nr, Jf: 1},
			unix.SockFilter{Code: returnNumber, K: errno})
	}
	filter = append(filter, unix.SockFilter{Code: returnNumber, K: retAllow})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	must(unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	if _, _, e := unix.Syscall(unix.SYS_SECCOMP, filterMode, 0, uintptr(unsafe.Pointer(&program))); e != 0 {
		must(e)
	}
}
