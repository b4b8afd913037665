package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"drainit/cmd/drainlint/internal/rules"
)

// options are what the command line says.
type options struct {
	rules.Options
	format        string
	level         rules.Level
	list, version bool
	files         []string
}

// levels are from the gravest on.
var levels = []rules.Level{rules.Error, rules.Warning, rules.Note}

// says reports whether findings of a level are wanted.
func (o options) says(l rules.Level) bool {
	return slices.Index(levels, l) <= slices.Index(levels, o.level)
}

func parse(args []string) (options, error) {
	o := options{Options: rules.Options{Skip: map[string]bool{}}}
	flags := flag.NewFlagSet("drainlint", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.StringVar(&o.format, "format", "text", "")
	flags.Float64Var(&o.Rate, "rate", 100, "")
	level := flags.String("level", "note", "")
	skip := flags.String("skip", "", "")
	flags.BoolVar(&o.list, "list", false, "")
	flags.BoolVar(&o.version, "version", false, "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.level, o.files = rules.Level(*level), flags.Args()
	if len(o.files) == 0 {
		o.files = []string{"-"}
	}
	return o, o.check(*skip)
}

// check says what is wrong with the flags' values.
func (o options) check(skip string) error {
	switch {
	case o.format != "text" && o.format != "sarif":
		return fmt.Errorf("-format %q: want text or sarif", o.format)
	case !slices.Contains(levels, o.level):
		return fmt.Errorf("-level %q: want error, warning or note", o.level)
	case !(o.Rate > 0) || math.IsInf(o.Rate, 0):
		return fmt.Errorf("-rate %g: want requests a second, more than 0", o.Rate)
	}
	for i, file := range o.files {
		if slices.Contains(o.files[:i], file) {
			return fmt.Errorf("%s is named twice", file)
		}
	}
	for name := range strings.SplitSeq(skip, ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(rules.Checks(), func(c *rules.Check) bool { return c.ID == name }) {
			return fmt.Errorf("-skip %q: no such check; -list has their names", name)
		}
		o.Skip[name] = true
	}
	return nil
}
