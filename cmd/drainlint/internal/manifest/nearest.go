package manifest

import (
	"reflect"
	"strings"
)

// nearest returns the field's name that a path to an unknown one probably means, or nothing.
func nearest(object any, path string) string {
	t := reflect.TypeOf(object)
	all := steps(path)
	for i, step := range all {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if strings.HasPrefix(step, "[") {
			continue
		}
		if t.Kind() != reflect.Struct {
			return ""
		}
		fields := map[string]reflect.Type{}
		collect(t, fields)
		if i == len(all)-1 {
			return closest(step, fields)
		}
		next, is := fields[step]
		if !is {
			return ""
		}
		t = next
	}
	return ""
}

// collect adds the names that JSON has for the fields of a struct, embedded ones included.
func collect(t reflect.Type, fields map[string]reflect.Type) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			collect(f.Type, fields)
			continue
		}
		if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
}

// closest returns the name that differs least, by three letters at most; case alone is no difference.
func closest(name string, fields map[string]reflect.Type) string {
	best, least := "", 4
	for field := range fields {
		d := distance(strings.ToLower(name), strings.ToLower(field))
		if d < least || d == least && field < best {
			best, least = field, d
		}
	}
	if least >= len(name) {
		return ""
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
