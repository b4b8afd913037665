package config

import (
	"strings"
	"testing"
)

// Each message has to tell a tired person what is wrong, where, and what to
// write.
func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		args, env string
		want      string // without "drainit: " at the beginning of each line
	}{
		{"", "", `no COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)`},
		{"--sweep=1 --", "", `no COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)`},

		{"--drian-delay 5 x", "", `--drian-delay: no such flag; did you mean --drain-delay?`},
		{"--drian-delay=5 --prot=80 x", "", "--drian-delay: no such flag; did you mean --drain-delay?\n--prot: no such flag; did you mean --ports?"},
		{"--gruop x", "", `--gruop: no such flag; did you mean --group?`},
		{"--grace 30 x", "", `--grace: no such flag; did you mean --grace-period?`},
		{"--GRACE-PERIOD 30 x", "", `--GRACE-PERIOD: no such flag; did you mean --grace-period?`},
		{"--quux x", "", `--quux: no such flag; -h lists them`},
		{"--stop-timeout 30 x", "", `--stop-timeout: no such flag; what the platform allows is --grace-period`},
		{"--termination-grace-period=30 x", "", `--termination-grace-period: no such flag; what the platform allows is --grace-period`},
		{"---group x", "", `---group: not a flag; -h lists them`},
		{"--=x x", "", `--: not a flag; -h lists them`},
		{"-= x", "", `-: not a flag; -h lists them`},
		{"--ports", "", "--ports: missing value\nno COMMAND; write the program to run behind the flags, such as: drainit -- nginx -g 'daemon off;' (-h for help)"},
		{"--ports --group x", "", `--ports "--group": missing value; what follows is a flag`},
		{"--ports= x", "", `--ports "": empty; write a value, or leave the flag out for the default, found`},

		{"-g x", "", `-g: tini's; write --group`},
		{"-s -w -l x", "", "-s: tini's; leave it out: where drainit is not PID 1 it becomes a subreaper by itself\n-w: tini's; leave it out: reaped processes are counted in /metrics\n-l: tini's; leave it out: the licence is not in the binary"},
		{"-p SIGTERM -vvv x", "", "-p: tini's; leave it out: drainit does not watch its parent\n-vvv: tini's and dumb-init's; write --log-level debug"},
		{"-e 143 x", "", `-e: tini's; write --remap-exit CODE=0`},
		{"-e143 -r15:3 x", "", "-e143: tini's; write --remap-exit CODE=0\n-r15:3: dumb-init's; write --stop-signal SIG for what a stop request such as SIGTERM is to become, --map SIG=SIG for other signals"},
		{"--rewrite 15:3 --single-child -c -V x", "", "--rewrite: dumb-init's; write --stop-signal SIG for what a stop request such as SIGTERM is to become, --map SIG=SIG for other signals\n" +
			"--single-child: dumb-init's; leave it out: signals go to the child alone unless --group is given\n" +
			"-c: dumb-init's; leave it out: signals go to the child alone unless --group is given\n-V: dumb-init's; write --version"},
		{"--front :80=:8080 x", "", "--front \":80=:8080\": nothing ends the wait for requests in flight, and a platform that allows less would kill a program that was never told to stop; set --grace-period to what the platform allows, or --deadline"},
		{"--front 80 --grace-period 9 x", "", `--front "80": LISTEN "80": no HOST:PORT; an address like :8080 or 0.0.0.0:8080 is meant`},
		{"--grace-period 9 x", "FRONT=:80=8080,81", `--front ":80=8080,81" (from DRAINIT_FRONT): "81": LISTEN "81": no HOST:PORT; an address like :8080 or 0.0.0.0:8080 is meant`},
		{"--front :80=localhost:80 --grace-period 9 x", "", `--front ":80=localhost:80": :80=localhost:80: the program cannot listen where the front does; move it to another port, as :80=127.0.0.1:81`},
		{"--front :80 --front :81=8081 --front :82 --grace-period 9 x", "", `--front-port-variable: 2 --front without a TARGET need a variable each; write as many names, as PORT,PORT2, or TARGETs`},
		{"--front :80 --front-port-variable A,B --grace-period 9 x", "", `--front-port-variable "A,B": 2 names, and 1 --front without a TARGET; write a name for each`},
		{"--front :80=8081 --front-port-variable A --grace-period 9 x", "", `--front-port-variable "A": no --front is without a TARGET, so no port is chosen; leave one of the two out`},
		{"--front-port-variable A,A x", "", `--front-port-variable "A,A": A twice; a variable tells one port`},
		{"--front-port-variable 1A x", "", `--front-port-variable "1A": "1A" is no name of a variable; letters, digits and underscores, and no digit first, as PORT`},
		{"--front-port-variable DRAINIT_APP x", "", `--front-port-variable "DRAINIT_APP": DRAINIT_APP would be taken for a setting of drainit's; write another name, as PORT`},
		{"--front :80 --front :80=81 --grace-period 9 x", "", `--front ":80,:80=81": :80 and :80=127.0.0.1:81: port 80 twice; a port has one target`},
		{"--expand -- x {port}", "", `--expand "true": there is no port for "{port}" in COMMAND; set --front`},
		{"--expand --front :80=/a --grace-period 9 -- x -p={port}", "", `--expand "true": there is no port for "-p={port}" in COMMAND, as the TARGET of --front is a socket's path`},
		{"--expand --front :80 --front :81=82 --grace-period 9 -- x {port}", "", `--expand "true": there is no port for "{port}" in COMMAND, as there are several --front; have a shell put the variables there (--front-port-variable)`},
		{"--front :80=8080 --front :80=8081 --grace-period 9 x", "", `--front ":80=8080,:80=8081": :80=127.0.0.1:8080 and :80=127.0.0.1:8081: port 80 twice; a port has one target`},
		{"--front :80=8080 --front :8080=8081 --grace-period 9 x", "", `--front ":80=8080,:8080=8081": :80=127.0.0.1:8080: its target is where :8080=127.0.0.1:8081 listens; write the program's own port`},
		{"--front 10.0.0.1:80=127.0.0.1:80 --grace-period 9 x", "", `--front "10.0.0.1:80=127.0.0.1:80": 10.0.0.1:80=127.0.0.1:80: the program cannot listen where the front does; move it to another port, as 10.0.0.1:80=127.0.0.1:81`},
		{"--front :10143=8081 --grace-period 9 x", "", `--front ":10143=8081": :10143=127.0.0.1:8081: port 10143 is where drainit serves its own probes; set another --probe-addr`},
		{"--front :80=10143 --grace-period 9 x", "", `--front ":80=10143": :80=127.0.0.1:10143: its target is where drainit serves its own probes (--probe-addr); write the program's port`},
		{"--front :80=8080 --ports 80 --grace-period 9 x", "", `--ports "80": 80 is where drainit itself listens (--front :80=127.0.0.1:8080); write the program's port`},
		{"--front :80=8080 --ready-check http://127.0.0.1:80/ --grace-period 9 x", "", `--ready-check "http://127.0.0.1:80/": asks drainit itself (--front :80=127.0.0.1:8080); write the program's own port`},
		{"--front-long-lived=of x", "", `--front-long-lived "of": not a duration; did you mean off?`},
		{"--front-long-lived=auto x", "", `--front-long-lived "auto": not a duration; write 5s, 1m30s or a number of seconds, or hold or off`},
		{"--deadline=none --drain-delay=atuo --unready-after=x --grace-period=never x", "", `--grace-period "never": not a duration; write 5s, 1m30s or a number of seconds, or unset` + "\n" +
			`--drain-delay "atuo": not a duration; did you mean auto?` + "\n" +
			`--deadline "none": not a duration; write 5s, 1m30s or a number of seconds, or auto or off` + "\n" +
			`--unready-after "x": not a duration; write 5s, 1m30s or a number of seconds, or stop`},
		{"--front-long-lived=5 --front :80=8080 --grace-period 5 x", "", `--front-long-lived "5": the program is told to stop 2.75s after the stop request at the latest, which would cut those that are still there; set at most 2.75s, or a grace period of at least 10s here and on the platform`},
		{"--on-exit=power-off x", "", `--on-exit "power-off": no such end; did you mean poweroff?`},
		{"--on-exit=halt x", "", `--on-exit "halt": no such end; write poweroff or reboot where drainit is a machine's first process, or exit`},
		{"--front-forwarded=of x", "", `--front-forwarded "of": neither append nor off; did you mean off?`},
		{"--stop-order app,proxy x", "", "--stop-order \"app,proxy\": which of these is this one? set --name (DRAINIT_NAME)"},
		{"--stop-order app,proxy --name cache x", "", "--name \"cache\": not in --stop-order app,proxy; add it there, or set --stop-order none here"},
		{"--stop-order app,,proxy --name app x", "", "--stop-order \"app,,proxy\": a name is missing; write a list such as app,proxy, or none"},
		{"--stop-order app,app --name app x", "", "--stop-order \"app,app\": app twice; write each name once"},
		{"--stop-order a/b,app --name app x", "", "--stop-order \"a/b,app\": \"a/b\": '/' in it; letters, digits, dots, dashes and underscores only; write a list such as app,proxy, or none"},
		{"--stop-order a,b,c,d,e --name a --grace-period 20 x", "", "--stop-order \"a,b,c,d,e\": 5 names, each of which needs 5s before the deadline of 18s; set a grace period of at least 27s here and on the platform"},
		{"--name app --exit-with app x", "", "--exit-with \"app\": app is this one (--name); write the names of others"},
		{"--stop-order a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q --name a x", "", "--stop-order \"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\": 17 names; 16 at most"},
		{"--pod-id x:y x", "", "--pod-id \"x:y\": ':' in it; letters, digits, dots, dashes and underscores only; write a name such as app, or none"},

		{"x", "DRAIN_DELAY=5x", `--drain-delay "5x" (from DRAINIT_DRAIN_DELAY): unknown unit "x"; did you mean 5s?`},
		{"--drain-delay 5x x", "", `--drain-delay "5x": unknown unit "x"; did you mean 5s?`},
		{"--drain-delay 1s-5s x", "", `--drain-delay "1s-5s": a range has two dots; did you mean 1s..5s?`},
		{"--drain-delay=1..5 x", "", `--drain-delay "1..5": may hold for 5s, and a platform that allows less would kill a program that was never told to stop; set --grace-period to what the platform allows, or --deadline`},
		{"--grace-period=30 --drain-delay=5s..30s x", "", `--drain-delay "5s..30s": not before the deadline of 28s, so the program would never be told to stop; set at most 23s, or a grace period of at least 37s here and on the platform`},
		{"--grace-period=30 --drain-delay=5s..1s x", "", `--drain-delay "5s..1s": ends before it begins; did you mean 1s..5s?`},
		{"--grace-period=30 --drain-until=idel x", "", `--drain-until "idel": nothing to wait for; did you mean idle?`},
		{"--drain-until=idle x", "", `--drain-until "idle": nothing ends the wait, and a platform that allows less would kill a program that was never told to stop; set --grace-period to what the platform allows, or --deadline`},
		{"--grace-period=1d x", "", `--grace-period "1d": unknown unit "d"; did you mean 24h?`},
		{"--grace-period=0 x", "", `--grace-period "0": no time at all; write what the platform allows, such as 30s, or unset`},
		{"--deadline=0 x", "", `--deadline "0": SIGKILL at once; write a later deadline, or off for none`},
		{"--unready-after=-5s x", "", `--unready-after "-5s": negative; did you mean 5s?`},
		{"--sweep=never x", "", `--sweep "never": not a duration; write 5s, 1m30s or a number of seconds`},

		{"x", `GRACE_PERIOD="30s"`, `--grace-period "\"30s\"" (from DRAINIT_GRACE_PERIOD): the quotes are part of the value; leave them out, since docker's --env-file and YAML lists keep them`},
		{"x", "STOP_ON='TERM,INT'", `--stop-on "'TERM,INT'" (from DRAINIT_STOP_ON): the quotes are part of the value; leave them out, since docker's --env-file and YAML lists keep them`},
		{"x", `SWEEP="`, `--sweep "\"" (from DRAINIT_SWEEP): not a duration; write 5s, 1m30s or a number of seconds`},
		{"--grace-period=30 x", "DRAIN_DELAY=30", `--drain-delay "30" (from DRAINIT_DRAIN_DELAY): not before the deadline of 28s, so the program would never be told to stop; set at most 23s, or a grace period of at least 37s here and on the platform`},
		{"--deadline=40 x", "GRACE_PERIOD=30", `--deadline "40": not before the grace period of 30s ends, so the platform's SIGKILL would come first; leave it out (it follows from the grace period), or set less than 30s`},
		{"--deadline=5 --drain-delay=5 x", "", `--drain-delay "5": not before the deadline of 5s, so the program would never be told to stop; set at most 3.75s, or a later deadline`},
		{"--deadline=5x --drain-delay=29 --grace-period 30 x", "", `--deadline "5x": unknown unit "x"; did you mean 5s?`},

		{"--ports=http x", "", `--ports "http": "http" is no port; write numbers such as 8080,9090, or none`},
		{"--ports=8080/tcp x", "", `--ports "8080/tcp": "8080/tcp" is no port; did you mean 8080?`},
		{"--ports=8080-8090 x", "", `--ports "8080-8090": "8080-8090" is no port; ranges are not accepted, write each port: 8080,8081`},
		{"--ports=80;81 x", "", `--ports "80;81": "80;81" is no port; put commas between ports: 8080,9090`},
		{"--ports=80, x", "", `--ports "80,": a port is missing; write a list such as 8080,9090, or none`},
		{"--ports=0 x", "", `--ports "0": 0 is no port; a port is 1 to 65535`},
		{"--ports=80,65536 x", "", `--ports "80,65536": 65536 is no port; a port is 1 to 65535`},
		{"--ports=80,10143 x", "", `--ports "80,10143": 10143 is where drainit serves its own probes (--probe-addr); write the program's port`},
		{"--ports=9 --probe-addr=127.0.0.1:9 x", "", `--ports "9": 9 is where drainit serves its own probes (--probe-addr); write the program's port`},

		{"--ready-check=http://127.0.0.1:10143/readyz x", "", `--ready-check "http://127.0.0.1:10143/readyz": asks drainit itself (--probe-addr); write the program's own port`},
		{"x", "LIVE_CHECK=tcp://localhost:10143", `--live-check "tcp://localhost:10143" (from DRAINIT_LIVE_CHECK): asks drainit itself (--probe-addr); write the program's own port`},

		{"--probe-addr=localhost:80 x", "", `--probe-addr "localhost:80": a name, not an address; did you mean 127.0.0.1:80?`},
		{"--probe-addr=example:80 x", "", `--probe-addr "example:80": "example" is not an IP address; write :80 for all addresses, 127.0.0.1:80 for this container or pod alone`},
		{"--probe-addr=127.0.0.1 x", "", `--probe-addr "127.0.0.1": missing port; did you mean 127.0.0.1:10143?`},
		{"--probe-addr=::1 x", "", `--probe-addr "::1": missing port; did you mean [::1]:10143?`},
		{"--probe-addr=http://:80/ x", "", `--probe-addr "http://:80/": not an address; write ADDRESS:PORT without a scheme or path, such as :10143`},
		{"--probe-addr=99999 x", "", `--probe-addr "99999": port "99999": a port is 1 to 65535, or 0 for one that is free`},
		{"--probe-addr=: x", "", `--probe-addr ":": port "": a port is 1 to 65535, or 0 for one that is free`},
		{"--probe-addr=none x", "", `--probe-addr "none": not an address; write ADDRESS:PORT or :PORT, such as :10143, or off`},

		{"--remap-exit=143 x", "", `--remap-exit "143": "143" is not FROM=TO; write exit statuses such as 143=0, or clean=0`},
		{"--remap-exit=143=256 x", "", `--remap-exit "143=256": "256" is no exit status; one is 0 to 255, or, on the left, clean`},
		{"--remap-exit=-1=0 x", "", `--remap-exit "-1=0": "-1" is no exit status; one is 0 to 255, or, on the left, clean`},
		{"--remap-exit=TERM=0 x", "", `--remap-exit "TERM=0": "TERM" is a signal; the status of a program it ended is 143`},
		{"--remap-exit=clean=x x", "", `--remap-exit "clean=x": "x" is no exit status; one is 0 to 255, or, on the left, clean`},
		{"--remap-exit=0=clean x", "", `--remap-exit "0=clean": "clean" is no exit status; one is 0 to 255, or, on the left, clean`},
		{"--remap-exit=clean=0,clean=1 x", "", `--remap-exit "clean=0,clean=1": clean is given twice, as 0 and as 1; write it once`},
		{"--remap-exit=1=0,1=2 x", "", `--remap-exit "1=0,1=2": 1 is given twice, as 0 and as 2; write it once`},

		{"--group=maybe x", "", `--group "maybe": neither yes nor no; write true or false`},
		{"x", "GROUP=2", `--group "2" (from DRAINIT_GROUP): neither yes nor no; write true or false`},
		{"--log-format=xml x", "", `--log-format "xml": no such format; write text or json`},
		{"--log-level=warning x", "", `--log-level "warning": no such level; did you mean warn?`},
		{"--log-level=7 x", "", `--log-level "7": no such level; write debug, info, report, warn or error`},
		{"--report=http://u:p@h/x x", "", `--report "http://...@h/x": for what? did you mean post:http://…, or pushgateway:http://…?`},
		{"--report=put:http://h/ x", "", `--report "put:http://h/": no place for a report; write post:URL, pushgateway:URL, or none`},
		{"--report=pushgateway:h:9091 x", "", `--report "pushgateway:h:9091": pushgateway: neither http:// nor https://; write pushgateway:http://HOST:PORT/PATH`},
		{"--report=post:http://h:0/ x", "", `--report "post:http://h:0/": post: port "0": a port is 1 to 65535`},
		{"x", "REPORT=post:https:///x", `--report "post:https:///x" (from DRAINIT_REPORT): post: no URL; write post:https://HOST:PORT/PATH, in ASCII, and %20 for a space`},
		{"--parent-death-signal=yes x", "", `--parent-death-signal "yes": "yes" is not a signal: want a name such as SIGTERM, TERM or SIGRTMIN+3, or a number from 1 to 64`},
		{"--termination-log=log x", "", `--termination-log "log": neither auto nor off nor a path from /; did you mean /dev/termination-log?`},
	} {
		var env []string
		if tt.env != "" {
			env = []string{"DRAINIT_" + tt.env}
		}
		_, _, err := Parse(strings.Fields(tt.args), env)
		want := "drainit: " + strings.ReplaceAll(tt.want, "\n", "\ndrainit: ")
		if err == nil || err.Error() != want {
			t.Errorf("drainit %s (%s)\ngot  %v\nwant %s", tt.args, tt.env, err, want)
		}
	}
}

// What signals and probe say is theirs; here it counts that it is said of the
// right flag, a line for each problem, and without secrets.
func TestProblemsFoundElsewhere(t *testing.T) {
	for _, tt := range []struct {
		args  string
		lines int
		has   []string
	}{
		{"--stop-on=TERM,FOO,URG x", 2, []string{`--stop-on "TERM,FOO,URG": `, `"FOO"`, "SIGURG"}},
		{"--stop-signal=QUIT/20s/KILL x", 1, []string{`--stop-signal "QUIT/20s/KILL": `, "set --deadline"}},
		{"--stop-signal=QUIT/20x/TERM x", 1, []string{`--stop-signal "QUIT/20x/TERM": "20x": unknown unit`, "did you mean 20s?"}},
		{"--stop-signal=QUIT/40s/TERM --grace-period=30 x", 1, []string{`--stop-signal "QUIT/40s/TERM": `, "a grace period of at least 49s here"}},
		{"--map=TERM=QUIT x", 1, []string{`--map "TERM=QUIT": `, "--stop-signal SIGQUIT"}},
		{"--map=USR1=QUIT --stop-on=USR1 x", 1, []string{`--map "USR1=QUIT": `, "--stop-signal SIGQUIT"}},
		{"--map=TERM=QUIT --stop-on=FOO x", 1, []string{`--stop-on "FOO": `}},
		{"--ready-check=127.0.0.1:80 x", 1, []string{`--ready-check "127.0.0.1:80": `, "http://127.0.0.1:80?"}},
		{"--live-check=http://user:secret@h/?token=secret x", 1, []string{`--live-check "http://...@h/?...": `}},
		{"--live-check=user:secret@h x", 1, []string{`--live-check "...@h": `}},
		{"--live-check=ftp://user:%zsecret@h?secret x", 1, []string{`--live-check "ftp://...@h?...": `}},
	} {
		_, _, err := Parse(strings.Fields(tt.args), nil)
		if err == nil {
			t.Errorf("%s: no problem", tt.args)
			continue
		}
		text := err.Error()
		if n := strings.Count(text, "\n") + 1; n != tt.lines {
			t.Errorf("%s: got %d lines, want %d:\n%s", tt.args, n, tt.lines, text)
		}
		for _, want := range tt.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", tt.args, want, text)
			}
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%s: a secret is shown in\n%s", tt.args, text)
		}
	}
}
