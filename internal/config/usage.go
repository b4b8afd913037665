package config

// Usage is what -h prints. Each setting is a line of flag, value and default,
// and what it means below; a test holds it against the settings.
const Usage = `drainit: an init for any container that drains before it stops

  drainit [flags] [--] COMMAND [ARG...]
  drainit ctl VERB [flags]       VERB: ready live status stop sleep plan install

Runs COMMAND, reaps zombies, forwards signals, and turns the platform's stop
into a drain: readiness goes red, the stop is held while routes disappear, then
the program gets the signal that means graceful to it.

Every flag has a variable: --drain-delay is DRAINIT_DRAIN_DELAY. A flag beats
its variable, the variable beats the default, an empty variable is unset.
Durations are Go's (5s, 1m30s); a bare number is seconds. Lists have commas.

The few you set:

  --grace-period D                    default unset
      What the platform allows, from its stop signal on. The one number to set:
      the deadline and the longest hold follow from it.
  --drain-delay auto|D|MIN..MAX       default auto
      How long the stop signal is held. auto: 5s under Kubernetes or where a
      grace period is given, but at most a quarter of a given one; else 0s.
      A range ends after MIN once connections have clearly ceased to arrive.
  --ports LIST|none                   default found
      The program's TCP ports: readiness waits until each is listened on.
      found: until anything of the program listens.
  --ready-check URL                   default none
      Readiness also asks the program: http://127.0.0.1:8080/healthz, https:, a
      status of 200 to 399 is good; tcp://127.0.0.1:5432; gRPC's health service,
      grpc://127.0.0.1:50051/SERVICE.
  --stop-order LIST                   default none
      The drainits of a pod, by name, in the order they stop in: app,proxy. Each
      waits with its stop signal until those before it are gone.
  --name NAME                         default none
      This one's name in --stop-order, and under which others find it.

The rest:

  --drain-until delay|idle|closed     default delay
      What the stop signal waits for after the delay: nothing; that no request
      is in flight; that no connection is open. At the latest it is sent 5s, or
      a quarter of the grace period, before the deadline. For programs that cut.
  --idle-check CHECK                  default none
      --drain-until idle by the program's own word as well: http:URL is 200 to
      399, a sum of metrics is 0 (metric:URL#NAME), a file has gone (gone:PATH)
      or is there (there:PATH). May be given several times: all must be idle.
  --deadline D|off                    default auto
      SIGKILL to all that is left, counted from the stop request. auto: the
      grace period less 2s (less a fifth under 10s); off without one.
  --sweep D                           default 2s
      How long what COMMAND leaves behind may take to end; then SIGKILL.
  --stop-on LIST                      default auto
      The signals that are a stop request. auto: SIGTERM, SIGINT, SIGQUIT, and
      the stop signals images inherit, as far as the program has no use of its
      own for them.
  --stop-on-hangup                    default off
      The end of standard input is a stop request too: of docker run -i, say,
      when its client has gone.
  --stop-signal auto|SIG|SCHEDULE|none  default auto
      The signal that stops the program. auto: what is graceful for the program
      that runs by then (SIGQUIT for nginx), and its fast one shortly before the
      deadline; else SIGTERM. A schedule: QUIT/20s/TERM. none: see --at-stop.
  --map SIG=SIG,...                   default none
      Translates signals that are forwarded; SIG=none drops one.
  --group                             default off
      Signals go to the program's process group instead of the program alone.
  --parent-death-signal SIG           default none
      What the program gets when drainit, not being PID 1, is killed: SIGKILL,
      or one that the program stops on.
  --at-drain ACTION                   default none
  --at-stop ACTION                    default none
      What else is done at the stop request, and before the stop signal:
      SIGNAL to the program, post:URL or put:URL, write:PATH:TEXT to a FIFO or
      socket. May be given several times; in a variable a line each. 1s at most,
      together.
  --live-check URL                    default none
      /livez also asks the program; from the stop request on it is always 200.
  --unready-after D|stop              default 0s
      When readiness goes red, counted from the stop request. stop: together
      with the stop signal.
  --probe-addr ADDR|off               default :10143
      Where /readyz, /livez, /drain and /metrics are served.
  --front LISTEN[=TARGET]             default none
      A proxy of drainit's own, for HTTP/1.1 and for HTTP/2 without TLS (gRPC),
      listens on LISTEN and passes requests on to the program, which is moved to
      TARGET: :8080=127.0.0.1:8081 or :8080=unix:/run/app.sock. After the hold
      it takes nothing new in, and the stop signal waits for what is in flight.
      May be given several times.
      LISTEN alone: drainit chooses a free port and tells it in PORT.
  --front-port-variable NAME          default PORT
      The variable by which the program is told a port that drainit chose. A
      list of names for several.
  --front-forwarded append|off        default append
      append adds the client's address to X-Forwarded-For.
  --front-long-lived hold|D|off       default hold
      How long WebSockets and streams of events may stay after the stop request;
      if D is given, long answers of HTTP/2, too. They leave in turn, at an even
      rate. hold: within the hold. off: they stay until the program ends them.
  --exit-with LIST                    default none
      Drainits of the pod. When one of them is gone this is a stop without a
      hold, and drainit leaves with the status that one left with.
  --pod-id ID                         default none
      What sets this pod apart where it shares the host's network.
  --expand                            default off
      In COMMAND's arguments {stop_budget} and {grace_period} become seconds:
      what DRAINIT_STOP_BUDGET says, and --grace-period; {port} becomes the
      program's port behind --front.
  --remap-exit FROM=TO,...            default none
      Exit statuses to replace: 143=0. clean=0: of a program that ended by the
      stop signal and has cut nothing.
  --on-exit poweroff|reboot|exit      default exit
      What becomes of the machine when drainit, its first process (an initramfs,
      a microVM), has ended. exit: the kernel panics. Refused elsewhere.
  --log-format text|json              default text
  --log-level LEVEL                   default info
      debug, info, report, warn or error. report: the drain report and what is
      wrong.
  --termination-log PATH|auto|off     default auto
      Where the drain report is written besides standard error. auto:
      /dev/termination-log if it is there, writable and empty, and only when a
      drain was cut short.
  --report post:URL|pushgateway:URL   default none
      Where the drain report is sent before drainit leaves: as JSON, or as
      metrics to a Prometheus Pushgateway. May be given several times; in a
      variable a line each. 500ms at most, together.
  -h, --help                          this text
  --version                           version, Go version, platform

Exit status: COMMAND's; 128+n if signal n ended it; 125 if drainit itself failed
before COMMAND ran; 126 if COMMAND cannot be executed; 127 if it was not found.

For example, in a pod with terminationGracePeriodSeconds: 60

  drainit --grace-period 60 --ports 8080 -- nginx -g 'daemon off;'

goes unready at the stop request, sends nginx its SIGQUIT after 5s, SIGTERM
after 56s and SIGKILL after 58s. "drainit ctl plan" with these flags shows it;
"drainit ctl status" in the container says what goes on there.
`
