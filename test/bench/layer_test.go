package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A layer has the files, whole, executable and under their paths, and is what gzip makes of them.
func TestLayer(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string][]byte{"a": make([]byte, 1<<20), "b": []byte("b")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := pack(dir+"/a", dir+"/b")
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) < 1000 || len(packed) > 3000 {
		t.Errorf("a MiB of zeros: got %d bytes, want between 1000 and 3000", len(packed))
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(unzipped)
	for _, want := range []struct {
		name string
		size int
	}{{dir[1:] + "/a", 1 << 20}, {dir[1:] + "/b", 1}} {
		h, err := files.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		if err != nil || h.Name != want.name || len(text) != want.size || h.Mode != 0o755 {
			t.Errorf("got %s, %d bytes, mode %o, error %v; want %s, %d bytes, mode 755", h.Name, len(text), h.Mode, err, want.name, want.size)
		}
	}
	if _, err := files.Next(); err != io.EOF {
		t.Errorf("after the files: got %v, want the end", err)
	}
}

func TestResolved(t *testing.T) {
	const glibc = "\tlinux-vdso.so.1 (0x00007f93f0f69000)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f93f0d6e000)\n" +
		"\t/lib64/ld-linux-x86-64.so.2 (0x00007f93f0f6b000)\n"
	const musl = "\t/lib/ld-musl-x86_64.so.1 (0x7f5b2c4b7000)\n\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f5b2c4b7000)\n"
	for _, tt := range []struct {
		list, loader string
		want         []string
	}{
		{glibc, "/lib64/ld-linux-x86-64.so.2", []string{"/lib/x86_64-linux-gnu/libc.so.6"}},
		{musl, "/lib/ld-musl-x86_64.so.1", nil},
	} {
		if got := resolved(tt.list, tt.loader); !slices.Equal(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A program built without cgo needs nothing besides itself.
func TestSizeOfAStaticProgram(t *testing.T) {
	got, err := sizeOf(contender{"static", built(t, "test/bench/child")})
	if err != nil {
		t.Fatal(err)
	}
	if !got.static || got.needed != got.layer || got.layer <= 0 || got.layer >= got.bytes {
		t.Errorf("got %+v, want static, nothing needed besides, and smaller as a layer", got)
	}
}

// What a dynamic program needs is its C library, and that is larger than 100 KiB. /bin/sh is dynamic almost everywhere.
func TestSizeOfTheShell(t *testing.T) {
	f, err := elf.Open("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	imported, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	got, err := sizeOf(contender{"sh", "/bin/sh"})
	if err != nil {
		t.Fatal(err)
	}
	if got.static != (len(imported) == 0) || !got.static && got.needed < got.layer+100<<10 {
		t.Errorf("got %+v; it imports %q", got, imported)
	}
}
