package rules

import (
	"slices"
	"strings"
	"testing"

	"drainit/cmd/drainlint/internal/manifest"
)

// found returns the checks of the findings in a manifest.
func found(t *testing.T, text string) []string {
	t.Helper()
	set := manifest.New()
	if err := set.Read("f", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range Judge(set, Options{Rate: 100}) {
		ids = append(ids, f.Check.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Nothing is said of pods to which no request comes.
func TestWhoIsServed(t *testing.T) {
	const bare = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    " +
		"metadata: {labels: {app: web}}\n" +
		"    spec:\n      containers: [{name: c, image: i, ports: [{name: NAME, containerPort: 80}]}]\n"
	const service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: " +
		"[{name: NAME, port: 80}]}\n"
	all := []string{"no-hold", "no-readiness", "one-replica"}
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a port, and no Service in sight", strings.ReplaceAll(bare, "NAME", "http"), all},
		{"a port for metrics", strings.ReplaceAll(bare, "NAME", "metrics"), nil},
		{"a Service", strings.ReplaceAll(bare+service, "NAME", "http"), all},
		{"a Service for metrics", strings.ReplaceAll(bare+service, "NAME", "http-metrics"), nil},
		{"a Service for others", strings.ReplaceAll(bare+strings.Replace(service, "app: web", "app: other", 1), "NAME",
			"http"), nil},
		{"a Service of another namespace", strings.ReplaceAll(strings.Replace(bare, "name: web", "name: web, namespace: a",
			1)+
			strings.Replace(service, "name: web", "name: web, namespace: b", 1), "NAME", "metrics"), nil},
		{"a Service that does not ask for readiness", strings.ReplaceAll(bare+strings.Replace(service, "selector",
			"publishNotReadyAddresses: true, selector", 1), "NAME", "http"), nil},
		{"switched off", strings.ReplaceAll(strings.Replace(bare, "replicas: 1", "replicas: 0", 1), "NAME", "http"), nil},
		{"a job", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {metadata: {labels: {app: " +
			"web}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}}\n" +
			strings.Replace(service, "port: 80", "port: 80, targetPort: nowhere", 1), nil},
		{"two replicas at least", strings.ReplaceAll(bare, "NAME", "metrics") +
			"---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: " +
			"{kind: Deployment, name: web}, minReplicas: 2}\n", nil},
	} {
		if got := found(t, tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: findings %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The numbers of a rollout are the controller's: percentages of maxUnavailable are rounded down, and of two that come
// to 0 one is 1.
func TestUnavailable(t *testing.T) {
	const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: N\n  strategy: " +
		"{rollingUpdate: {maxUnavailable: U, maxSurge: S}}\n" +
		"  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: " +
		"80}]}]}}\n"
	for _, tt := range []struct {
		n, u, s string
		last    bool
	}{
		{"1", "1", "1", true}, {"1", "25%", "25%", false}, {"1", "50%", "0", true}, {"2", "1", "0", false}, {"2", "2", "0",
			true},
		{"3", "99%", "1", false}, {"3", "100%", "1", true}, {"4", "25%", "25%", false}, {"1", "0", "1", false},
	} {
		got := found(t, strings.NewReplacer("N\n", tt.n+"\n", "U,", tt.u+",", "S}", tt.s+"}").Replace(text))
		if slices.Contains(got, "rollout-takes-last-pod") != tt.last {
			t.Errorf("%s replicas, maxUnavailable %s, maxSurge %s: findings %q, takes the last: want %v", tt.n, tt.u, tt.s, got,
				tt.last)
		}
	}
}

// Percentages of a budget are rounded up, as by the controller.
func TestBudgets(t *testing.T) {
	const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n" +
		"spec: {replicas: 3, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}\n" +
		"---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n" +
		"spec: {selector: {matchLabels: {app: web}}, FIELD}\n"
	for field, want := range map[string]string{
		"minAvailable: 70%": "pdb-allows-none", "minAvailable: 60%": "", "minAvailable: 3": "pdb-allows-none",
		"minAvailable: 4": "pdb-allows-none", "minAvailable: 0%": "pdb-allows-all", "minAvailable: 1%": "",
		"maxUnavailable: 0": "pdb-allows-none", "maxUnavailable: 1%": "", "maxUnavailable: 70%": "pdb-allows-all",
		"maxUnavailable: 9": "pdb-allows-all", "maxUnavailable: many": "", "unhealthyPodEvictionPolicy: AlwaysAllow": "",
	} {
		if got := strings.Join(found(t, strings.Replace(text, "FIELD", field, 1)), " "); got != want {
			t.Errorf("%s of 3: findings %q, want %q", field, got, want)
		}
	}
}

// A readiness probe that cannot fail within the hold takes no route away.
func TestUnready(t *testing.T) {
	const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n" +
		"spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i,\n" +
		"  command: [/drainit, --grace-period, 30s, --, /server], ports: [{containerPort: 80}],\n" +
		"  readinessProbe: {httpGet: {path: readyz, port: 10143}, periodSeconds: P, failureThreshold: F}}]}}}\n"
	for _, tt := range []struct {
		period, failures string
		early            bool
	}{{"1", "1", true}, {"2", "2", true}, {"5", "1", false}, {"5", "2", false}} {
		got := found(t, strings.NewReplacer("P,", tt.period+",", "F}", tt.failures+"}").Replace(text))
		if slices.Contains(got, "unready-too-early") != tt.early {
			t.Errorf("%s s x %s in a hold of 5 s: findings %q, too early: want %v", tt.period, tt.failures, got, tt.early)
		}
	}
}

// A Service's port may be that of one of the workloads it selects only.
func TestServicePortElsewhere(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, labels: {app: web}}\n" +
		"spec: {containers: [{name: c, image: i, ports: [{name: PORT, containerPort: 80}]}]}\n---\n"
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n" +
		"spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n"
	with := strings.NewReplacer("NAME", "a", "PORT", "http").Replace(pod)
	without := strings.NewReplacer("NAME", "b", "PORT", "other").Replace(pod)
	for text, want := range map[string]bool{
		with + service: false, without + service: true, with + without + service: false,
	} {
		if got := slices.Contains(found(t, text), "service-port"); got != want {
			t.Errorf("service-port %v, want %v:\n%s", got, want, text)
		}
	}
}
