// Command guest is the program in test/runtimes' containers. It looks at drainit from inside, where all runtimes are
// alike: it asks for probes and its own pages itself, and prints what it sees, one a line: "@", the milliseconds of the
// clock, and what happened.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	role := map[string]func(args []string){
		"life": life, "abrupt": abrupt, "member": member, "terminal": terminal, "notify": notify, "socket": socket,
		"ask": ask, "parent": parent, "orphan": orphan, "pause": func([]string) { time.Sleep(time.Hour) },
	}[os.Args[1]]
	role(os.Args[2:])
}

func say(format string, args ...any) {
	fmt.Printf("@%d %s\n", time.Now().UnixMilli(), fmt.Sprintf(format, args...))
}

// self is this program in another role.
func self(args ...string) *exec.Cmd {
	cmd := exec.Command("/guest", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr // of which a /dev without null needs none
	return cmd
}

// stopped are the signals that come, from now on.
func stopped(signals ...os.Signal) chan os.Signal {
	received := make(chan os.Signal, 10)
	signal.Notify(received, signals...)
	return received
}

// life makes orphans, serves, and says what becomes of readiness and of a URL that it asks, which is its own page, to its
// end with status 7 at SIGTERM.
func life(args []string) {
	received := stopped(syscall.SIGTERM, syscall.SIGUSR1)
	orphans()
	go watch(args[0])
	time.Sleep(time.Second) // not ready yet
	server := serve()
	for s := range received {
		say("got %v", s)
		if s == syscall.SIGTERM {
			_ = server.Shutdown(background)
			os.Exit(7)
		}
	}
}

// abrupt ends at SIGTERM, whatever is in flight. SIGUSR1 puts a request in flight.
func abrupt([]string) {
	received := stopped(syscall.SIGTERM, syscall.SIGUSR1)
	serve()
	for s := range received {
		say("got %v", s)
		if s == syscall.SIGTERM {
			os.Exit(7)
		}
		go self("ask", "http://127.0.0.1:8080/slow").Run()
	}
}

// member takes its time to leave, so that others can be seen to wait for it.
func member(args []string) {
	received := stopped(syscall.SIGTERM)
	say("%s: here", args[0])
	<-received
	say("%s: got SIGTERM", args[0])
	time.Sleep(1500 * time.Millisecond)
	say("%s: leaves", args[0])
}
