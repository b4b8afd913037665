package manifest

import (
	"strings"
	"testing"
)

const deployment = `# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: server
          image: i
`

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, tt := range []struct{ name, input, want string }{
		{"unknown field", strings.Replace(deployment, "replicas", "replica", 1),
			`f:7: document 1: unknown field "spec.replica"; did you mean replicas?`},
		{"unknown field in a container", deployment + "          livenessProb: {}\n",
			`f:15: document 1: unknown field "spec.template.spec.containers[0].livenessProb"; did you mean livenessProbe?`},
		{"wrong case", strings.Replace(deployment, "image", "Image", 1),
			`f:14: document 1: unknown field "spec.template.spec.containers[0].Image"; did you mean image?`},
		{"wrong type", strings.Replace(deployment, "replicas: 2", "replicas: two", 1),
			`f:7: document 1: spec.replicas is a string; it wants a whole number`},
		{"wrong type, in a container", deployment + "          env: [{name: A, value: 1}]\n",
			`f:15: document 1: spec.template.spec.containers.env.value is a number; it wants a string (in quotes, if`},
		{"the second document", "---\n# nothing\n---\n" + deployment + "---\nkind: Pod\n",
			`f:19: document 2: Pod without apiVersion`},
		{"no kind", "a: b\n", `f:1: document 1: no kind: `},
		{"no object", "- a\n", `f:1: document 1: the document is an array; it wants a mapping`},
		{"no YAML", "a: b\n  c: d\n", `f:2: document 1: mapping values are not allowed`},
		{"a key twice", "kind: Pod\nkind: Pod\n", `f:2: document 1: key "kind" already set`},
		{"a template", "a: {{ .Values.x }}\n", `render it first`},
		{"no containers", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n", `f:4: document 1: no containers`},
		{"in a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  spec:\n    port: 80\n",
			`f:7: document 1: unknown field "spec.port"; did you mean ports?`},
		{"empty", "\n# nothing\n", "f: empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := New().Read("f", strings.NewReader(tt.input))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

// What is wrong with one document does not hide another, and each is said.
func TestAllErrorsAreSaid(t *testing.T) {
	s := New()
	err := s.Read("f", strings.NewReader("kind: X\n---\n"+deployment+"---\nkind: Y\n"))
	if len(s.Workloads) != 1 || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%d workloads, errors %v, want 1 and two lines", len(s.Workloads), err)
	}
}

func TestFormsOfInput(t *testing.T) {
	windows := strings.ReplaceAll(deployment, "\n", "\r\n")
	list := "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: web}\n  spec: {replicas: 2, " +
		"template: {spec: {containers: [{name: server}]}}}\n"
	json := `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},` +
		`"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"server"}]}}}}`
	for name, input := range map[string]string{
		"YAML": deployment, "Windows' ends of lines": windows, "a byte order mark": "\ufeff" + deployment, "a list": list,
		"JSON":    json,
		"markers": "%YAML 1.2\n--- # first\n" + deployment + "...\n---\n",
		"anchors": strings.Replace(deployment, "replicas: 2", "replicas: &n 2\n  minReadySeconds: *n", 1),
	} {
		s := New()
		if err := s.Read("f", strings.NewReader(input)); err != nil || len(s.Workloads) != 1 {
			t.Errorf("%s: %d workloads, error %v, want 1 and none", name, len(s.Workloads), err)
			continue
		}
		if w := s.Workloads[0]; w.String() != "Deployment web" || w.Replicas == nil || *w.Replicas != 2 ||
			w.Template.Spec.Containers[0].Name != "server" {
			t.Errorf("%s: read as %v", name, w)
		}
	}
}

func TestLines(t *testing.T) {
	s := New()
	if err := s.Read("f", strings.NewReader("\n---\n\n"+deployment)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"spec.replicas": 10, "spec.template.spec.containers[0].image": 17, "spec.template.spec.containers[0]": 16,
		"spec.template.spec.containers[0].env[3]": 16, "spec.strategy": 9, "": 5,
	} {
		if got := s.Workloads[0].Line(path); got != want {
			t.Errorf("line of %q is %d, want %d", path, got, want)
		}
	}
}

// Whatever comes, it is read or refused, and an error is of a line that is there.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{deployment, "a: &a [*a]", "kind: List\nitems: [{kind: List}]", "{}", "---", "? a\n: b",
		"\t", "a: !!binary x",
		"apiVersion: v1\nkind: List\nitems: [null, 1, {apiVersion: v1, kind: Pod}]", "apiVersion: autoscaling/v2\nkind: " +
			"HorizontalPodAutoscaler\nspec: 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		s := New()
		err := s.Read("f", strings.NewReader(input))
		if err == nil && s.Objects == 0 && !strings.Contains(input, "List") {
			t.Errorf("neither an object nor an error")
		}
		for _, w := range s.Workloads {
			for _, path := range []string{"", w.PodPath, w.PodPath + ".containers[0].lifecycle.preStop"} {
				if line := w.Line(path); line < 1 || line > strings.Count(input, "\n")+1 {
					t.Errorf("line %d of %q", line, path)
				}
			}
		}
	})
}
