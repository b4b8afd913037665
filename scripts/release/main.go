// Command release makes what is handed out of the binaries that make has built: the binaries themselves with an SBOM
// each, packages for dpkg, rpm and apk, an image of all platforms as an OCI layout, the licences of all that is linked
// in, and the sums of the whole.
//
// Its output depends on its flags and the binaries alone: every time in it is that of -time, and nothing of the
// machine, its clock or its paths goes in. It writes into a directory that it makes, and never into one that exists.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// release is what the parts of a release have in common.
type release struct {
	version  string // as drainit --version says it
	time     time.Time
	dir      string // where it is made
	packager string // the command line of nfpm
}

func main() {
	r := release{}
	flag.StringVar(&r.version, "version", "", "the `VERSION` that the binaries were built with")
	seconds := flag.String("time", "", "`SECONDS` since 1970, the commit's time, for every time in the release")
	flag.StringVar(&r.dir, "out", "dist", "the `DIRECTORY` to make; it must not exist")
	flag.StringVar(&r.packager, "nfpm", "nfpm", "the `COMMAND` that is nfpm, split at spaces")
	flag.Parse()

	if err := r.readTime(*seconds); err != nil {
		fail(err)
	}
	if err := r.make(flag.Args()); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "release:", err)
	os.Exit(1)
}

func (r *release) readTime(seconds string) error {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("-time %q: want seconds since 1970; outside a clone set SOURCE_DATE_EPOCH", seconds)
	}
	r.time = time.Unix(n, 0).UTC()
	return nil
}

// make makes the whole release of the binaries at paths. What is left of one that failed has no SHA256SUMS.
func (r *release) make(paths []string) error {
	if len(paths) == 0 {
		return errors.New("no binary is named")
	}
	versions, err := translate(r.version, r.time)
	if err != nil {
		return err
	}
	var binaries []binary
	for _, path := range paths {
		b, err := read(path)
		if err != nil {
			return err
		}
		binaries = append(binaries, b)
	}
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		return err
	}
	if err := r.licenses(binaries); err != nil {
		return err
	}
	for _, b := range binaries {
		if err := r.binary(b, versions); err != nil {
			return err
		}
	}
	if err := r.image(binaries); err != nil {
		return err
	}
	return r.sums()
}

// binary writes what there is for each platform.
func (r *release) binary(b binary, versions packageVersions) error {
	if err := r.write(b.name(), b.content, 0o755); err != nil {
		return err
	}
	sbom, err := r.sbom(b)
	if err != nil {
		return err
	}
	if err := r.write(b.name()+".spdx.json", sbom, 0o644); err != nil {
		return err
	}
	return r.packages(b, versions)
}

// write writes a file of the release, with the mode asked for whatever the umask is.
func (r *release) write(name string, content []byte, mode os.FileMode) error {
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// tag is the version as an image's tag may be: without the plus sign.
func (r *release) tag() string { return strings.ReplaceAll(r.version, "+", "-") }
