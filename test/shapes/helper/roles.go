package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// mark is a command of which one wants to know that it ran.
func mark(args []string) int {
	write("%s ran", args[0])
	return 0
}

// common are the flags of who writes of its signals into the diary.
type common struct {
	*flag.FlagSet
	name    *string
	catches *string
	status  *int
}

func flags(name string) common {
	f := flag.NewFlagSet(name, flag.ExitOnError)
	return common{
		FlagSet: f,
		name:    f.String("name", path.Base(os.Args[0]), "in the diary"),
		catches: f.String("on", "TERM", "the signal it ends on by itself"),
		status:  f.Int("status", 0, "with which it ends then"),
	}
}

// signals returns a channel of the signal that it ends on. Others have their
// default, so that who looks at the process sees one handler and no more.
func (c common) signals() <-chan os.Signal {
	got := make(chan os.Signal, 64)
	if *c.catches != "" {
		signal.Notify(got, c.signal())
	}
	return got
}

func (c common) signal() syscall.Signal { return unix.SignalNum("SIG" + *c.catches) }

// job works for so many seconds, and says when it is done; on its signal it
// finishes, which takes another while.
func job(args []string) int {
	c := flags("job")
	work := c.Duration("work", 1000*time.Second, "how long it works when nobody ends it")
	finish := c.Duration("finish", 0, "how long it takes to end on its signal")
	must(c.Parse(args))
	got := c.signals()
	quiet(c.signal())
	write("%s ready", *c.name)
	select {
	case <-time.After(*work):
	case s := <-got:
		write("%s got %s", *c.name, short(s))
		if !linger(c, got, *finish) {
			return *c.status
		}
	}
	write("%s done", *c.name)
	return *c.status
}

// linger waits, writing down what else comes, and reports that all of it passed.
func linger(c common, got <-chan os.Signal, d time.Duration) bool {
	over := time.After(d)
	for {
		select {
		case <-over:
			return true
		case s := <-got:
			write("%s got %s", *c.name, short(s))
		}
	}
}

// short is a signal's name without its SIG.
func short(s os.Signal) string { return unix.SignalName(s.(syscall.Signal))[3:] }

// java stands for a JVM: a thread dump on SIGQUIT, and an end with hooks on
// SIGTERM, SIGINT and SIGHUP.
func java([]string) int {
	got := make(chan os.Signal, 64)
	handled := []os.Signal{syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR2}
	signal.Notify(got, handled...)
	quiet(syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR2)
	write("java ready")
	for s := range got {
		write("java got %s", short(s))
		switch s {
		case syscall.SIGQUIT:
			fmt.Println("Full thread dump")
		case syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP:
			write("java done")
			return 128 + int(s.(syscall.Signal))
		}
	}
	return 0
}
