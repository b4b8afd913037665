package release_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built is the moment of SOURCE_DATE_EPOCH, by which packages tell development builds apart.
const built = "20231114221320"

func TestDeb(t *testing.T) {
	expectLines(t, inDebian(t, `
		dpkg -i drainit_*_$(dpkg --print-architecture).deb >/run/log
		drainit --version
		dpkg -L drainit | grep -v '^/\.$' | while read -r path; do [ -d "$path" ] || echo "$path"; done
		version=$(dpkg-query -W -f '${Version}' drainit) && echo "$version"
		dpkg --compare-versions "$version" lt 0.1.0 && echo older than the release
		dpkg --compare-versions "$version" gt 0.1.0~dev20231114221319+fff && echo newer than the build before
		dpkg -P drainit >/run/log
		test ! -e /usr/bin/drainit && echo gone
		dpkg-deb -f drainit_*_armhf.deb Architecture`),
		says(), "/usr/bin/drainit", "/usr/share/doc/drainit/copyright", "0.1.0~dev"+built+"+0123456789ab",
		"older than the release", "newer than the build before", "gone", "armhf")
}

func TestRPM(t *testing.T) {
	expectLines(t, inDebian(t, `
		rpm --initdb
		rpm -i --nodeps drainit-*.$(uname -m).rpm
		drainit --version
		rpm -V drainit && echo verified
		rpm -ql drainit
		version=$(rpm -q --qf '%{VERSION}' drainit) && echo "$version"
		rpm --eval "%{lua:print(rpm.vercmp('$version', '0.1.0'), rpm.vercmp('$version', '0.1.0~dev20231114221319+fff'))}"
		rpm -q --qf '%{BUILDHOST} %{PACKAGER}\n' drainit
		rpm -e drainit
		test ! -e /usr/bin/drainit && echo gone
		rpm -qp --qf '%{ARCH}\n' drainit-*.armv7hl.rpm`),
		says(), "verified", "/usr/bin/drainit", "/usr/share/licenses/drainit/LICENSES", "0.1.0~dev"+built+"+0123456789ab",
		"-1\t1", "localhost the drainit authors", "gone", "armv7hl")
}

// Debian has no apk. An apk is two gzip streams of tar, control and data, of which the first has the sum of the second
// (apk-package(5)); what apk would unpack is unpacked and run.
func TestApk(t *testing.T) {
	machine, err := exec.Command("uname", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	for arch, runs := range map[string]bool{strings.TrimSpace(string(machine)): true, "armv7": false} {
		content, err := os.ReadFile(only(t, "drainit_*_"+arch+".apk"))
		if err != nil {
			t.Fatal(err)
		}
		control, data := streams(t, content)
		info := string(unpackFile(t, control, ".PKGINFO"))
		for _, want := range []string{
			"pkgname = drainit", "pkgver = 0.1.0_pre1700000000-r0", "arch = " + arch, fmt.Sprintf("datahash = %x", sha256.Sum256(data)),
		} {
			if !strings.Contains("\n"+info, "\n"+want+"\n") {
				t.Errorf("%s: .PKGINFO has no line %q:\n%s", arch, want, info)
			}
		}
		program := unpackFile(t, data, "usr/bin/drainit")
		if !runs {
			continue
		}
		path := filepath.Join(t.TempDir(), "drainit")
		if err := os.WriteFile(path, program, 0o755); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(path, "--version").Output()
		if err != nil {
			t.Fatal(err)
		}
		expectLines(t, string(out), says())
	}
}

// streams splits a file into its two gzip streams, both still packed.
func streams(t *testing.T, content []byte) (control, data []byte) {
	t.Helper()
	rest := bytes.NewReader(content) // an io.ByteReader, of which gzip takes no byte too many
	z, err := gzip.NewReader(rest)
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false)
	if _, err := io.Copy(io.Discard, z); err != nil {
		t.Fatal(err)
	}
	end := len(content) - rest.Len()
	return content[:end], content[end:]
}

// unpackFile returns a file of a packed tar.
func unpackFile(t *testing.T, packed []byte, name string) []byte {
	t.Helper()
	cmd := exec.Command("tar", "-xzOf", "-", name)
	cmd.Stdin = bytes.NewReader(packed)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tar -xzOf - %s: %v", name, err)
	}
	return out
}
