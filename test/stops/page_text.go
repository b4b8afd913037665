package main

const pageHeading = `# Programs

How each program stops, and what to set for it. For drainit 0.1.0. Made by ` + "`go run ./test/stops -page`" + ` from what was
measured ([the data](proof/stops.tsv)) and from the table in drainit.

- *drainit sends*: what ` + "`--stop-signal auto`" + ` makes of the stop, and the fast signal shortly before the deadline.
- *in flight*: a request of 3 s at that signal. *New connections*: those made while it was in flight. Refused is
  harmless behind most proxies; reset or served and then cut is not. drainit's hold is before all this.
- *drains for*: how long a request of 18 s is waited for. *Ends it while it drains*: the signals on which it then ends
  within 3 s. Where there is none, SIGKILL at the deadline is what is left: set what the line says.
- *to set*: in the program, or for drainit.

Where a program is missing, ` + "`auto`" + ` sends SIGTERM, and the log says if the program has no handler for it.
`

const knownHeading = `
## What drainit knows

The table in drainit, in its order: the first row that fits counts. (SIGTERM): SIGTERM is graceful, or the program has no
graceful signal that ends it within 5 s. *What ends its drain*: a setting of the program's, where the fast signal does not
surely end it.

`

const documentedHeading = `
## From documents alone

Not measured: read where the source says. Verify what you build on.

`

const detailHeading = `# Stops

What programs of Debian do on signals, without drainit: in namespaces of their own, as the child of a PID 1 that only
waits, with the default dispositions of signals. Written by ` + "`make stops`" + `, which measures what is not in
[the data](stops.tsv) in the version that is installed; ` + "`go run ./test/stops -page`" + ` makes this document of it. Roots of
bookworm, trixie and sid are made by debootstrap(8); versions are those that the mirror had. [One line for each
program](../programs.md) says what to do about it.

## What is done

- Each scenario is a new life of the program, in a root that is thrown away.
- *Idle*: one signal, and 8 s (SIGTERM, SIGINT, SIGQUIT) or 4 s for it to end. "Goes on" is everything else. A number is
  the exit status, a name the signal that ended it.
- *A request in flight*: 3 s long, the signal 0.7 s after it began, for each signal that ends the idle program. Orphaned:
  the program has gone, and a child of it answers, for which an init does not wait. *New ones*: connections 0.25 s and
  1.2 s after the signal.
- *An idle kept connection*: one that was answered once stays open. How long it holds the graceful stop.
- *A request of 18 s*: the graceful signal alone, and 13 s to look on; then once more with a second signal 0.7 s after
  the first. The graceful signal is the first with which the request of 3 s completes, that of drainit's table before
  others. A program of which none completes it has no such scenarios.
- Proxies forward to a backend that is not stopped. What is in flight at servers of other protocols is a query of theirs,
  or a message of which the second half comes late.
- Times are of a machine with 2 cores that did other things as well: a tenth of a second means nothing.

## What one would guess, and is not so

| one would guess | measured |
|---|---|
| a harder signal ends a stop that takes too long | puma, unicorn, gunicorn before 26 and uvicorn with --workers wait for the request, whatever is sent |
| Caddy's SIGQUIT quits | not once it stops: then it only changes the exit status. A second SIGINT quits |
| httpd's SIGTERM ends a graceful stop at once | with prefork; with the event MPM after 10 s |
| a graceful stop lasts as long as its requests | lighttpd's has 8 s, hypercorn's 3 s, waitress' 5 s, VictoriaMetrics' 7 s; then they cut, with status 0 but for the last |
| a server that drains needs no more than SIGTERM | waitress drains on SIGINT, starman and nghttpx on SIGQUIT, and on SIGTERM they cut |
| a program with a handler for SIGTERM drains | daphne, Tomcat, MariaDB, Redis, varnish, tinyproxy and privoxy handle it, and cut |
| idle kept connections do not hold a stop | they hold that of h2o for 10 s, and of nghttpx, puma 6.6's cluster and gunicorn 26's gthread without an end in sight |
| uWSGI's SIGINT is always "now" | not after its hook gracefully_kill_them_all |
`
