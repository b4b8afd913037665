package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// kubectl runs kubectl with one kubeconfig, context and namespace, which it names in each command: that of the caller's
// configuration is never used.
type kubectl struct {
	program, config, context, namespace string
}

func (k kubectl) args(args []string) []string {
	all := []string{"--context=" + k.context}
	if k.config != "" {
		all = append(all, "--kubeconfig="+k.config)
	}
	if k.namespace != "" {
		all = append(all, "--namespace="+k.namespace)
	}
	return append(all, args...)
}

// command is one whose end the caller waits for; it ends with the context.
func (k kubectl) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, k.program, k.args(args)...)
}

// try returns what kubectl prints, and what it says with an error.
func (k kubectl) try(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	cmd := k.command(ctx, args...)
	cmd.Stdin = stdin
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// get decodes what kubectl get says of something.
func (k kubectl) get(ctx context.Context, into any, args ...string) error {
	out, err := k.try(ctx, nil, append([]string{"get", "-o", "json"}, args...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}

// apply gives the cluster objects.
func (k kubectl) apply(ctx context.Context, objects ...object) error {
	list, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": objects})
	if err != nil {
		return err
	}
	_, err = k.try(ctx, bytes.NewReader(list), "apply", "-f", "-")
	return err
}

// read returns the objects of a manifest, as kubectl reads it.
func (k kubectl) read(ctx context.Context, path string) ([]object, error) {
	out, err := k.try(ctx, nil, "create", "--dry-run=client", "-o", "json", "-f", path)
	if err != nil {
		return nil, err
	}
	all, err := objects(out)
	for _, o := range all { // kubectl has put its own in, and each object may go into another
		if meta, is := o["metadata"].(map[string]any); is {
			delete(meta, "namespace")
		}
	}
	return all, err
}

// objects decodes one JSON value after the other, lists by their items.
func objects(text string) ([]object, error) {
	var all []object
	for in := json.NewDecoder(strings.NewReader(text)); ; {
		var o object
		if err := in.Decode(&o); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if items, isList := o["items"].([]any); isList {
			for _, item := range items {
				all = append(all, item.(map[string]any))
			}
			continue
		}
		all = append(all, o)
	}
}
