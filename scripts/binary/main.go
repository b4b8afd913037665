// Command binary says what each built binary is: platform, size, which Go built it, and whether it is static. It
// fails for one that needs a loader or shared library (it could not start in FROM scratch) or is larger than -max.
// It reads the files and runs nothing, so that it works for platforms this machine is not.
package main

import (
	"debug/buildinfo"
	"debug/elf"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	limits := limit{}
	flag.Var(limits, "max", "`PLATFORM=BYTES`, repeatable: the largest size allowed, such as amd64=8400000")
	parted := flag.String("parts", "", "`file` with its symbols, of which is printed what each part of it is")
	document := flag.String("o", "", "`document` into which that goes instead")
	flag.Parse()

	if *parted != "" {
		if err := printParts(*parted, *document); err != nil {
			fmt.Fprintln(os.Stderr, "binary:", err)
			os.Exit(1)
		}
		return
	}
	ok := true
	for _, path := range flag.Args() {
		b, err := read(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "binary:", err)
			ok = false
			continue
		}
		fmt.Println(b)
		if err := b.check(limits); err != nil {
			fmt.Fprintln(os.Stderr, "binary:", err)
			ok = false
		}
	}
	if !ok {
		os.Exit(1)
	}
}

// limit is the largest size allowed, in bytes by platform.
type limit map[string]int64

func (l limit) String() string { return "" }

func (l limit) Set(s string) error {
	platform, size, _ := strings.Cut(s, "=")
	bytes, err := strconv.ParseInt(size, 10, 64)
	if err != nil || bytes <= 0 {
		return fmt.Errorf("want PLATFORM=BYTES")
	}
	l[platform] = bytes
	return nil
}

// binary is what one file says of itself.
type binary struct {
	path     string
	platform string // GOARCH, with the variant where GOARCH alone does not say it: arm/v7
	bytes    int64
	goes     string // the Go that built it
	needs    string // the loader or libraries it cannot start without; empty when static
}

// read takes the platform and Go version from the build information the linker left, and the rest from the ELF headers.
func read(path string) (binary, error) {
	st, err := os.Stat(path)
	if err != nil {
		return binary{}, err
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return binary{}, fmt.Errorf("%s: %w", path, err)
	}
	needs, err := loader(path)
	if err != nil {
		return binary{}, fmt.Errorf("%s: %w", path, err)
	}
	b := binary{path: path, bytes: st.Size(), goes: info.GoVersion, needs: needs}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOARCH":
			b.platform = s.Value
		case "GOARM":
			b.platform += "/v" + s.Value
		}
	}
	return b, nil
}

// loader returns the program interpreter (PT_INTERP, elf(5)) and needed libraries of an ELF file.
func loader(path string) (string, error) {
	f, err := elf.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var needs []string
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			needs = append(needs, "a program interpreter")
		}
	}
	libraries, err := f.ImportedLibraries()
	return strings.Join(append(needs, libraries...), ", "), err
}

func (b binary) String() string {
	kind := "static"
	if b.needs != "" {
		kind = "needs " + b.needs
	}
	return fmt.Sprintf("%-30s %-8s %9d bytes  %s  %s", b.path, b.platform, b.bytes, kind, b.goes)
}

// check returns an error if the file would not start alone or is larger than its platform may be.
func (b binary) check(limits limit) error {
	if b.needs != "" {
		return fmt.Errorf("%s needs %s: build it with CGO_ENABLED=0", b.path, b.needs)
	}
	if most, limited := limits[b.platform]; limited && b.bytes > most {
		return fmt.Errorf("%s has %d bytes, %d more than the %d allowed for %s", b.path, b.bytes, b.bytes-most, most, b.platform)
	}
	return nil
}
