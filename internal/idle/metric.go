package idle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// series is one term of a sum: all series of a name that have the labels.
type series struct {
	name     string
	labels   map[string]string
	optional bool // none is 0
}

var errSum = errors.New(`no sum of series; write NAME{label="value"}+NAME2, with ? behind one that may be missing`)

// parseMetric reads URL#SUM.
func parseMetric(what string) (*Check, error) {
	address, sum, _ := strings.Cut(what, "#")
	u, err := parseURL(address)
	if err != nil {
		return nil, fmt.Errorf("metric: %w", err)
	}
	terms, err := parseSum(sum)
	if err != nil {
		return nil, fmt.Errorf("metric: %w", err)
	}
	ask := func(ctx context.Context) Answer {
		text, err := askText(ctx, u)
		if err != nil {
			return unknown(err)
		}
		return judge(text, terms)
	}
	return &Check{"metric:" + shown(u) + "#" + sum, ask}, nil
}

// parseSum reads NAME{label="value"}+NAME2?.
func parseSum(s string) (terms []series, err error) {
	for {
		one := series{labels: map[string]string{}}
		end := strings.IndexAny(s, "{+?")
		if end < 0 {
			end = len(s)
		}
		one.name, s = s[:end], s[end:]
		if !model.LegacyValidation.IsValidMetricName(one.name) {
			return nil, errSum
		}
		if s, err = parseLabels(s, one.labels); err != nil {
			return nil, err
		}
		s, one.optional = strings.CutPrefix(s, "?")
		terms = append(terms, one)
		if s == "" {
			return terms, nil
		}
		rest, ok := strings.CutPrefix(s, "+")
		if !ok {
			return nil, errSum
		}
		s = rest
	}
}

// parseLabels reads {label="value",label2="value2"}, if s begins so, and returns the rest.
func parseLabels(s string, labels map[string]string) (rest string, err error) {
	s, ok := strings.CutPrefix(s, "{")
	for ok {
		name, after, has := strings.Cut(s, "=")
		quoted, err := strconv.QuotedPrefix(after)
		if !has || err != nil || !model.LegacyValidation.IsValidLabelName(name) {
			return "", errSum
		}
		labels[name], _ = strconv.Unquote(quoted)
		s = after[len(quoted):]
		if rest, closed := strings.CutPrefix(s, "}"); closed {
			return rest, nil
		}
		if s, ok = strings.CutPrefix(s, ","); !ok {
			return "", errSum
		}
	}
	return s, nil
}

// judge is idle where the sum of the series in a text is 0.
func judge(text []byte, terms []series) Answer {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return unknown(errors.New("no metrics in Prometheus' text format"))
	}
	sum := 0.0
	for _, term := range terms {
		n, found, err := term.value(families[term.name])
		if err == nil && !found && !term.optional {
			err = fmt.Errorf("no series %s", term.name)
		}
		if err != nil {
			return unknown(err)
		}
		sum += n
	}
	return Answer{sum == 0, "the sum is " + strconv.FormatFloat(sum, 'g', -1, 64)}
}

// value adds up what matches.
func (s series) value(family *dto.MetricFamily) (sum float64, found bool, err error) {
	for _, m := range family.GetMetric() {
		if !s.matches(m) {
			continue
		}
		switch {
		case m.Gauge != nil:
			sum += m.GetGauge().GetValue()
		case m.Counter != nil:
			sum += m.GetCounter().GetValue()
		case m.Untyped != nil:
			sum += m.GetUntyped().GetValue()
		default:
			return 0, false, fmt.Errorf("%s is no gauge and no counter", s.name)
		}
		found = true
	}
	if sum != sum || sum < 0 {
		return 0, false, fmt.Errorf("%s is %v", s.name, sum)
	}
	return sum, found, nil
}

func (s series) matches(m *dto.Metric) bool {
	has := map[string]string{}
	for _, l := range m.GetLabel() {
		has[l.GetName()] = l.GetValue()
	}
	for name, want := range s.labels {
		if got, ok := has[name]; !ok || got != want {
			return false
		}
	}
	return true
}
