package rules

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drainit/cmd/drainlint/internal/manifest"
)

// environment is what a container's variables are, as far as the set tells.
type environment struct {
	values  map[string]string
	unknown map[string]bool // set, to what is not known
	blind   bool            // there may be more, from what is not in the set
}

// get returns a variable, and whether its value is known; one that is surely unset is known to be empty.
func (e environment) get(name string) (value string, known bool) {
	if e.unknown[name] {
		return "", false
	}
	value, is := e.values[name]
	return value, is || !e.blind
}

// has reports whether a variable that begins with the prefix is set.
func (e environment) has(prefix string) bool {
	for name := range e.values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for name := range e.unknown {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func environmentOf(set *manifest.Set, of manifest.Object, c corev1.Container) environment {
	e := environment{values: map[string]string{}, unknown: map[string]bool{}}
	for _, from := range c.EnvFrom {
		var m *manifest.ConfigMap
		if from.ConfigMapRef != nil {
			m = configMap(set, of, from.ConfigMapRef.Name)
		}
		if m == nil {
			e.blind = true
			continue
		}
		for name, value := range m.Data {
			e.values[from.Prefix+name] = value
		}
	}
	for _, v := range c.Env {
		delete(e.unknown, v.Name)
		delete(e.values, v.Name)
		value, is := v.Value, v.ValueFrom == nil
		if from := v.ValueFrom; from != nil && from.ConfigMapKeyRef != nil {
			if m := configMap(set, of, from.ConfigMapKeyRef.Name); m != nil {
				value, is = m.Data[from.ConfigMapKeyRef.Key]
			}
		}
		if is && !strings.Contains(value, "$(") {
			e.values[v.Name] = value
		} else {
			e.unknown[v.Name] = true
		}
	}
	return e
}

func configMap(set *manifest.Set, of manifest.Object, name string) *manifest.ConfigMap {
	for _, m := range set.ConfigMaps {
		if m.With(of) && m.Name == name {
			return m
		}
	}
	return nil
}
