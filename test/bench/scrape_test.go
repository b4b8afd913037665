package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drainit/internal/testkit"
)

// Both paths are green, so that what is measured is the whole of an answer, and it is paid for.
func TestScraped(t *testing.T) {
	t.Parallel()
	listener := built(t, "test/bench/listener")
	cgroups := cages(t, listener)
	drainit := contender{drainitName, built(t, "cmd/drainit")}
	for _, s := range allScraped {
		t.Run(strings.TrimPrefix(s.path, "/"), func(t *testing.T) {
			t.Parallel()
			s.address = testkit.FreeAddr(t)
			got, err := s.once(cgroups, drainit, listener, []int{5, 20})
			possible(t, err)
			if len(got) != 2 || got[0].anonymous <= 0 || got[1].anonymous <= 0 {
				t.Errorf("got %+v, want two charges above 0", got)
			}
		})
	}
}

func TestScrapeOfAnythingBut200(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked > 1 {
			http.Error(w, "no ports", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	if err := scrape(server.URL); err != nil {
		t.Errorf("status 200: got %v, want no error", err)
	}
	if err := scrape(server.URL); err == nil || !strings.Contains(err.Error(), "no ports") {
		t.Errorf("status 503: got %v, want an error with its body", err)
	}
}
