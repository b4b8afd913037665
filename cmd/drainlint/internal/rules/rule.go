// Package rules judges manifests by the seven rules of uptime (docs/guides/drainlint.md). It knows what Kubernetes and
// drainit do with the numbers of a manifest; it reads no files, and prints nothing.
package rules

// Level says how sure it is that a finding costs something.
type Level string

const (
	// Error: requests are lost, or the manifest is refused, whatever the program does.
	Error Level = "error"
	// Warning: requests are lost unless something prevents it that is not in the manifest.
	Warning Level = "warning"
	// Note: it costs in the case that the finding names.
	Note Level = "note"
)

// Rules are the seven rules of uptime, by their numbers less one.
var Rules = [...]string{
	"More than one pod, not stopped all at once",
	"The new pod is ready before the old one stops",
	"Ready means that requests can be answered",
	"Alive and ready are different questions",
	"Routes go first, then the program",
	"What has begun is finished",
	"The platform's limit is never reached",
}

// Source is the document that a check follows from.
type Source struct{ Title, URL string }

// Check is one thing that is looked at.
type Check struct {
	ID     string
	Rule   int // 1 to 7
	Level  Level
	Says   string // what is wrong, in a phrase
	Source Source

	// Others are the checks of other linters that look at the same, in the order of Linters; an empty one has none.
	Others [3]string

	// pod or budget looks, once for each.
	pod    func(*pod, func(Finding))
	budget func(*budget, func(Finding))
}

// Linters are those that Check.Others is about.
var Linters = [3]string{"kube-linter", "kube-score", "Polaris"}

const pages = "https://kubernetes.io/docs/"

var (
	podTermination = Source{"Kubernetes: Pod Lifecycle, Termination of Pods",
		pages + "concepts/workloads/pods/pod-lifecycle/#pod-termination"}
	probesPage = Source{"Kubernetes: Configure Liveness, Readiness and Startup Probes",
		pages + "tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"}
	hooksPage = Source{"Kubernetes: Container Lifecycle Hooks",
		pages + "concepts/containers/container-lifecycle-hooks/"}
	endpointsPage = Source{"Kubernetes: Explore Termination Behavior for Pods And Their Endpoints",
		pages + "tutorials/services/pods-and-endpoint-termination-flow/"}
	deployments = Source{"Kubernetes: Deployments", pages + "concepts/workloads/controllers/deployment/"}
	disruptions = Source{"Kubernetes: Disruptions", pages + "concepts/workloads/pods/disruptions/"}
	budgetsPage = Source{"Kubernetes: Specifying a Disruption Budget for your Application",
		pages + "tasks/run-application/configure-pdb/"}
	sidecarsPage = Source{"Kubernetes: Sidecar Containers", pages + "concepts/workloads/pods/sidecar-containers/"}
	servicesPage = Source{"Kubernetes: Service", pages + "concepts/services-networking/service/"}
	gracePeriod  = Source{"k8s.io/api/core/v1: PodSpec.TerminationGracePeriodSeconds",
		"https://pkg.go.dev/k8s.io/api/core/v1#PodSpec"}
	maxSurge = Source{"k8s.io/api/apps/v1: RollingUpdateDaemonSet.MaxSurge",
		"https://pkg.go.dev/k8s.io/api/apps/v1#RollingUpdateDaemonSet"}
	shellForm = Source{"Docker: " +
		"JSONArgsRecommended", "https://docs.docker.com/reference/build-checks/json-args-recommended/"}
	readinessGates = Source{"AWS Load Balancer Controller: Pod readiness gate",
		"https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/"}
)

// drainit's own documents, from the root of the project.
var (
	drainitNumbers = Source{"drainit: Kubernetes, The numbers that must fit",
		"docs/guides/kubernetes.md#the-numbers-that-must-fit"}
	drainitHooks = Source{"drainit: Kubernetes, A preStop hook is not needed",
		"docs/guides/kubernetes.md#a-prestop-hook-is-not-needed"}
	drainitImages = Source{"drainit: Kubernetes, An image that cannot be rebuilt",
		"docs/guides/kubernetes.md#an-image-that-cannot-be-rebuilt"}
	drainitReadiness = Source{"drainit: Concepts, Readiness and liveness", "docs/concepts.md#readiness-and-liveness"}
	drainitUnready   = Source{"drainit: Concepts, When readiness should not fail at once",
		"docs/concepts.md#when-readiness-should-not-fail-at-once"}
	drainitLags     = Source{"drainit: Concepts, How long to hold", "docs/concepts.md#how-long-to-hold"}
	drainitSettings = Source{"drainit: Reference, Settings", "docs/reference.md#settings"}
	drainitOrder    = Source{"drainit: Concepts, Order among the containers of a pod",
		"docs/concepts.md#order-among-the-containers-of-a-pod"}
	drainitSignals = Source{"drainit: Troubleshooting, The signals end at a shell",
		"docs/troubleshooting.md#the-signals-end-at-a-shell"}
	drainitAddress = Source{"drainit: Troubleshooting, The probe address is taken",
		"docs/troubleshooting.md#the-probe-address-is-taken"}
)

// Checks returns all checks, in the order of their rules.
func Checks() []*Check {
	var all []*Check
	for _, some := range [][]*Check{podChecks(), rolloutChecks(), readinessChecks(), livenessChecks(), routeChecks(),
		finishChecks(), limitChecks()} {
		all = append(all, some...)
	}
	return all
}
