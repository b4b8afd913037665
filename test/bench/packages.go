package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// initTurns is how often the initialisation is traced, of which the median counts.
const initTurns = 20

// packageInit returns how long a Go program takes to initialise its packages, in the runtime's own words
// (GODEBUG=inittrace=1, package runtime). --version has it do nothing more.
func packageInit(path string) (time.Duration, error) {
	var took []time.Duration
	for range initTurns {
		cmd := exec.Command(path, "--version")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		text, err := cmd.CombinedOutput()
		if err != nil {
			return 0, err
		}
		took = append(took, initSum(string(text)))
	}
	return median(took), nil
}

var initLine = regexp.MustCompile(`(?m)^init \S+ @[\d.]+ ms, ([\d.]+) ms clock,`)

// initSum adds up what a trace has for each package.
func initSum(trace string) time.Duration {
	var sum time.Duration
	for _, m := range initLine.FindAllStringSubmatch(trace, -1) {
		ms, _ := strconv.ParseFloat(m[1], 64)
		sum += time.Duration(ms * float64(time.Millisecond))
	}
	return sum
}
