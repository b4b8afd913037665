package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// packageVersions is one version in the words of each kind of package, each older than the release that it leads to by
// the rules of dpkg, rpm and apk.
type packageVersions struct {
	deb string // deb-version(7): what follows a tilde is older than nothing
	rpm string // rpm-version(7): the same
	apk string // apk-package(5): _alpha, _beta, _pre and _rc are older than nothing
}

// apkRevision ends every version for apk: without one, apk 2's apk_version_compare has 0.1.0_rc1 newer than 0.1.0, as
// it looks for a suffix behind any last number but 0.
const apkRevision = "-r0"

// versionParts matches what the Makefile makes (0.1.0-dev+HASH, 0.1.0-dev+HASH-dirty) and what a release is called
// (0.1.0, 0.1.0-rc.1).
var versionParts = regexp.MustCompile(`^(\d+\.\d+\.\d+)(?:-(dev|alpha|beta|rc)(?:\.(\d+))?)?(?:\+([0-9A-Za-z.-]+))?$`)

// translate says a version in the words of each kind of package. A development build is told from the one before by
// the time of its commit: hashes have no order, and apk has no place for them. For apk the time is in seconds, since
// apk 2 reads numbers as 32 bits.
func translate(version string, t time.Time) (packageVersions, error) {
	m := versionParts.FindStringSubmatch(version)
	if m == nil || (m[2] == "dev") != (m[4] != "") {
		return packageVersions{}, fmt.Errorf("-version %q: want 0.1.0, 0.1.0-rc.1 (alpha, beta) or 0.1.0-dev+HASH", version)
	}
	base, kind, number, hash := m[1], m[2], m[3], strings.ReplaceAll(m[4], "-", ".")
	switch kind {
	case "":
		return packageVersions{deb: base, rpm: base, apk: base + apkRevision}, nil
	case "dev":
		moment := t.UTC().Format("20060102150405")
		plain := base + "~dev" + moment + "+" + hash
		return packageVersions{deb: plain, rpm: plain, apk: fmt.Sprintf("%s_pre%d%s", base, t.Unix(), apkRevision)}, nil
	}
	plain := base + "~" + kind + number
	return packageVersions{deb: plain, rpm: plain, apk: base + "_" + kind + number + apkRevision}, nil
}
