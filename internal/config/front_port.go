package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drainit/internal/front"
)

// portWord is what --expand replaces by the program's port behind the front.
const portWord = "{port}"

// setFrontPortVariable reads the names of variables.
func setFrontPortVariable(c *Config, v string) error {
	c.FrontVariables = nil
	for name := range strings.SplitSeq(v, ",") {
		name = strings.TrimSpace(name)
		switch {
		case !isVariableName(name):
			return fmt.Errorf("%q is no name of a variable; letters, digits and underscores, and no digit first, as PORT", name)
		case strings.HasPrefix(name, variablePrefix):
			return fmt.Errorf("%s would be taken for a setting of drainit's; write another name, as PORT", name)
		case slices.Contains(c.FrontVariables, name):
			return fmt.Errorf("%s twice; a variable tells one port", name)
		}
		c.FrontVariables = append(c.FrontVariables, name)
	}
	return nil
}

// isVariableName reports whether every shell can read a variable of that name.
func isVariableName(s string) bool {
	other := func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return s != "" && !strings.ContainsFunc(s, other) && (s[0] < '0' || s[0] > '9')
}

// nameFrontPorts gives each route whose target is to be chosen its variable.
func (r *Reading) nameFrontPorts() {
	names := r.Config.FrontVariables
	var to []*Route
	for i := range r.Config.Front {
		if one := &r.Config.Front[i]; !one.Target.Known() {
			to = append(to, one)
		}
	}
	switch _, given := r.Values["front-port-variable"]; {
	case len(to) > len(names):
		r.Wrong("front-port-variable", fmt.Sprintf("%d --front without a TARGET need a variable each; write as many names, as PORT,PORT2, or TARGETs", len(to)))
	case given && len(to) == 0 && len(r.Config.Front) > 0:
		r.Wrong("front-port-variable", "no --front is without a TARGET, so no port is chosen; leave one of the two out")
	case given && len(to) > 0 && len(to) < len(names):
		r.Wrong("front-port-variable", fmt.Sprintf("%d names, and %d --front without a TARGET; write a name for each", len(names), len(to)))
	default:
		for i, one := range to {
			one.Variable = names[i]
		}
	}
}

// ChoosesPorts reports whether the program's port behind some route is yet to be chosen.
func (c Config) ChoosesPorts() bool {
	return slices.ContainsFunc(c.Front, func(one Route) bool { return !one.Target.Known() })
}

// WithPorts returns the configuration with the targets that choose chooses, one for each
// route that has none.
func (c Config) WithPorts(choose func() (uint16, error)) (Config, error) {
	c.Front = slices.Clone(c.Front)
	for i := range c.Front {
		if one := &c.Front[i]; !one.Target.Known() {
			port, err := choose()
			if err != nil {
				return c, fmt.Errorf("--front %q: no port can be chosen for the program: %w; write one, as --front %s=127.0.0.1:8081 (DRAINIT_FRONT)", one, err, one.Listen)
			}
			one.Target = front.Localhost(port)
		}
	}
	if port, ok := c.frontPort(); ok && c.Expand {
		c.Command = expandPort(c.Command, port)
	}
	return c, nil
}

// IsNamed reports whether some setting is about a port, so that it is none to choose.
func (c Config) IsNamed(port uint16) bool {
	named := append(slices.Clone(c.Ports), portOf(c.ProbeAddr))
	for _, one := range c.Front {
		named = append(named, portOf(one.Listen), portOf(one.Target.Address))
	}
	return slices.Contains(named, port)
}

// frontPort is the program's port, where there is one route, and its target is a port and
// known.
func (c Config) frontPort() (port uint16, ok bool) {
	if len(c.Front) != 1 || c.Front[0].Target.Network != "tcp" {
		return 0, false
	}
	return portOf(c.Front[0].Target.Address), true
}

// checkPortWord looks whether there is a port for what stands in COMMAND, or will be.
func (r *Reading) checkPortWord(arg string) (ok bool) {
	lacks := ""
	switch routes := r.Config.Front; {
	case !strings.Contains(arg, portWord):
	case len(routes) == 0:
		lacks = "; set --front"
	case len(routes) > 1:
		lacks = ", as there are several --front; have a shell put the variables there (--front-port-variable)"
	case routes[0].Target.Network == "unix":
		lacks = ", as the TARGET of --front is a socket's path"
	}
	if lacks != "" {
		r.Wrong("expand", "there is no port for "+strconv.Quote(arg)+" in COMMAND"+lacks)
	}
	return lacks == ""
}

// expandPort replaces the word in COMMAND's arguments.
func expandPort(command []string, port uint16) []string {
	command = slices.Clone(command)
	for i := 1; i < len(command); i++ {
		command[i] = strings.ReplaceAll(command[i], portWord, strconv.Itoa(int(port)))
	}
	return command
}
