package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// packages has nfpm make the packages of one platform, by nfpm.yaml beside this file.
func (r *release) packages(b binary, versions packageVersions) error {
	for _, p := range []struct{ format, version string }{
		{"deb", versions.deb},
		{"rpm", versions.rpm},
		{"apk", versions.apk},
	} {
		words := append(strings.Fields(r.packager), "package", "--config", "scripts/release/nfpm.yaml",
			"--packager", p.format, "--target", r.dir+string(filepath.Separator))
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Env = append(os.Environ(),
			"RELEASE_ARCH="+b.arch+strings.TrimPrefix(b.variant, "v"), // nfpm's word for GOARM=7 is arm7
			"RELEASE_VERSION="+p.version,
			"RELEASE_BINARY="+filepath.Join(r.dir, b.name()),
			"RELEASE_LICENSES="+filepath.Join(r.dir, licensesName),
			"SOURCE_DATE_EPOCH="+strconv.FormatInt(r.time.Unix(), 10),
		)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, out)
		}
	}
	return nil
}
