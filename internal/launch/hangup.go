package launch

import (
	"fmt"

	"drainit/internal/config"
	"drainit/internal/process"
)

// Hangup watches standard input where its end is a stop request. It returns nil where it
// is not.
func Hangup(cfg config.Config) (hungUp <-chan struct{}, err error) {
	if !cfg.StopOnHangup {
		return nil, nil
	}
	hungUp, err = process.Hangup(0)
	if err != nil {
		return nil, fmt.Errorf("--stop-on-hangup: standard input: %w; keep it open (docker run -i, stdin: true in a pod), or leave the flag out (DRAINIT_STOP_ON_HANGUP)", err)
	}
	return hungUp, nil
}
