package config

import (
	"slices"
	"strings"
)

// unknownFlag explains a flag that this version does not have.
func unknownFlag(name string) (says string, takesValue bool) {
	if name == "" || name[0] == '-' {
		return "not a flag; -h lists them", false
	}
	if says, takesValue = peersFlag(name); says != "" {
		return says, takesValue
	}
	all := flagsOf(settings())
	if n := Nearest(strings.ToLower(name), SettingNames()); n != "" {
		return "no such flag; did you mean --" + n + "?", all[n] != IsSwitch
	}
	if strings.HasSuffix(name, "timeout") || strings.HasSuffix(name, "grace-period") {
		return "no such flag; what the platform allows is --grace-period", true
	}
	return "no such flag; -h lists them", false
}

// peersFlag names what drainit has for a flag of tini or dumb-init, which many
// come from.
func peersFlag(name string) (says string, takesValue bool) {
	if strings.Trim(name, "v") == "" {
		name = "v" // tini -vvv
	}
	attached := strings.Trim(name[1:], "0123456789:") == "" && len(name) > 1 // -e143, -r15:3
	if attached {
		name = name[:1]
	}
	switch name {
	case "g":
		return "tini's; write --group", false
	case "s":
		return "tini's; leave it out: where drainit is not PID 1 it becomes a subreaper by itself", false
	case "p":
		return "tini's; leave it out: drainit does not watch its parent", true
	case "w":
		return "tini's; leave it out: reaped processes are counted in /metrics", false
	case "l":
		return "tini's; leave it out: the licence is not in the binary", false
	case "e":
		return "tini's; write --remap-exit CODE=0", !attached
	case "v", "verbose":
		return "tini's and dumb-init's; write --log-level debug", false
	case "r", "rewrite":
		return "dumb-init's; write --stop-signal SIG for what a stop request such as SIGTERM is to become, --map SIG=SIG for other signals", !attached
	case "c", "single-child":
		return "dumb-init's; leave it out: signals go to the child alone unless --group is given", false
	case "V":
		return "dumb-init's; write --version", false
	}
	return "", false
}

// UnknownVariables warns of variables that look like settings and are none. It
// is no error: another version, in another container, may share them. What is
// empty is unset, and what a platform makes is nobody's mistake.
func UnknownVariables(env []string) []string {
	known := SettingNames()
	var warnings []string
	for _, kv := range env {
		variable, value, _ := strings.Cut(kv, "=")
		rest, ok := strings.CutPrefix(variable, variablePrefix)
		name := strings.ReplaceAll(strings.ToLower(rest), "_", "-")
		if !ok || value == "" || variable == budgetVariable || madeByPlatform(variable, value) || isLinkName(variable, value) || slices.ContainsFunc(known, func(s string) bool { return VariableOf(s) == variable }) {
			continue
		}
		says := "no such setting"
		if n := Nearest(name, known); n != "" {
			says += "; did you mean " + VariableOf(n) + "?"
		}
		warnings = append(warnings, variable+" is ignored: "+says)
	}
	return warnings
}

// madeByPlatform reports whether a platform may have made the variable: Kubernetes,
// for a Service called drainit or drainit-something ("Accessing the Service",
// environment variables, in the Kubernetes docs), or Docker, for a container that
// is linked under such a name ("Legacy container links"). No setting may have such
// a name. DRAINIT_WEB_PORT is one by its value: tcp://10.0.0.1:80.
func madeByPlatform(variable, value string) bool {
	rest, ok := strings.CutPrefix(variable, variablePrefix)
	rest = strings.TrimLeft(rest, "0123456789_") // Compose counts: DRAINIT_1_PORT
	return ok && (rest == "PORT" || strings.HasPrefix(rest, "PORT_") || strings.HasPrefix(rest, "ENV_") ||
		strings.HasSuffix(rest, "SERVICE_HOST") || strings.Contains(rest, "SERVICE_PORT") ||
		strings.HasSuffix(rest, "_PORT") && strings.Contains(value, "://") || isPortOfService(rest))
}

// isPortOfService reports whether a name is that of a Service's port:
// WEB_PORT_80_TCP, WEB_PORT_80_TCP_ADDR.
func isPortOfService(name string) bool {
	_, port, ok := strings.Cut(name, "_PORT_")
	if !ok {
		return false
	}
	number, protocol, ok := strings.Cut(port, "_")
	protocol, _, _ = strings.Cut(protocol, "_")
	return ok && strings.Trim(number, "0123456789") == "" && slices.Contains([]string{"TCP", "UDP", "SCTP"}, protocol)
}

// isLinkName reports whether Docker made the variable, for a container linked as
// drainit: it has its own name for it, DRAINIT_NAME=/web/drainit. No name of ours
// has a slash.
func isLinkName(variable, value string) bool {
	return strings.HasSuffix(variable, "NAME") && strings.HasPrefix(value, "/")
}
