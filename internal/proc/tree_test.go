package proc

import (
	"os"
	"slices"
	"testing"
)

func TestAll(t *testing.T) {
	parent := start(t, "parent", nil)
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(all, func(a, b Process) int { return a.PID - b.PID }) {
		t.Error("not by ascending PID")
	}
	children := Children(all, parent)
	if len(children) != 1 {
		t.Fatalf("children of the parent = %+v, want one", children)
	}
	below := Descendants(all, os.Getpid())
	for _, want := range []int{parent, children[0].PID} {
		if !slices.ContainsFunc(below, func(p Process) bool { return p.PID == want }) {
			t.Errorf("descendants of this process = %+v, want %d among them", below, want)
		}
	}
	if slices.ContainsFunc(below, func(p Process) bool { return p.PID == os.Getpid() }) {
		t.Error("this process is among its own descendants")
	}
}

func TestDescendants(t *testing.T) {
	list := func(pairs ...int) (list []Process) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, Process{PID: pairs[i], PPID: pairs[i+1]})
		}
		return list
	}
	for _, tt := range []struct {
		name string
		all  []Process
		of   int
		want []int
	}{
		{"none", nil, 1, nil},
		{"leaf", list(1, 0, 2, 1), 2, nil},
		{"breadth first", list(1, 0, 2, 1, 3, 2, 4, 1, 5, 4, 6, 3, 9, 8), 1, []int{2, 4, 3, 5, 6}},
		{"cycle", list(2, 3, 3, 2), 2, []int{3}},
		{"own parent", list(2, 2, 3, 2), 2, []int{3}},
		{"twice", list(2, 1, 2, 1, 3, 2), 1, []int{2, 3}},
		{"one pid, two parents", list(2, 1, 3, 1, 3, 2), 1, []int{2, 3}},
		{"pid 0 adopts nobody", list(1, 0, 2, 0), 1, nil},
	} {
		var got []int
		for _, p := range Descendants(tt.all, tt.of) {
			got = append(got, p.PID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Descendants of %d = %v, want %v", tt.name, tt.of, got, tt.want)
		}
	}
}
