package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lagHeads are those of the table of lags, in seconds from Swarm's stop signal: what is negative came before it.
var lagHeads = []string{"route", "stops", "Docker's DNS names the task until", "HAProxy sends to it until"}

// lasts is when each address, or container, was seen for the last time.
type lasts struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (l *lasts) see(what string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	l.at[what] = at
}

// sightings are the last times of one update.
type sightings struct {
	named, signalled lasts
	used             []lasts // by route
}

// measureLags updates a service once and finds out when the routes through DNS forget a task. The server is up for long
// after its stop request, so that nothing but DNS takes it out. The result is a table.
func measureLags(s *swarm) ([][]string, error) {
	u := setup{platform: inSwarm, routes: []route{dnsSoon, dnsLate}, mode: exits, grace: grace}
	c := cell{u, longer, run + "-lag"}
	defer removeNamed(c.name, true)
	f, routes, err := c.begin(s)
	if err != nil {
		return nil, err
	}
	addresses, err := s.addresses(c.name)
	if err != nil {
		return nil, err
	}
	seen := sightings{used: make([]lasts, len(routes))}
	if err := seen.during(f, routes, s, c.name); err != nil {
		return nil, err
	}
	rows := [][]string{lagHeads}
	for n, r := range c.routes {
		var byNames, byHAProxy []time.Duration
		for id, at := range seen.signalled.at {
			if address := addresses[id]; address != "" {
				byNames = append(byNames, seen.named.at[address].Sub(at))
				byHAProxy = append(byHAProxy, seen.used[n].at[address].Sub(at))
			}
		}
		if len(byNames) != replicas {
			return nil, fmt.Errorf("%d stops of %s seen, want %d", len(byNames), c.name, replicas)
		}
		rows = append(rows, []string{r.name, fmt.Sprint(len(byNames)), tenths(byNames), tenths(byHAProxy)})
	}
	return rows, nil
}

// during looks on while something is rolled out.
func (l *sightings) during(f *fleet, routes []*balancer, s *swarm, service string) error {
	names, err := start(s.network, []string{"--name", service + "-names"}, image, "sh", "-c", `while :; do
		echo "$(date +%s%N)" $(getent ahostsv4 `+service+` | sed -n 's/ .*STREAM.*//p'); sleep 0.05; done`)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	for n, b := range routes {
		watching.Go(func() { l.used[n].watch(ctx, b.backends) })
	}
	watching.Go(func() { l.signalled.follow(ctx, service) })
	_, err = f.roll(routes)
	time.Sleep(12 * time.Second) // what is late
	cancel()
	watching.Wait()
	text, wrong := docker("logs", names)
	l.named.read(text)
	return errors.Join(err, wrong)
}

// addresses are those of a service's containers, by id.
func (s *swarm) addresses(service string) (map[string]string, error) {
	ids, err := docker("ps", "--quiet", "--no-trunc", "--filter", "label=com.docker.swarm.service.name="+service)
	addresses := map[string]string{}
	format := fmt.Sprintf("{{(index .NetworkSettings.Networks %q).IPAddress}}", s.network)
	for id := range strings.FieldsSeq(ids) {
		address, wrong := docker("inspect", "--format", format, id)
		addresses[id] = address
		err = errors.Join(err, wrong)
	}
	return addresses, err
}

// watch asks HAProxy again and again which addresses it uses.
func (l *lasts) watch(ctx context.Context, servers func() (map[string]string, error)) {
	for ctx.Err() == nil {
		at := time.Now()
		now, _ := servers()
		for _, address := range now {
			address, _, _ = strings.Cut(address, ":")
			l.see(address, at)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// follow notes when the engine sends SIGTERM to which container of a service.
func (l *lasts) follow(ctx context.Context, service string) {
	events := exec.CommandContext(ctx, "docker", "events", "--filter", "event=kill",
		"--filter", "label=com.docker.swarm.service.name="+service,
		"--format", "{{.TimeNano}} {{.Actor.ID}} {{.Actor.Attributes.signal}}")
	lines, err := events.StdoutPipe()
	if err != nil || events.Start() != nil {
		return // seen as stops that are missing
	}
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		fields := strings.Fields(scanner.Text())
		if nanoseconds, err := strconv.ParseInt(fields[0], 10, 64); err == nil && fields[2] == "15" {
			l.see(fields[1], time.Unix(0, nanoseconds))
		}
	}
	events.Wait()
}

// read takes lines of a time and the addresses that DNS gave then.
func (l *lasts) read(text string) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		nanoseconds, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			continue
		}
		for _, address := range fields[1:] {
			l.see(address, time.Unix(0, nanoseconds))
		}
	}
}

// tenths is the least and the most of some durations, in seconds.
func tenths(times []time.Duration) string {
	return fmt.Sprintf("%.1f to %.1f", slices.Min(times).Seconds(), slices.Max(times).Seconds())
}
