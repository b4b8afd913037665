package idle

import (
	"errors"
	"io/fs"
	"os"
)

// askFile is idle where the file is as it should be.
func askFile(path string, there bool) Answer {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return Answer{there, "it is there"}
	case errors.Is(err, fs.ErrNotExist):
		return Answer{!there, "it is not there"}
	}
	return unknown(errors.Unwrap(err))
}
