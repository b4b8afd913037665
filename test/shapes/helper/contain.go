package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"drainit/test/network"

	"golang.org/x/sys/unix"
)

// Container says what contain makes: on standard input, as JSON.
type Container struct {
	Root  string            // the Debian that is below everything, not written to
	Dir   string            // the container's own, seen as /t within
	Bin   string            // the helper, its links and drainit, seen as /t/bin
	Sh    string            // what /bin/sh is
	Files map[string]string // what is written into the root before
	Argv  []string          // what becomes PID 1
	Env   []string
}

// contain makes a container of the namespaces that it was started in, and
// becomes its PID 1.
func contain([]string) int {
	runtime.LockOSThread()
	var c Container
	must(json.NewDecoder(os.Stdin).Decode(&c))
	root := c.overlay()
	must(mount("proc", root+"/proc", "proc", 0))
	devices(root + "/dev")
	must(os.MkdirAll(root+"/t", 0o755))
	must(mount(c.Dir, root+"/t", "", unix.MS_BIND))
	must(os.MkdirAll(root+"/t/bin", 0o755))
	must(mount(c.Bin, root+"/t/bin", "", unix.MS_BIND))
	must(os.Remove(root + "/bin/sh"))
	must(os.Symlink(c.Sh, root+"/bin/sh"))
	for name, content := range c.Files {
		must(os.MkdirAll(filepath.Dir(root+name), 0o755))
		must(os.WriteFile(root+name, []byte(content), 0o755))
		must(os.Chmod(root+name, 0o777))
	}
	must(unix.Chroot(root))
	must(os.Chdir("/t"))
	must(network.LoopbackUp())
	_, err := unix.Setsid()
	must(err)
	null, err := os.Open("/dev/null")
	must(err)
	must(unix.Dup3(int(null.Fd()), 0, 0))
	defaults()
	must(os.Setenv("PATH", "/t/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
	path, err := exec.LookPath(c.Argv[0])
	must(err)
	must(syscall.Exec(path, c.Argv, c.Env))
	return 99
}

// overlay mounts the root with what is written to it in memory, so that both go
// with the namespace.
func (c Container) overlay() string {
	must(mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE))
	must(mount("tmpfs", "/mnt", "tmpfs", 0))
	for _, dir := range []string{"upper", "work", "root"} {
		must(os.Mkdir("/mnt/"+dir, 0o755))
	}
	must(unix.Mount("overlay", "/mnt/root", "overlay", 0, "lowerdir="+c.Root+",upperdir=/mnt/upper,workdir=/mnt/work"))
	return "/mnt/root"
}

func mount(source, target, kind string, flags uintptr) error {
	if err := unix.Mount(source, target, kind, flags, ""); err != nil {
		return &os.PathError{Op: "mount", Path: target, Err: err}
	}
	return nil
}

// devices makes the few that programs expect.
func devices(dev string) {
	must(mount("tmpfs", dev, "tmpfs", 0))
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9} {
		must(unix.Mknod(dev+"/"+name, unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor))))
		must(os.Chmod(dev+"/"+name, 0o666))
	}
	for name, to := range map[string]string{"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"} {
		must(os.Symlink("/proc/self/fd"+to, dev+"/"+name))
	}
	must(os.Mkdir(dev+"/shm", 0o1777))
	must(os.Mkdir(dev+"/pts", 0o755))
	must(unix.Mount("devpts", dev+"/pts", "devpts", 0, "newinstance,ptmxmode=0666"))
	must(os.Symlink("pts/ptmx", dev+"/ptmx"))
}
