package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// prefix begins the name of every metric of a report.
const prefix = "drainit_report_"

// Metrics returns a report in Prometheus' text format: each number is a gauge named
// after its key, yes and no are 1 and 0, and the words are labels of one more, _info.
func Metrics(values map[string]any) []byte {
	var b strings.Builder
	words := gauges(&b, "", values)
	b.WriteString("# TYPE " + prefix + "info gauge\n" + prefix + "info{" + strings.Join(words, ",") + "} 1\n")
	return []byte(b.String())
}

// gauges writes the numbers of an object, and returns its words as labels.
func gauges(b *strings.Builder, group string, values map[string]any) (words []string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		name := group + key
		switch v := values[key].(type) {
		case float64:
			gauge(b, name, v)
		case bool:
			n := 0.0
			if v {
				n = 1
			}
			gauge(b, name, n)
		case map[string]any:
			words = append(words, gauges(b, name+"_", v)...)
		case string:
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				gauge(b, name+"stamp_seconds", float64(at.UnixMilli())/1000)
			} else if !slices.Contains(notOfTheReport, name) {
				words = append(words, name+"="+quote(v))
			}
		}
	}
	return words
}

func gauge(b *strings.Builder, name string, value float64) {
	name = prefix + name
	b.WriteString("# TYPE " + name + " gauge\n" + name + " " + strconv.FormatFloat(value, 'f', -1, 64) + "\n")
}

// notOfTheReport is what is the line's of the log, or has its place in the URL.
var notOfTheReport = []string{"level", "msg", "logger", "job", "instance"}

// quote writes the value of a label.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(value) + `"`
}
