package main

import (
	"bufio"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// initramfs writes a machine's root: the guest, drainit, busybox, the kernel's modules and the tests with their data.
// It has no /dev/null and nothing in /proc and /sys.
func (l *lab) initramfs(m machine, b built) (string, error) {
	path := filepath.Join(l.work, m.kernel()+".cpio")
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	a := &archive{w: w}
	for _, dir := range []string{"bin", "dev", "etc", "proc", "sys", "tmp", "modules", "root", "tests"} {
		a.entry(dir, directory, 0, 0, nil)
	}
	a.entry("dev/console", device, 5, 1, nil)
	a.entry("etc/passwd", regular, 0, 0, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"))
	a.entry("etc/hosts", regular, 0, 0, []byte("127.0.0.1 localhost\n::1 localhost\n"))
	a.file("guest", b.guest)
	a.file("drainit", b.drainit)
	kernel := filepath.Join(l.cache, m.kernel())
	a.file("bin/busybox", kernel+"/busybox")
	modules, _ := filepath.Glob(kernel + "/*.ko")
	for _, module := range modules {
		a.file("modules/"+filepath.Base(module), module)
	}
	a.entry("tests/version", regular, 0, 0, []byte(l.version))
	for _, p := range slices.Sorted(maps.Keys(b.tests)) {
		l.test(a, p, b.tests[p], m.leavesOut(p))
	}
	if err := a.close(); err != nil {
		return "", err
	}
	return path, w.Flush()
}

// test puts a package's test binary into a directory with its testdata, and which tests are not for a machine.
func (l *lab) test(a *archive, name, binary string, list []omitted) {
	dir := "tests/" + name
	a.entry(dir, directory, 0, 0, nil)
	a.file(dir+"/"+name+".test", binary)
	if list != nil {
		a.entry(dir+"/skip", regular, 0, 0, []byte(pattern(list)))
	}
	source := filepath.Join(l.top, directoryOf(name))
	_ = filepath.WalkDir(source+"/testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // there is none
		}
		inside := dir + path[len(source):]
		if d.IsDir() {
			a.entry(inside, directory, 0, 0, nil)
		} else {
			a.file(inside, path)
		}
		return nil
	})
}

// file puts a file in.
func (a *archive) file(name, path string) {
	content, err := os.ReadFile(path)
	if err != nil {
		a.err = err
		return
	}
	a.entry(name, regular, 0, 0, content)
}
