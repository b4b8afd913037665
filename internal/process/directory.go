package process

import (
	"os"

	"drainit/internal/proc"
)

// LeaveDirectory lets go of the working directory, so as to pin no mount.
func LeaveDirectory() error {
	if proc.Check() != nil {
		StartedFrom() // which may be relative to it
	}
	return os.Chdir("/")
}
