package main

import "testing"

// Every byte of a file is in one of its parts, and what a program has is in the part that it is of.
func TestParts(t *testing.T) {
	sizes, rest, total, err := partsOf(build(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	sum := rest
	for i, s := range sizes {
		sum += s.code + s.tables + s.data
		if is := parts[i].name == "Go's runtime"; is && s.code < total/4 || !is && s.code > total/20 {
			t.Errorf("%s: %+v of %d", parts[i].name, s, total)
		}
	}
	if sum != total || rest < 0 || rest > total/2 {
		t.Errorf("%d and %d of no part are %d of %d bytes", sum-rest, rest, sum, total)
	}
	if _, _, _, err := partsOf(build(t, nil, "-ldflags=-s")); err == nil {
		t.Error("a file without symbols was read")
	}
}

func TestPackageOf(t *testing.T) {
	for symbol, want := range map[string]string{
		"net/http.(*Transport).dial":                 "net/http",
		"crypto/internal/fips140/sha3.keccakF1600":   "crypto/internal/fips140/sha3",
		"slices.SortFunc[go.shape.[]net/http.X]":     "slices",
		"drainit/internal/front.(*conn).serve.func1": "drainit/internal/front",
		"type:.eq.net/url.URL":                       "net/url",
		"main.main":                                  "main",
	} {
		if got := packageOf(symbol); got != want {
			t.Errorf("%s: %s, want %s", symbol, got, want)
		}
	}
	for pkg, want := range map[string]string{"net": "the rest", "net/http": "net/http", "runtime/debug": "Go's", "drainit/internal/frontproc": "drainit: the", "drainit/internal/fronts": "drainit: all", "hash/crc32": "net/http"} {
		if got := parts[partOf(pkg)].name; got[:len(want)] != want {
			t.Errorf("%s is of %q", pkg, got)
		}
	}
}
