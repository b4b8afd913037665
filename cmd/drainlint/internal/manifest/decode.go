package manifest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
)

// add decodes an object of a kind that is known into the set, and counts any other.
func (s *Set) add(src Source, raw []byte) error {
	var head struct {
		metav1.TypeMeta
		metav1.ObjectMeta `json:"metadata"`
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &head); err != nil {
		return src.wrong("", explain(err))
	}
	o := Object{src, head.Kind, head.ObjectMeta}
	s.Objects++
	switch head.APIVersion + " " + head.Kind {
	case "apps/v1 Deployment":
		var d appsv1.Deployment
		return s.workload(o, raw, &d, func(w *Workload) {
			w.Replicas, w.Template, w.PodPath, w.Deployment = d.Spec.Replicas, d.Spec.Template, "spec.template.spec", &d.Spec
		})
	case "apps/v1 StatefulSet":
		var d appsv1.StatefulSet
		return s.workload(o, raw, &d, func(w *Workload) {
			w.Replicas, w.Template, w.PodPath, w.StatefulSet = d.Spec.Replicas, d.Spec.Template, "spec.template.spec", &d.Spec
		})
	case "apps/v1 DaemonSet":
		var d appsv1.DaemonSet
		return s.workload(o, raw, &d, func(w *Workload) {
			w.Template, w.PodPath, w.DaemonSet = d.Spec.Template, "spec.template.spec", &d.Spec
		})
	case "batch/v1 Job":
		var d batchv1.Job
		return s.workload(o, raw, &d, func(w *Workload) { w.Template, w.PodPath = d.Spec.Template, "spec.template.spec" })
	case "batch/v1 CronJob":
		var d batchv1.CronJob
		return s.workload(o, raw, &d, func(w *Workload) {
			w.Template, w.PodPath = d.Spec.JobTemplate.Spec.Template, "spec.jobTemplate.spec.template.spec"
		})
	case "v1 Pod":
		var d corev1.Pod
		return s.workload(o, raw, &d, func(w *Workload) {
			w.Template, w.PodPath = corev1.PodTemplateSpec{ObjectMeta: d.ObjectMeta, Spec: d.Spec}, "spec"
		})
	}
	return s.addOther(o, raw, head.APIVersion)
}

func (s *Set) workload(o Object, raw []byte, into any, fill func(*Workload)) error {
	if err := strict(o.Source, raw, into); err != nil {
		return err
	}
	w := &Workload{Object: o}
	fill(w)
	if len(w.Template.Spec.Containers) == 0 {
		return o.wrong(w.PodPath, "no containers")
	}
	s.Workloads = append(s.Workloads, w)
	return nil
}

// addOther adds an object that makes no pods.
func (s *Set) addOther(o Object, raw []byte, version string) error {
	switch version + " " + o.Kind {
	case "v1 Service":
		var d corev1.Service
		err := strict(o.Source, raw, &d)
		s.Services = append(s.Services, &Service{o, d.Spec})
		return err
	case "policy/v1 PodDisruptionBudget":
		var d policyv1.PodDisruptionBudget
		err := strict(o.Source, raw, &d)
		s.Budgets = append(s.Budgets, &Budget{o, d.Spec})
		return err
	case "v1 ConfigMap":
		var d corev1.ConfigMap
		err := strict(o.Source, raw, &d)
		s.ConfigMaps = append(s.ConfigMaps, &ConfigMap{o, d.Data})
		return err
	case "networking.k8s.io/v1 Ingress":
		var d netv1.Ingress
		err := strict(o.Source, raw, &d)
		s.Ingresses = append(s.Ingresses, &Ingress{o, d.Spec})
		return err
	case "v1 Namespace":
		s.Namespaces = append(s.Namespaces, &o)
		return nil
	}
	if group, _, _ := strings.Cut(version, "/"); group == "autoscaling" && o.Kind == "HorizontalPodAutoscaler" {
		a := &Autoscaler{Object: o}
		if err := json.Unmarshal(raw, &struct{ Spec any }{&a.Spec}); err != nil {
			return o.wrong("", explain(err))
		}
		s.Autoscalers = append(s.Autoscalers, a)
		return nil
	}
	name := o.Kind
	if known[o.Kind] { // of an API version that the cluster no longer serves, or of another group
		name += " (" + version + ")"
	}
	s.Passed[name]++
	return nil
}

// known are the kinds that are judged, or used to judge.
var known = map[string]bool{
	"Deployment": true, "StatefulSet": true, "DaemonSet": true, "Job": true, "CronJob": true, "Pod": true,
	"Service": true, "PodDisruptionBudget": true, "ConfigMap": true, "Ingress": true, "HorizontalPodAutoscaler": true,
}

// strict decodes as the API server does with strict field validation.
func strict(src Source, raw []byte, into any) error {
	wrong, err := kjson.UnmarshalStrict(raw, into)
	if err != nil {
		return src.wrong(fieldOf(err), explain(err))
	}
	var errs problems
	for _, w := range wrong {
		path, text := strictField(w), w.Error()
		if near := nearest(into, path); near != "" {
			text += "; did you mean " + near + "?"
		}
		errs = append(errs, src.wrong(path, text))
	}
	return errs.orNil()
}

var quotedField = regexp.MustCompile(`field "([^"]*)"`)

// strictField returns the path in `unknown field "spec.replica"`.
func strictField(err error) string {
	if m := quotedField.FindStringSubmatch(err.Error()); m != nil {
		return m[1]
	}
	return ""
}

var goField = regexp.MustCompile(`Go struct field \w+\.(\S+) of type (\S+)`)

// fieldOf returns the path, without indices, of a value that has the wrong type.
func fieldOf(err error) string {
	if m := goField.FindStringSubmatch(err.Error()); m != nil {
		return m[1]
	}
	return ""
}

var wrongType = regexp.MustCompile(`cannot unmarshal (.+?) into Go (?:struct field \w+\.(\S+)|value) of type (\S+)`)

// explain says without Go's words that a value has the wrong type.
func explain(err error) string {
	m := wrongType.FindStringSubmatch(err.Error())
	if m == nil {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	what := m[2]
	if what == "" {
		what = "the document"
	}
	return fmt.Sprintf("%s is %s; it wants %s", what, article(m[1]), typeName(m[3]))
}

// article writes "a string", "an array", and for a number that does not fit "the number 1.5".
func article(jsonType string) string {
	number, is := strings.CutPrefix(jsonType, "number ")
	switch {
	case is:
		return "the number " + number
	case strings.ContainsAny(jsonType[:1], "aeiou"):
		return "an " + jsonType
	}
	return "a " + jsonType
}

func typeName(goType string) string {
	switch strings.TrimLeft(goType, "*") {
	case "int32", "int64", "int":
		return "a whole number"
	case "string":
		return "a string (in quotes, if it looks like a number or yes, no, on, off)"
	case "bool":
		return "true or false"
	}
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["):
		return "a mapping"
	}
	return "a mapping"
}
