package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// client is one way to ask: how long an answer takes, and whether each request has a connection of its own or is a POST
// on one that is kept.
type client struct {
	name     string
	response string
	kept     bool
	rate     int
}

// clients ask at the same time, each at its own rate.
var clients = []client{
	{"0 ms, new", "0s", false, 60},
	{"500 ms, new", "500ms", false, 40},
	{"500 ms, kept POST", "500ms", true, 40},
	{"6 s, new", "6s", false, 20},
	{"0 ms, kept POST", "0s", true, 60},
}

// tally is what loadcheck says with -json, as far as it is used.
type tally struct {
	Sent    int            `json:"sent"`
	Lost    int            `json:"lost"`
	NotSent int            `json:"not_sent"`
	By      map[string]int `json:"lost_by"`
	First   *struct {
		Due time.Time `json:"due"`
		Err string    `json:"error"`
	} `json:"first_lost"`
}

func (t *tally) add(o tally) {
	t.Sent, t.Lost, t.NotSent = t.Sent+o.Sent, t.Lost+o.Lost, t.NotSent+o.NotSent
	for how, n := range o.By {
		if t.By == nil {
			t.By = map[string]int{}
		}
		t.By[how] += n
	}
}

// pod is one with a container for each client, which asks until it is interrupted, ten minutes at most.
func loadPod(name, url string, clients []client) object {
	var containers []any
	for i, c := range clients {
		args := []string{"/loadcheck", "-json", "-duration", "10m", "-timeout", "20s", "-rate", strconv.Itoa(c.rate)}
		if c.kept {
			args = append(args, "-keep", strconv.Itoa(c.kepts()), "-body", "{}")
		}
		containers = append(containers, map[string]any{
			"name": containerOf(i), "image": loadImage, "imagePullPolicy": "IfNotPresent",
			"command":         words(append(args, url+"?response-time="+c.response)...),
			"securityContext": map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": words("ALL")}},
		})
	}
	return object{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"restartPolicy": "Never", "containers": containers, "terminationGracePeriodSeconds": 2, "activeDeadlineSeconds": 600,
			"securityContext": map[string]any{"runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
		},
	}
}

func containerOf(i int) string { return "client-" + strconv.Itoa(i) }

// kepts is how many connections a client keeps: enough that none is idle for long, nor in use when its turn comes.
func (c client) kepts() int {
	response, _ := time.ParseDuration(c.response)
	return max(10, int(float64(c.rate)*response.Seconds()*1.2))
}

// under runs do while the clients ask url, from two seconds before to two seconds after, and returns what each of them
// lost.
func (l *lab) under(ctx context.Context, name, url string, clients []client, do func(context.Context) error) ([]tally, error) {
	pod := loadPod(name, url, clients)
	if err := l.apply(ctx, pod); err != nil {
		return nil, err
	}
	defer l.remove(ctx, "pod/"+name)
	if _, err := l.try(ctx, nil, "wait", "--for=condition=Ready", "pod/"+name, "--timeout=60s"); err != nil {
		return nil, err
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return nil, err
	}
	if err := do(ctx); err != nil {
		return nil, err
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return nil, err
	}
	for i := range clients {
		if _, err := l.try(ctx, nil, "exec", name, "-c", containerOf(i), "--", "/signal", "1", "2"); err != nil {
			return nil, err
		}
	}
	tallies := make([]tally, len(clients))
	for i := range clients {
		if err := l.tally(ctx, name, containerOf(i), &tallies[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", clients[i].name, err)
		}
	}
	return tallies, nil
}

// tally waits for a client's end and decodes what it printed.
func (l *lab) tally(ctx context.Context, pod, container string, into *tally) error {
	out, err := l.try(ctx, nil, "logs", "-f", pod, "-c", container)
	if err != nil {
		return err
	}
	// Progress stands before it, on standard error, which a container's log has too.
	i := strings.Index(out, "{\n")
	if i < 0 {
		return errors.New("no report of loadcheck in: " + out)
	}
	return json.NewDecoder(strings.NewReader(out[i:])).Decode(into)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
