// Package version is drainit's own.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version is set by the linker, where make builds. What go build and go install
// make says what they stamped into it; "dev" is left where they knew no more.
var Version = "dev"

func init() {
	if Version == "dev" {
		Version = stamped()
	}
}

// stamped returns the version of the main module that the go command wrote into
// the binary. In a checkout it ends in the time and hash of the commit, and in
// +dirty where files had been changed (go help buildvcs).
func stamped() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

// Line is what --version prints.
func Line() string {
	return fmt.Sprintf("drainit %s (%s %s/%s)", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
