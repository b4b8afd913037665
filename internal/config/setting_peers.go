package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"drainit/internal/pod"
)

// MostNames is how many names a list may have. A stop order has to fit into a
// line of what peers tell each other.
const MostNames = 16

// setName makes a setter of a name, or none.
func setName(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if *field(c) = ""; v == "none" {
			return nil
		}
		if err := pod.CheckName(v); err != nil {
			return fmt.Errorf("%w; write a name such as app, or none", err)
		}
		*field(c) = v
		return nil
	}
}

// setNames makes a setter of a list of names, or none.
func setNames(field func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if *field(c) = nil; v == "none" {
			return nil
		}
		names, err := parseNames(v)
		if err == nil {
			*field(c) = names
		}
		return err
	}
}

func parseNames(v string) ([]string, error) {
	var names []string
	for part := range strings.SplitSeq(v, ",") {
		name := strings.TrimSpace(part)
		switch err := pod.CheckName(name); {
		case name == "":
			return nil, errors.New("a name is missing; write a list such as app,proxy, or none")
		case err != nil:
			return nil, fmt.Errorf("%q: %w; write a list such as app,proxy, or none", name, err)
		case slices.Contains(names, name):
			return nil, fmt.Errorf("%s twice; write each name once", name)
		}
		names = append(names, name)
	}
	if len(names) > MostNames {
		return nil, fmt.Errorf("%d names; %d at most", len(names), MostNames)
	}
	return names, nil
}

// checkPeers looks at whether the names fit together.
func (r *Reading) checkPeers() {
	name, order := r.Config.Settings.Name, r.Config.Settings.Order
	switch {
	case len(order) > 0 && name == "":
		r.Wrong("stop-order", "which of these is this one? set --name (DRAINIT_NAME)")
	case len(order) > 0 && !slices.Contains(order, name):
		r.Wrong("name", fmt.Sprintf("not in --stop-order %s; add it there, or set --stop-order none here", strings.Join(order, ",")))
	}
	if name != "" && slices.Contains(r.Config.ExitWith, name) {
		r.Wrong("exit-with", name+" is this one (--name); write the names of others")
	}
}

// AreAll returns "app is", or "app and cache are".
func AreAll(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " are"
	}
	return names[0] + " is"
}
