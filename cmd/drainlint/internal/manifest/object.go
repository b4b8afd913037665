package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Object is what every object has.
type Object struct {
	Source
	Kind string
	metav1.ObjectMeta
}

// String returns "Deployment shop/web".
func (o Object) String() string {
	name := o.Name
	if name == "" {
		name = o.GenerateName + "*"
	}
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return o.Kind + " " + name
}

// With reports whether two objects may share a namespace. One that names none is applied to whatever the others have.
func (o Object) With(other Object) bool {
	return o.Namespace == other.Namespace || o.Namespace == "" || other.Namespace == ""
}

// Workload is an object that makes pods, or a pod.
type Workload struct {
	Object
	Replicas    *int32 // as written; nil where it was not, or where the kind has none
	Template    corev1.PodTemplateSpec
	PodPath     string // of the pod's spec in the object
	Deployment  *appsv1.DeploymentSpec
	StatefulSet *appsv1.StatefulSetSpec
	DaemonSet   *appsv1.DaemonSetSpec
}

// Service, Budget, ConfigMap and Ingress are the objects that workloads are seen with.
type Service struct {
	Object
	Spec corev1.ServiceSpec
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Object
	Spec policyv1.PodDisruptionBudgetSpec
}

// ConfigMap has the values that containers take for their environment.
type ConfigMap struct {
	Object
	Data map[string]string
}

// Ingress leads to Services.
type Ingress struct {
	Object
	Spec netv1.IngressSpec
}

// Autoscaler is what matters of a HorizontalPodAutoscaler, of any version.
type Autoscaler struct {
	Object
	Spec struct {
		ScaleTargetRef struct{ Kind, Name string }
		MinReplicas    *int32
	}
}

// Set is everything that was read.
type Set struct {
	Workloads   []*Workload
	Services    []*Service
	Budgets     []*Budget
	ConfigMaps  []*ConfigMap
	Ingresses   []*Ingress
	Autoscalers []*Autoscaler
	Namespaces  []*Object
	Objects     int            // all, passed over or not
	Passed      map[string]int // kinds that were passed over
}

// HasServices reports whether a Service of the set may lead to an object's pods.
func (s *Set) HasServices(o Object) bool {
	for _, service := range s.Services {
		if service.With(o) {
			return true
		}
	}
	return false
}
