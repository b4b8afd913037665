package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// scrapeCounts are the numbers of scrapes, one after the other, after which the memory charge is taken. That the last
// one makes no difference shows that it is bounded.
var scrapeCounts = []int{1000, 10000}

// scrapeRounds is how often this is done, with a new drainit each time, of which the median counts.
const scrapeRounds = 3

// scraped is what is asked for, each of a drainit of its own, and the address it is asked at.
type scraped struct{ path, address string }

var allScraped = []scraped{{"/metrics", "127.0.0.1:10143"}, {"/readyz", "127.0.0.1:10144"}}

// scrapedCharge is drainit's memory charge after a number of scrapes of one path.
type scrapedCharge struct {
	path  string
	count int
	charge
}

// scrapeCharges returns the charge over that of the program alone, for each path and count. The paths are scraped side
// by side: it is no time that is measured.
func scrapeCharges(cgroups memoryCgroups, drainit contender, listener string, alone charge) ([]scrapedCharge, error) {
	taken, errs := make([][]charge, len(allScraped)), make([]error, len(allScraped))
	var scraping sync.WaitGroup
	for i, s := range allScraped {
		scraping.Go(func() {
			for range scrapeRounds {
				charges, err := s.once(cgroups, drainit, listener, scrapeCounts)
				if err != nil {
					errs[i] = fmt.Errorf("scraping %s: %w", s.path, err)
					return
				}
				taken[i] = append(taken[i], charges...)
			}
		})
	}
	scraping.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var all []scrapedCharge
	for i, s := range allScraped {
		for k, count := range scrapeCounts {
			var series []charge
			for n := k; n < len(taken[i]); n += len(scrapeCounts) {
				series = append(series, taken[i][n])
			}
			all = append(all, scrapedCharge{s.path, count, medianCharge(series).less(alone)})
		}
	}
	return all, nil
}

// once returns what one drainit is charged with after each number of scrapes.
func (s scraped) once(cgroups memoryCgroups, drainit contender, listener string, counts []int) ([]charge, error) {
	p, err := cage(cgroups, "scraped"+strings.TrimPrefix(s.path, "/"), drainit, listener, "DRAINIT_PROBE_ADDR="+s.address)
	if err != nil {
		return nil, err
	}
	defer p.end() //nolint:errcheck // the measurement is over
	var charges []charge
	done := 0
	for _, count := range counts {
		for ; done < count; done++ {
			if err := scrape("http://" + s.address + s.path); err != nil {
				return nil, err
			}
		}
		time.Sleep(chargeSettle)
		c, err := cgroups.charge(p.dir)
		if err != nil {
			return nil, err
		}
		charges = append(charges, c)
	}
	return charges, nil
}

// scraper makes a new connection for each request, as a kubelet's probe does.
var scraper = http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// scrape asks once and reads the whole answer, which is an error unless its status is 200.
func scrape(url string) error {
	answer, err := scraper.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return err
}
