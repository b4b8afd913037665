package ctl

import (
	"errors"
	"time"

	"drainit/internal/config"
)

// sleep waits. A signal ends it as it ends any program.
func (c call) sleep() error {
	if len(c.args) == 1 && (c.args[0] == "-h" || c.args[0] == "--help") {
		return errHelp
	}
	if len(c.args) != 1 {
		return misuse{errors.New("ctl sleep: wants one duration, such as 10 or 10s")}
	}
	d, err := config.ParseDuration(c.args[0])
	if err != nil {
		return misuse{config.Problem{Flag: "ctl sleep", Value: c.args[0], HasValue: true, Says: err.Error()}}
	}
	time.Sleep(d)
	return nil
}
