//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const (
	address = "127.0.0.1:8080"
	probe   = "http://127.0.0.1:10143"
)

// play is what this program is under a name, as drainit's child or its child's.
func play(role string, args []string) {
	switch role {
	case "inside":
		inside(args)
	case "server":
		server(args)
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("deaf")
		time.Sleep(time.Hour)
	case "echo":
		echo()
	case "exit":
		os.Exit(number(args[0]))
	case "sleep":
		time.Sleep(time.Duration(number(args[0])) * time.Second)
	case "leave":
		leave()
	case "eat":
		eat()
	case "crowd":
		crowd()
	case "machine":
		machine()
	case "bare":
		bare()
	case "closed":
		closed(args)
	case "heavy":
		heavy(number(args[0]))
	case "view":
		view(args[0], args[1:])
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

// inside gives a new PID namespace its /proc, and becomes what it is told to.
func inside(argv []string) {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		fmt.Fprintln(os.Stderr, "private mounts:", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		fmt.Fprintln(os.Stderr, "/proc:", err)
	}
	fmt.Fprintln(os.Stderr, "exec:", syscall.Exec(argv[0], argv, os.Environ()))
	os.Exit(1)
}

// closed becomes what it is told to, without standard descriptors.
func closed(argv []string) {
	for fd := range 3 {
		syscall.CloseOnExec(fd)
	}
	if err := syscall.Exec(argv[0], argv, os.Environ()); err != nil {
		os.Exit(99)
	}
}

// server answers requests once it has made orphans for a while: /slow takes 3 s, whatever signals come. It ends with
// the status of its argument at SIGTERM, when nothing is in flight; or at once, if there is "cut" after the status.
func server(args []string) {
	orphans(20)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	time.Sleep(time.Second)
	l, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Println(err)
		os.Exit(98)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Println("slow")
		time.Sleep(3 * time.Second)
		io.WriteString(w, "ok\n")
	})
	s := &http.Server{Handler: mux}
	go s.Serve(l)
	fmt.Println("listening")
	fmt.Println("got", <-stop)
	if len(args) == 1 {
		_ = s.Shutdown(noLimit)
	}
	os.Exit(number(args[0]))
}

// orphans makes zombies of another's: the children of children that have ended.
func orphans(n int) {
	for range n {
		_ = exec.Command("/bin/sh", "-c", "sh -c 'sleep 0.1' & exit 0").Run()
	}
	fmt.Println("orphans made")
}

// echo says which signals it gets, until SIGTERM comes.
func echo() {
	signals := make(chan os.Signal, 100)
	signal.Notify(signals)
	fmt.Println("echoing")
	for s := range signals {
		if n := s.(syscall.Signal); n != syscall.SIGURG && n != syscall.SIGCHLD {
			fmt.Printf("got %d.\n", n)
		}
		if s == syscall.SIGTERM {
			return
		}
	}
}

// leave leaves a process behind that needs a second after SIGTERM, and ends.
func leave() {
	cmd := exec.Command("/bin/sh", "-c", "trap 'sleep 1; echo left over; exit' TERM; echo waiting; while :; do sleep 0.1; done")
	cmd.Stdout = os.Stdout
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	time.Sleep(time.Second)
	os.Exit(3)
}

// eat takes memory until it is killed.
func eat() {
	fmt.Println("eating")
	var all [][]byte
	for {
		all = append(all, filled(1))
		runtime.KeepAlive(all)
	}
}

// filled is so many megabytes, each page of which is there.
func filled(megabytes int) []byte {
	b := make([]byte, megabytes<<20)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	return b
}

// heavy has more memory than any of drainit's processes. At SIGUSR1 it takes what there is; at SIGTERM it ends with a status.
func heavy(status int) {
	held := filled(24)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGUSR1)
	if _, err := net.Listen("tcp", address); err != nil {
		fmt.Println(err)
		os.Exit(98)
	}
	fmt.Println("listening")
	got := <-signals
	fmt.Println("got", got)
	if got == syscall.SIGUSR1 {
		eat()
	}
	runtime.KeepAlive(held)
	os.Exit(status)
}

// crowd makes as many processes as it may, and stays.
func crowd() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM) // for which Go makes a thread
	for range 200 {
		if err := exec.Command("/bin/sleep", "1000").Start(); err != nil {
			fmt.Println("full:", err)
			break
		}
	}
	<-stop
	os.Exit(4)
}
