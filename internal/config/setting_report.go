package config

import (
	"errors"
	"fmt"
	"time"

	"drainit/internal/report"
)

// ReportPatience bounds the sending of the report, from when all of it is known.
const ReportPatience = 500 * time.Millisecond

// mostReports is how many places the report may be sent to: one process sends to all.
const mostReports = 8

// setReports reads a place a line.
func setReports(c *Config, v string) error {
	c.Reports = nil
	if v == "none" {
		return nil
	}
	lines, errs := eachLine(v, func(line string) error {
		sink, err := report.Parse(line)
		if err == nil {
			c.Reports = append(c.Reports, sink)
		}
		return err
	})
	if lines == 0 {
		_, err := report.Parse("")
		return err
	}
	if len(c.Reports) > mostReports {
		errs = append(errs, fmt.Errorf("%d places; %d at most", len(c.Reports), mostReports))
	}
	return errors.Join(errs...)
}
