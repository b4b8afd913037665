package main

// kindsTold are the kinds in the order in which the document has them.
var kindsTold = []struct{ name, meaning string }{
	{"exec", "nothing: it has become the program, which gets the signal"},
	{"transparent", "sends the program SIGTERM and waits until it has ended"},
	{"translates", "sends the program another signal and waits"},
	{"kills", "sends the program SIGTERM and, after a time of its own, SIGKILL"},
	{"deaf", "nothing that the program would notice, and waits until it has ended"},
	{"passes, leaves", "sends the program a signal, and ends without waiting for it"},
	{"leaves", "ends, and the program is not told; where a shell is between them, it is the shell that is told"},
	{"forks", "it has ended long before: the program is in the background"},
}

const heading = `# Wrappers

Programs that start another one, PROG, and what they do with signals: measured, each with its version. Written by
` + "`make wrappers WRAPPERFLAGS=-write`" + `, of which [wrappers.tsv](../../test/wrappers/wrappers.tsv) and
[shells.tsv](../../test/wrappers/shells.tsv) are the data; ` + "`make wrappers`" + ` measures again, and fails where something differs by
more than a second.

## What is done

- Each trial has its own PID, mount, IPC, network and UTS namespaces in a Debian root (bookworm; trixie and sid where the
  suite has the package), as root, and its PID 1 is the test, which starts the wrapper as inits do: in a process group of
  its own, without a terminal unless the row says so.
- PROG catches every signal that can be caught, writes it down, and goes on until it is told to end: with 7, with 0, or by
  SIGTERM. So what ends in the meantime was ended by somebody else.
- A signal goes to the outermost process alone, and is watched for 4 s, 14 s for supervisord and parallel. Only after
  that is PROG told to end, with 7.
- *Stopped*: everything around PROG gets SIGSTOP, from the outside; PROG ends; then everything around it gets the signals,
  from the inside, SIGCONT last.
- What is said without a time was within 1.3 s. x is a command that would be run next.
- strace and ltrace: a program whose tracer is stopped cannot end. As PID 1 of a namespace (unshare --pid) PROG cannot die
  of its own SIGTERM, and ends with 2.
- In trixie and sid the packages are fewer, and of the shells only the first two columns below were measured.
- Alpine's packages cannot be had here. Its applets are busybox's: ` + "`busybox`" + ` is Debian's, which has few of them, and
  ` + "`busybox-all`" + ` is 1.37.0 built from its source as that is configured by default, with glibc. su-exec was read and not
  run: it ends in execvp(3), so it is of kind exec.

`

const recogniseHeading = `
## By what they are recognised, while they stay

*around* is the comm of each process from the outside to PROG, and *argv* their arguments. *beside* is what else was
started. *group* is PROG's. *catches*, *ignores* and *blocks* are SigCgt, SigIgn and SigBlk of /proc/PID/status, without
real-time signals. *child stopped*: the process started by the wrapper gets SIGSTOP, and 1 s later SIGCONT.

`

const signalsHeading = `
## What a signal to the wrapper alone does

*passes*: what PROG gets. *waits*: it ends after PROG, and how. *goes on*: it does not end then, either. *ends*: before PROG does, and PROG
is left unless it says otherwise.

`

const endsHeading = `
## How it ends when PROG does

*exits with*, *dies of TERM*: only PROG is told. *TERM, program exits with 0*: the wrapper gets SIGTERM, and 0.3 s later
PROG ends with 0. *stopped while it ends*: PROG ends with 7, and SIGCONT follows. *stopped, then TERM*, *then KILL*: it
ends with 0, and SIGTERM and SIGCONT follow, or SIGKILL.

`

const differencesHeading = `
## What differs elsewhere

Cells that say something else than in the first suite that has the wrapper.

`

const shellsHeading = `
## Shells that would run another command

NEXT and TRAPPED are builtins that write a line, SH is the same shell once more. A cell is how the outermost shell ended
and what was run after PROG's end; *again* is PROG. Where it depends on how PROG ended there are several: with 0, by
SIGTERM, with 7. shells.tsv has the other signals too: after SIGHUP nothing runs either; SIGQUIT is ignored by bash, zsh and
busybox; after SIGCONT alone everything goes on; and after SIGKILL nothing at all, no trap either.
`

// A shellSection is a column of the shells' table, told.
type shellSection struct{ title, column, text string }

var shellSections = []shellSection{
	{"Stopped, then SIGTERM and SIGCONT", "STOP, end, TERM+CONT", `Every shell gets SIGSTOP, PROG ends, and each shell gets SIGTERM and SIGCONT. None without a trap runs anything. SIGTERM
comes before SIGCHLD, being the lower number, and ends the process before it is back in its own code (signal(7)).
`},
	{"Stopped, then SIGINT and SIGCONT", "STOP, end, INT+CONT", "bash wants to know whether its command died of it, and goes on otherwise.\n"},
	{"SIGTERM to the outermost shell, not stopped", "TERM to the outer shell", "PROG goes on for 0.3 s, and ends then.\n"},
	{"Nothing but PROG's end", "end", ""},
	{"What SigCgt tells", "catches", `Of the shell nearest to PROG. mksh and posh always catch SIGTERM; a trap for EXIT alone looks like one for SIGTERM in bash
and ksh93, which then catch SIGUSR1, SIGUSR2, SIGALRM and SIGSYS too. A trap for SIGINT shows in zsh and yash only.
`},
}

const shellDifferencesHeading = `
### What differs in other suites

`
