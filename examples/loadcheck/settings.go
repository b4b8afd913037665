package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"drainit/examples/load"
)

// settings is a command line.
type settings struct {
	target        *url.URL
	rate          int // requests a second
	duration      time.Duration
	timeout       time.Duration // from the instant a request was due, as is slow
	slow          time.Duration
	inFlight      int
	keep          int
	method        string
	body          string
	header        http.Header
	insecure      bool
	versionHeader string
	versionBody   *regexp.Regexp
	json          bool
	report        string // file, empty for none
	hold          bool
	drains        []drainTarget
	apart         time.Duration // between stops of two rollouts
	ignore        bool          // what /drain counts as arrivals
	request       load.Request
}

// parse reads the command line. It prints nothing.
func parse(args []string) (settings, error) {
	s := settings{rate: 50, duration: time.Minute, timeout: 10 * time.Second, slow: time.Second, inFlight: 1000,
		apart: time.Minute, method: http.MethodGet, header: http.Header{}, versionHeader: "X-Version"}
	flags := s.flags()
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if given["body"] && !given["method"] {
		s.method = http.MethodPost
	}
	target, err := parseTarget(flags.Args())
	errs := []error{err, s.check()}
	if given["version-header"] && given["version-body"] {
		errs = append(errs, errors.New("-version-header and -version-body: want one of them"))
	}
	if err := errors.Join(errs...); err != nil {
		return s, err
	}
	s.target = target
	s.request, err = load.NewRequest(s.method, s.target, s.header, []byte(s.body), s.keep > 0)
	return s, err
}

// flags is the command line's form. The usage text is written by hand.
func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("loadcheck", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	number := func(name string, to *int) {
		flags.Func(name, "", func(text string) (err error) {
			if *to, err = strconv.Atoi(text); err != nil {
				return errors.New("want a whole number")
			}
			return nil
		})
	}
	duration := func(name string, to *time.Duration) {
		flags.Func(name, "", func(text string) (err error) {
			if *to, err = time.ParseDuration(text); err != nil {
				return errors.New("want a duration with its unit, such as 500ms or 1m30s")
			}
			return nil
		})
	}
	number("rate", &s.rate)
	duration("duration", &s.duration)
	duration("timeout", &s.timeout)
	duration("slow", &s.slow)
	number("in-flight", &s.inFlight)
	number("keep", &s.keep)
	flags.StringVar(&s.method, "method", s.method, "")
	flags.Func("body", "", s.setBody)
	flags.Func("header", "", s.addHeader)
	flags.BoolVar(&s.insecure, "insecure", false, "")
	flags.StringVar(&s.versionHeader, "version-header", s.versionHeader, "")
	flags.Func("version-body", "", func(text string) (err error) {
		s.versionBody, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&s.json, "json", false, "")
	flags.StringVar(&s.report, "report", "", "")
	flags.BoolVar(&s.hold, "hold", false, "")
	flags.Func("drain", "", s.addDrain)
	duration("apart", &s.apart)
	flags.BoolVar(&s.ignore, "ignore-arrivals", false, "")
	return flags
}

// setBody takes a text, or the content of a file whose name follows an @.
func (s *settings) setBody(text string) error {
	name, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		s.body = text
		return nil
	}
	content, err := os.ReadFile(name)
	s.body = string(content)
	return err
}

// addHeader takes a line of the head of a request.
func (s *settings) addHeader(text string) error {
	name, value, found := strings.Cut(text, ":")
	if !found || name == "" || strings.ContainsAny(text, "\r\n") || strings.ContainsAny(name, " \t") {
		return errors.New("want 'NAME: VALUE' on one line")
	}
	s.header.Add(name, strings.TrimSpace(value))
	return nil
}

// addDrain takes an instance of -hold.
func (s *settings) addDrain(text string) error {
	name, addr, named := strings.Cut(text, "=")
	if !named {
		name, addr = "", text
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host == "" || port == "" || named && name == "" {
		return errors.New("want HOST:PORT, such as 10.0.0.7:10143, or NAME=HOST:PORT")
	}
	s.drains = append(s.drains, drainTarget{name, host, port})
	return nil
}

// parseTarget reads the arguments that follow the flags: one URL.
func parseTarget(args []string) (*url.URL, error) {
	switch {
	case len(args) == 0:
		return nil, errors.New("no URL: want one, such as http://127.0.0.1:8080/")
	case len(args) > 1:
		return nil, fmt.Errorf("unexpected argument %q: want one URL, after the flags", args[1])
	}
	target, err := url.Parse(args[0])
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		return nil, fmt.Errorf("URL %q: want one such as http://127.0.0.1:8080/ or https://example.org/", args[0])
	}
	return target, nil
}

// check says what is wrong with the values, all at once.
func (s settings) check() error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(s.rate < 1 || s.rate > 10000, "-rate %d: want 1 to 10000", s.rate)
	wrong(s.duration < 0, "-duration %v: want 0, which is until interrupted, or more", s.duration)
	wrong(s.timeout <= 0, "-timeout %v: want more than 0", s.timeout)
	wrong(s.slow <= 0, "-slow %v: want more than 0", s.slow)
	wrong(s.inFlight < 1, "-in-flight %d: want 1 or more", s.inFlight)
	wrong(s.hold && s.drains == nil, "-hold: want at least one -drain HOST:PORT, where the drainit of an instance answers")
	wrong(!s.hold && (s.drains != nil || s.ignore), "-drain, -ignore-arrivals: they are for -hold, which is not given")
	wrong(s.apart <= 0, "-apart %v: want more than 0", s.apart)
	wrong(s.keep < 0, "-keep %d: want 0, which is none, or more", s.keep)
	return errors.Join(errs...)
}

// client returns what sends the request.
func (s settings) client() *load.Client {
	port := s.target.Port()
	client := &load.Client{Request: s.request, Keep: s.keep}
	if s.target.Scheme == "https" {
		client.TLS = &tls.Config{ServerName: s.target.Hostname(), InsecureSkipVerify: s.insecure, NextProtos: []string{"http/1.1"}}
	}
	switch {
	case port != "":
	case client.TLS != nil:
		port = "443"
	default:
		port = "80"
	}
	client.Address = net.JoinHostPort(s.target.Hostname(), port)
	return client
}

// version finds which version answered, "" if the answer does not say.
func (s settings) version(answer load.Answer) string {
	if s.versionBody == nil {
		return answer.Header.Get(s.versionHeader)
	}
	match := s.versionBody.FindSubmatch(answer.Body)
	if match == nil {
		return ""
	}
	return string(match[min(1, len(match)-1)])
}
