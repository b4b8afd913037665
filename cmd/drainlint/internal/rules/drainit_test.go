package rules

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"drainit/cmd/drainlint/internal/manifest"
)

// The flags without a value are those of drainit -h, which the reference shows.
func TestSwitches(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	var without []string
	flag := regexp.MustCompile(`(?m)^  (-h, )?--([\w-]+)( \S+)?( .*)?$`)
	for _, m := range flag.FindAllStringSubmatch(string(text), -1) {
		if m[3] == "" || strings.HasPrefix(strings.TrimSpace(m[3]), "default") {
			without = append(without, m[2])
		}
	}
	want := slices.DeleteFunc(slices.Clone(switches), func(s string) bool { return s == "h" })
	slices.Sort(without)
	if slices.Sort(want); !slices.Equal(without, want) {
		t.Errorf("the reference has the switches %q, want %q", without, want)
	}
}

func TestDrainitOf(t *testing.T) {
	env := environment{values: map[string]string{"DRAINIT_GRACE_PERIOD": "30s"}}
	for _, tt := range []struct {
		command, args []string
		env           environment
		is            bool
		program       string
		shell         string
		flags         map[string]string
	}{
		{command: []string{"/drainit", "--", "/server", "-x"}, is: true, program: "/server -x"},
		{command: []string{"/opt/drainit-linux-amd64", "/server"}, is: true, program: "/server"},
		{command: []string{"/drainit", "--drain-delay", "3s", "--group", "--name=app", "--", "/server"}, is: true,
			program: "/server",
			flags:   map[string]string{"drain-delay": "3s", "group": "", "name": "app"}},
		{command: []string{"/drainit"}, args: []string{"--", "/server"}, is: true, program: "/server"},
		{command: []string{"/drainit", "ctl", "install", "/x"}},
		{command: []string{"/drainit", "--", "ctl"}, is: true, program: "ctl"},
		{command: []string{"sh", "-c", "/drainit -- /server; true"}, is: true, program: "/server; true", shell: "sh"},
		{command: []string{"sh", "-c", "exec /drainit -- /server"}, is: true, program: "/server"},
		{command: []string{"/server"}, env: env},
		{args: []string{"-x"}, env: env, is: true, program: "-x"},
		{args: []string{"-x"}},
		{},
	} {
		d := drainitOf(corev1.Container{Command: tt.command, Args: tt.args}, tt.env)
		if d == nil != !tt.is {
			t.Errorf("%q %q: drainit %v, want %v", tt.command, tt.args, d != nil, tt.is)
			continue
		}
		if d != nil && (strings.Join(d.program, " ") != tt.program || d.shell != tt.shell || len(tt.flags) > 0 &&
			!maps.Equal(d.flags, tt.flags)) {
			t.Errorf("%q: program %q, shell %q, flags %q; want %q, %q, %q", tt.command, d.program, d.shell, d.flags, tt.program,
				tt.shell, tt.flags)
		}
	}
}

// Of what is not known nothing is said, and what is not in the input may be anything.
func TestUnknownIsNoFinding(t *testing.T) {
	const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  template:\n    " +
		"metadata: {labels: {app: web}}\n" +
		"    spec:\n      containers:\n      - name: server\n        image: i\n        command: [/drainit, --, /server]\n" +
		"        ports: [{name: drainit, containerPort: 10143}]\n        readinessProbe: {httpGet: {path: /readyz, port: " +
		"10143}}\n"
	for _, tt := range []struct{ env, want string }{
		{"        envFrom: [{configMapRef: {name: elsewhere}}]\n", ""},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, valueFrom: {configMapKeyRef: {name: elsewhere, key: k}}}]\n", ""},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: $(GRACE)}]\n", ""},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: '30'}]\n", ""},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30 s}]\n", "drainit-refuses"},
		{"        env: [{name: DRAINIT_DEADLINE, value: 20s}, {name: DRAINIT_DRAIN_DELAY, value: 2s}]\n", ""},
		{"        env: [{name: DRAINIT_DEADLINE, value: 'off'}, {name: DRAINIT_DRAIN_DELAY, value: 40s}]\n", ""},
		{"        env: [{name: DRAINIT_DRAIN_DELAY, value: 40s}]\n", "drainit-grace-missing drainit-refuses"},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30s}, {name: DRAINIT_DRAIN_DELAY, value: 5s..40s}]\n",
			"drainit-refuses"},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30s}, {name: DRAINIT_STOP_SIGNAL, value: QUIT/25s/TERM}]\n",
			"drainit-refuses"},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30s}, {name: DRAINIT_DRAIN_UNTIL, value: empty}]\n",
			"drainit-refuses"},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30s}, {name: DRAINIT_PROBE_ADDR, value: 'off'}]\n", "probe-port"},
		{"        env: [{name: DRAINIT_GRACE_PERIOD, value: 30s}, {name: DRAINIT_PROBE_ADDR, value: ':10144'}]\n",
			"probe-port"},
	} {
		set := manifest.New()
		if err := set.Read("f", strings.NewReader(head+tt.env)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range Judge(set, Options{Rate: 100}) {
			if f.Check.ID != "pdb-missing" {
				got = append(got, f.Check.ID)
			}
		}
		if slices.Sort(got); strings.Join(got, " ") != tt.want {
			t.Errorf("%sfindings %q, want %q", tt.env, got, tt.want)
		}
	}
}
