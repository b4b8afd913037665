package main

import (
	"errors"
	"time"
)

// sleep waits. A signal ends it as it ends any program.
func (c ctlCall) sleep() error {
	if len(c.args) == 1 && (c.args[0] == "-h" || c.args[0] == "--help") {
		return errHelp
	}
	if len(c.args) != 1 {
		return misuse{errors.New("ctl sleep: wants one duration, such as 10 or 10s")}
	}
	d, err := parseDuration(c.args[0])
	if err != nil {
		return misuse{problem{"ctl sleep", c.args[0], true, "", err.Error()}}
	}
	time.Sleep(d)
	return nil
}
