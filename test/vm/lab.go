package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A lab has what all machines need: QEMU, and a directory for what is built.
type lab struct {
	top, cache, work string
	version          string // drainit's
	packages         []string
	starts           []start
	verbose          bool
}

// newLab gets QEMU. top is the top of the checkout.
func newLab(ctx context.Context, top string, packages []string, verbose bool) (*lab, error) {
	top, err := filepath.Abs(top)
	if err != nil {
		return nil, err
	}
	l := &lab{top: top, cache: filepath.Join(top, ".cache/vm"), packages: packages, starts: starts, verbose: verbose}
	if err := l.fetch(ctx, "tools", "qemu", "trixie", "qemu-system-x86", "qemu-system-arm", "qemu-system-misc", "qemu-system-ppc"); err != nil {
		return nil, err
	}
	version, err := command(ctx, top, nil, "make", "--no-print-directory", "-s", "print-version")
	if err != nil {
		return nil, err
	}
	l.version = strings.TrimSpace(string(version))
	l.work, err = os.MkdirTemp(l.cache, "work-")
	return l, err
}

func (l *lab) close() { os.RemoveAll(l.work) }

// fetch has fetch.sh make a directory of the cache, if it is not there yet.
func (l *lab) fetch(ctx context.Context, kind, name string, args ...string) error {
	dir := filepath.Join(l.cache, name)
	_, err := command(ctx, l.top, nil, append([]string{l.top + "/test/vm/fetch.sh", kind, dir}, args...)...)
	return err
}

// versionsOf is what was downloaded of a name: lines of a package and its version.
func (l *lab) versionsOf(name string) map[string]string {
	versions := map[string]string{}
	text, _ := os.ReadFile(filepath.Join(l.cache, name, "versions"))
	for line := range strings.Lines(string(text)) {
		if pack, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			versions[pack] = version
		}
	}
	return versions
}

// qemuVersion is that of Debian's package, without its epoch.
func (l *lab) qemuVersion() string {
	return strings.TrimPrefix(l.versionsOf("qemu")["qemu-system-misc"], "1:")
}

// run builds for a machine and boots it, once with each init.
func (l *lab) run(ctx context.Context, m machine) result {
	r := result{machine: m, starts: l.starts}
	if r.err = l.fetch(ctx, "kernel", m.kernel(), m.suite, m.debian, m.flavour); r.err != nil {
		return r
	}
	for pack, version := range l.versionsOf(m.kernel()) {
		if strings.HasPrefix(pack, "linux-image") {
			r.pack = fmt.Sprintf("%s %s", pack, version)
		}
	}
	b, err := l.build(ctx, m)
	if r.err = err; err != nil {
		return r
	}
	image, err := l.initramfs(m, b)
	if r.err = err; err != nil {
		return r
	}
	for _, s := range l.starts {
		c, err := l.boot(ctx, m, image, s.init)
		r.take(c)
		if r.err = err; err != nil {
			return r
		}
	}
	return r
}
