// Command frontbench measures what the front costs: the program alone, behind the front, and behind nginx as the same
// proxy, with kept connections, and wrk as the client, or h2load where it is HTTP/2. All take turns in random order within
// one run.
//
//	go run ./test/frontbench [-o docs/proof/benchmarks.md] [-rounds 5] [-time 3s] [-nginx nginx] [-gib 10]
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// A task is what is asked for, over so many kept connections.
type task struct {
	name        string
	connections int
	answer      int // bytes; 0: the program's own 1 KiB
	body        int // bytes of a POST; 0: a GET
	streams     int // of HTTP/2 at a time on each connection; 0: HTTP/1.1
}

var tasks = []task{
	{name: "1 connection", connections: 1},
	{name: "32 connections", connections: 32},
	{name: "256 connections", connections: busy},
	{name: "32 connections, answers of 64 KiB", connections: 32, answer: 64 << 10},
	{name: "8 connections, answers of 10 MiB", connections: 8, answer: 10 << 20},
	{name: "32 connections, uploads of 64 KiB", connections: 32, answer: 1, body: 64 << 10},
	{name: "8 connections, uploads of 10 MiB", connections: 8, answer: 1, body: 10 << 20},
	{name: "HTTP/2, 1 connection of 10 streams", connections: 1, streams: 10},
	{name: "HTTP/2, 32 connections of 10 streams", connections: 32, streams: 10},
}

// busy is how many connections there are where memory is looked at, and silent how many
// that say nothing.
const busy = 256

var silent = []int{256, 900}

func main() {
	out := flag.String("o", "", "`file` in which the section of the front is replaced")
	rounds := flag.Int("rounds", 5, "turns of each")
	length := flag.Duration("time", 3*time.Second, "how long a turn is")
	nginx := flag.String("nginx", "nginx", "the nginx to compare with; left out if there is none")
	gib := flag.Float64("gib", 10, "GiB that are streamed through the front in each direction")
	flag.Parse()
	text, err := bench(*rounds, *length, *nginx, *gib)
	if err == nil {
		fmt.Print(text)
	}
	if err == nil && *out != "" {
		err = replace(*out, text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "frontbench:", err)
		os.Exit(1)
	}
}

// bench measures everything and returns the report.
func bench(rounds int, length time.Duration, nginx string, gib float64) (string, error) {
	dir, err := os.MkdirTemp("", "frontbench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	r := report{rounds: rounds, length: length, gib: gib, turns: map[turnKey][]turn{}}
	if r.binary, err = sizes(dir); err != nil {
		return "", err
	}
	lanes, stop, err := start(dir, nginx)
	defer stop()
	if err != nil {
		return "", err
	}
	r.lanes = lanes
	for i := range rounds {
		for _, k := range tasks {
			for _, j := range rand.Perm(len(lanes)) {
				fmt.Fprintf(os.Stderr, "round %d of %d: %s, %s\n", i+1, rounds, lanes[j].name, k.name)
				t, err := load(lanes[j], k, dir, length)
				if err != nil {
					return "", err
				}
				key := turnKey{lanes[j].name, k.name}
				r.turns[key] = append(r.turns[key], t)
			}
		}
	}
	r.idle = map[silence]memory{}
	for _, n := range silent {
		fmt.Fprintf(os.Stderr, "%d silent connections\n", n)
		for _, l := range lanes {
			if r.idle[silence{l.name, n}], err = idleMemory(l, n); err != nil {
				return "", err
			}
		}
	}
	if gib > 0 {
		fmt.Fprintf(os.Stderr, "streaming %v GiB each way\n", gib)
		if r.stream, err = stream(lanes[1], int64(gib*(1<<30))); err != nil {
			return "", err
		}
	}
	return r.markdown(), nil
}
