package release_test

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
)

// The sums are of all that was made, and of nothing else.
func TestSums(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sha256sum --check --strict --quiet SHA256SUMS && find . -type f | wc -l && wc -l <SHA256SUMS")
	cmd.Dir = release(t)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var files, sums int
	if _, err := fmt.Sscan(string(out), &files, &sums); err != nil || sums != files-1 || sums < 20 {
		t.Errorf("%d sums of %d files (%v), want all but SHA256SUMS itself", sums, files, err)
	}
}

// The SBOM has what SPDX 2.3 asks for, and every module that the linker says is in the binary, with its licence.
func TestSBOM(t *testing.T) {
	path := only(t, "drainit-linux-"+runtime.GOARCH)
	binary, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path + ".spdx.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		SPDXVersion, DataLicense, SPDXID, Name, DocumentNamespace string
		CreationInfo                                              struct {
			Created  string
			Creators []string
		}
		Packages []struct {
			SPDXID, Name, VersionInfo, DownloadLocation, LicenseDeclared string
			Checksums                                                    []struct{ Algorithm, ChecksumValue string }
		}
		Relationships []struct{ SPDXElementID, RelationshipType, RelatedSPDXElement string }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}

	var got []string
	for _, p := range document.Packages {
		if p.SPDXID == "" || p.DownloadLocation == "" || p.LicenseDeclared == "" || p.LicenseDeclared == "NOASSERTION" {
			t.Errorf("a package lacks what it must have: %+v", p)
		}
		got = append(got, p.Name+" "+p.VersionInfo)
	}
	want := []string{"drainit " + version, "std " + info.GoVersion}
	for _, m := range info.Deps {
		want = append(want, m.Path+" "+m.Version)
	}
	if len(info.Deps) < 3 || !slices.Equal(got, want) {
		t.Errorf("the packages are\n%q, want\n%q", got, want)
	}
	if sum, want := document.Packages[0].Checksums[0].ChecksumValue, fmt.Sprintf("%x", sha256.Sum256(binary)); sum != want {
		t.Errorf("the binary's sum is %s, want %s", sum, want)
	}
	if len(document.Relationships) != len(want) || document.Relationships[0].RelationshipType != "DESCRIBES" {
		t.Errorf("the relationships are %+v, want DESCRIBES and one for each of %d parts", document.Relationships, len(want)-1)
	}
	for name, field := range map[string]struct{ got, want string }{
		"spdxVersion": {document.SPDXVersion, "SPDX-2.3"},
		"dataLicense": {document.DataLicense, "CC0-1.0"},
		"SPDXID":      {document.SPDXID, "SPDXRef-DOCUMENT"},
		"created":     {document.CreationInfo.Created, "2023-11-14T22:13:20Z"},
	} {
		if field.got != field.want {
			t.Errorf("%s is %q, want %q", name, field.got, field.want)
		}
	}
	if document.Name == "" || document.DocumentNamespace == "" || len(document.CreationInfo.Creators) == 0 {
		t.Errorf("the document lacks its name, namespace or creator: %+v", document)
	}
}
