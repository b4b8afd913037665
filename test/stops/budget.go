package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"

	"drainit/test/markdown"
)

// budgetPage is the document of stop budgets.
const budgetPage = "docs/proof/stop-budget.md"

// graces are the grace periods that are tried, in seconds, side by side.
var graces = []int{10, 30, 120}

// setTo is the shape of a program whose own limit is drainit's number.
const setTo = "stop budget"

// neverEnds is how many seconds a request takes that outlasts every grace period.
const neverEnds = 600

// budgets are programs whose own limit of a stop is a setting: {stop_budget} is put in by
// drainit, a variable read by the program. shown is the setting as the document has it.
func budgets() []budget {
	own := func(shown, name, prepare string, command ...string) budget {
		all := programs()
		p := all[slices.IndexFunc(all, func(p program) bool { return p.name == name })]
		p.shape, p.command, p.prepare = setTo, command, prepare
		return budget{p, shown}
	}
	uvicorn := own("--timeout-graceful-shutdown {stop_budget}", "uvicorn", "",
		words("uvicorn --timeout-graceful-shutdown {stop_budget} --app-dir /stops --port 8080 asgi:app")...)
	uvicorn.suites = []string{"trixie"}
	return []budget{
		own("worker_shutdown_timeout {stop_budget}s", "nginx", "sed 's/proxy_pass/proxy_read_timeout 900s; proxy_pass/' /stops/nginx.conf >/etc/nginx.budget",
			"nginx", "-c", "/etc/nginx.budget", "-g", "daemon off; worker_shutdown_timeout {stop_budget}s;"),
		own(`hard-stop-after "${DRAINIT_STOP_BUDGET}s"`, "haproxy",
			`{ echo global; echo ' hard-stop-after "${DRAINIT_STOP_BUDGET}s"'; sed s/60s/900s/ /stops/haproxy.cfg; } >/etc/budget.cfg`,
			words("haproxy -db -f /etc/budget.cfg")...),
		own("GracefulShutdownTimeout {stop_budget}", "httpd", "sed 's/Timeout 60/Timeout 900/' /stops/apache.conf >/etc/budget.conf",
			"apache2", "-D", "event", "-D", "FOREGROUND", "-f", "/etc/budget.conf", "-c", "GracefulShutdownTimeout {stop_budget}"),
		own("grace_period {$DRAINIT_STOP_BUDGET}s", "caddy", `sed 's/grace_period .*/grace_period {$DRAINIT_STOP_BUDGET}s/' /stops/Caddyfile-grace >/etc/Caddyfile.budget`,
			words("caddy run --config /etc/Caddyfile.budget --adapter caddyfile")...),
		own("process_control_timeout = ${DRAINIT_STOP_BUDGET}", "php-fpm",
			"sed 's/process_control_timeout.*/process_control_timeout = ${DRAINIT_STOP_BUDGET}/' /stops/php-fpm-timeout.conf >/etc/budget.conf",
			words("php-fpm{php} -F -y /etc/budget.conf")...),
		own("--graceful-timeout {stop_budget}", "gunicorn", "",
			words("gunicorn --workers 2 --threads 4 --graceful-timeout {stop_budget} --bind :8080 --chdir /stops app:application")...),
		uvicorn,
		own(`force_shutdown_after ENV["DRAINIT_STOP_BUDGET"].to_i`, "puma", `sed 's/force_shutdown_after .*/force_shutdown_after ENV["DRAINIT_STOP_BUDGET"].to_i/' /stops/puma.rb >/etc/budget.rb`,
			words("puma -C /etc/budget.rb /stops/config.ru")...),
		own("-t {stop_budget}", "sidekiq", "", words("sidekiq -t {stop_budget} -r /stops/worker.rb")...),
	}
}

type budget struct {
	program
	shown string
}

func budgetOf(key string) (program, bool) {
	for _, b := range budgets() {
		if b.key() == key {
			return b.program, true
		}
	}
	return programOf(key)
}

// tryBudgets stops each program in the middle of a request that does not end, with every
// grace period, and writes the document.
func (l *laboratory) tryBudgets(row *regexp.Regexp) error {
	heads := []string{"program", "version", "its own limit"}
	for _, grace := range graces {
		heads = append(heads, fmt.Sprintf("%d s", grace))
	}
	all := slices.DeleteFunc(budgets(), func(b budget) bool { return !row.MatchString(b.name) })
	rows, errs := make([][]string, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, b := range all {
		wg.Go(func() { rows[i], errs[i] = l.tryBudget(b) })
	}
	wg.Wait()
	table := markdown.Table(append([][]string{heads}, rows...))
	fmt.Print(table)
	if err := errors.Join(errs...); err != nil || row.String() != "" {
		return err
	}
	return markdown.Rewrite(budgetPage, map[string]string{"stop budgets": table})
}

// tryBudget is a row of the table.
func (l *laboratory) tryBudget(b budget) ([]string, error) {
	suite := "bookworm"
	if b.suites != nil {
		suite = b.suites[0]
	}
	in := b.in(suite)
	root, version, err := l.roots.Root(suite, strings.Fields(in.packages))
	if err != nil {
		return nil, err
	}
	base := room{Lower: root, Files: l.files, Drainit: l.drainit, Program: b.key(), Suite: suite}
	if in.prepare != "" {
		if base.Upper, err = os.MkdirTemp(l.roots.Dir, "prepared"); err != nil {
			return nil, err
		}
		upper := base.Upper
		defer os.RemoveAll(upper)
		prepare := base
		prepare.Scenario.Prepare = true
		if _, err := prepare.play(); err != nil {
			return nil, err
		}
		base.Lower, base.Upper = upper+"/up:"+base.Lower, ""
	}
	row := append([]string{b.name, version, "`" + b.shown + "`"}, make([]string, len(graces))...)
	errs := make([]error, len(graces))
	var wg sync.WaitGroup
	for i, grace := range graces {
		wg.Go(func() {
			r := base
			r.Scenario = scenario{Signals: []syscall.Signal{syscall.SIGTERM}, Request: neverEnds, Watch: grace + 10, Drainit: true, Grace: grace}
			res, err := r.play()
			errs[i] = err
			row[3+i] = res.byItself()
		})
	}
	wg.Wait()
	return row, errors.Join(errs...)
}

// byItself says whether the program ended before anybody ended it.
func (r result) byItself() string {
	switch {
	case !r.Ended:
		return "no: it went on"
	case r.Killed != "":
		return fmt.Sprintf("no: SIGKILL, after %.0f s", r.Seconds)
	case strings.Contains(r.Sent, ","):
		return fmt.Sprintf("no: the fast signal, after %.0f s", r.Seconds)
	}
	return fmt.Sprintf("after %.1f s", r.Seconds)
}
