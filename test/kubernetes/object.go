package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// object is one of Kubernetes' as its JSON has it.
type object map[string]any

// clone is a copy that shares nothing.
func (o object) clone() object {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	var c object
	if err := json.Unmarshal(text, &c); err != nil {
		panic(err)
	}
	return c
}

// at returns what is at a path such as spec.containers.0.name, nil if nothing is.
func (o object) at(path string) any {
	var v any = map[string]any(o)
	for step := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case object:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

func (o object) text(path string) string {
	s, _ := o.at(path).(string)
	return s
}

// set puts value at a path, and makes the maps on the way to it.
func (o object) set(path string, value any) {
	steps := strings.Split(path, ".")
	last := steps[len(steps)-1]
	parent := any(map[string]any(o))
	if len(steps) > 1 {
		up := strings.Join(steps[:len(steps)-1], ".")
		if parent = o.at(up); parent == nil {
			o.set(up, map[string]any{})
			parent = o.at(up)
		}
	}
	switch in := parent.(type) {
	case map[string]any:
		in[last] = value
	case []any:
		i, err := strconv.Atoi(last)
		if err != nil || i >= len(in) {
			panic(fmt.Sprintf("no %s to set", path))
		}
		in[i] = value
	}
}

func (o object) kind() string { return o.text("kind") }
func (o object) name() string { return o.text("metadata.name") }

// env sets a variable of the first container of a pod spec at path.
func (o object) env(container, name, value string) {
	list, _ := o.at(container + ".env").([]any)
	for _, v := range list {
		if m := v.(map[string]any); m["name"] == name {
			m["value"] = value
			return
		}
	}
	o.set(container+".env", append(list, map[string]any{"name": name, "value": value}))
}

// words are strings as JSON has a list of them.
func words(list ...string) []any {
	all := make([]any, len(list))
	for i, w := range list {
		all[i] = w
	}
	return all
}
