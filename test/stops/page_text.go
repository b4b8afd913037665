package main

const pageHeading = `# Programs

How each program stops, and what to set for it. For drainit 0.1.0. Made by ` + "`go run ./test/stops -page`" + ` from what was
measured ([the data](proof/stops.tsv)) and from the table in drainit.

- *drainit sends*: what ` + "`--stop-signal auto`" + ` makes of the stop, and the fast signal shortly before the deadline.
- *in flight*: a request of 3 s at that signal. *New connections*: those made while it was in flight. Refused is
  harmless behind most proxies; reset or served and then cut is not. drainit's hold is before all this.
- *drains for*: how long a request of 18 s is waited for. *Ends it while it drains*: the signals on which it then ends
  within 3 s. Where there is none, SIGKILL at the deadline is what is left: set what the line says.
- *Under drainit*: what ended it, stopped by drainit with a grace period of 20 s and a request of 40 s in flight. Where
  drainit does not know the program, its log says "SIGKILL is next" 2 s before, and not at the stop.
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

Not measured: read where the source says, at the version or commit that it names, if any. Verify what you build on.

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
  the first (for rq 1.5 s). The graceful signal is the first with which the request of 3 s completes, that of drainit's table before
  others. A program of which none completes it has no such scenarios.
- *Under drainit*: ` + "`drainit --grace-period 20s`" + ` starts the program and gets SIGTERM with a request of 40 s in flight. So
  the hold is 5 s (none where it listens on loopback alone), the fast signal is due after 16 s, the deadline after 18 s.
  The signals are those that drainit sent: to the program, to what a wrapper leaves behind, and in the end the fast one. 137 is SIGKILL, and it is said whether
  the log had announced it with the stop signal, or with "SIGKILL is next" 2 s before. The status is drainit's, the seconds count from SIGTERM.
- Proxies forward to a backend that is not stopped. What is in flight at servers of other protocols is a query of theirs,
  or a message of which the second half comes late.
- Of mail servers and FTP servers Debian has one installed at a time, so each suite has another one here.
- Not measured in one go: all rows together. 25 of them, all of trixie, took 168 s, ten programs and forty scenarios at a
  time, and 49 s of processor time, on a machine with 2 cores that had a load of 45 from other work. By that 454 rows take
  51 minutes there, and less where nothing else runs: a row waits more than it works. Installing packages comes on top.
- Not measured again when "SIGKILL is next" came: webrick in bookworm and sid. Of what was measured for the first time then,
  trixie alone.
- Times are of a machine with 2 cores that did other things as well: a tenth of a second means nothing.

## What one would guess, and is not so

| one would guess | measured |
|---|---|
| a harder signal ends a stop that takes too long | puma, unicorn, gunicorn before 26 and uvicorn with --workers wait for the request, whatever is sent |
| Caddy's SIGQUIT quits | not once it stops: then it only changes the exit status. A second SIGINT quits |
| httpd's SIGTERM ends a graceful stop at once | with prefork; with the event MPM after 10 s |
| a graceful stop lasts as long as its requests | lighttpd's has 8 s, hypercorn's 3 s, waitress' 5 s, VictoriaMetrics' 7 s; then they cut, with status 0 but for the last |
| a server that drains needs no more than SIGTERM | waitress and cheroot drain on SIGINT, starman, nghttpx and munin-node on SIGQUIT, and on SIGTERM they cut |
| a program with a handler for SIGTERM drains | daphne, Tomcat, MariaDB, Redis, varnish, tinyproxy and privoxy handle it, and cut |
| idle kept connections do not hold a stop | they hold that of h2o for 10 s, and of nghttpx, puma 6.6's cluster, gunicorn 26's gthread and munin-node on SIGQUIT without an end in sight |
| uWSGI's SIGINT is always "now" | not after its hook gracefully_kill_them_all |
| a limit for the drain works in later versions, too | hypercorn's --graceful-timeout does nothing in trixie and sid (Python 3.13 and 3.14); uWSGI's harakiri and worker-reload-mercy end what the hook waits for in 2.0.21, and not in 2.0.28 and 2.0.31 |
| uvicorn's workers are on its command line | WEB_CONCURRENCY=2 makes them as well, and then SIGINT, its "now", does nothing |
| a foreground server ends on SIGINT | dnsmasq -k, rsyslogd -n, ejabberdctl foreground, rabbitmq-server, postfix start-fg and php -S with PHP_CLI_SERVER_WORKERS go on |
| SIGTERM to what starts a server stops it | it ends the scripts ejabberdctl, rabbitmq-server and postfix alone; the server goes on, and serves |
| PHP's server stops as with one process when it has workers | alone it finishes the request on SIGINT; with workers SIGINT does nothing, and in bookworm SIGTERM leaves the workers behind |
| without a handler a signal cuts | Ruby's WEBrick finishes the request on SIGTERM, SIGHUP and SIGUSR1, and ends by that signal |
| a server that has cut the request has no more to wait for | twistd closes the connection, and waits for the thread that had the request |
| SIGTERM ends Redis at once | not while a script runs: that is waited for, and then the answer is lost; SIGINT after it ends it |
| rq's second SIGTERM, its cold shutdown, ends it | not while a job runs: that is waited for; within 1 s of the first it counts as an echo |
| an orderly stop has status 0 | mini_httpd's and inspircd's are 1, mumble-server's and fossil's 15, the number of the signal, hg serve's 255, CherryPy's mostly 70 when it is idle, VictoriaMetrics' 255 after 7 s |
| rclone serve cuts | 1.60 does, without a handler; 1.75 waits 10 s |
`
