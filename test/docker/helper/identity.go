package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// as becomes another user and then another program, in the same process, as
// gosu and su-exec do: as UID COMMAND [ARG...].
func as(args []string) (int, error) {
	if len(args) < 2 {
		return 0, fmt.Errorf("%q: want a uid and a command", args)
	}
	uid, err := strconv.Atoi(args[0])
	if err != nil {
		return 0, err
	}
	if err := syscall.Setgroups(nil); err != nil {
		return 0, os.NewSyscallError("setgroups", err)
	}
	if err := syscall.Setgid(uid); err != nil {
		return 0, os.NewSyscallError("setgid", err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return 0, os.NewSyscallError("setuid", err)
	}
	return 0, os.NewSyscallError("execve", syscall.Exec(args[1], args[1:], os.Environ()))
}

// mayBind gives a program the file capability to bind ports below 1024, as
// setcap cap_net_bind_service=ep does: capabilities(7), File capability
// extended attribute versioning.
func mayBind(args []string) (int, error) {
	if len(args) != 1 {
		return 0, fmt.Errorf("%q: want one file", args)
	}
	attribute := binary.LittleEndian.AppendUint32(nil, 0x02000000|1) // VFS_CAP_REVISION_2, effective
	attribute = binary.LittleEndian.AppendUint32(attribute, 1<<unix.CAP_NET_BIND_SERVICE)
	attribute = append(attribute, make([]byte, 12)...) // nothing inheritable, none above 31
	return 0, os.NewSyscallError("setxattr", unix.Setxattr(args[0], "security.capability", attribute, 0))
}

// seeFDs says for each child of PID 1 whether this user may see its
// descriptors under /proc, which is a matter of ptrace(2)'s access mode check:
// the same uid, and the other process dumpable.
func seeFDs([]string) (int, error) {
	return 0, eachProcess(func(pid int, state byte, parent int) {
		if parent != 1 {
			return
		}
		if _, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)); err != nil {
			say("unseen: %v", err)
		} else {
			say("seen")
		}
	})
}
