// Command standin takes the places of the programs that the examples of two containers name, by the name it is called
// by: pgbouncer listens until SIGINT, app finishes a transaction through it on SIGTERM, job does one and ends. signal
// sends one, for images without a shell.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const database = "127.0.0.1:6432"

func main() {
	run := map[string]func() error{"pgbouncer": pgbouncer, "app": app, "job": transaction, "signal": send}[filepath.Base(os.Args[0])]
	if run == nil {
		fmt.Fprintln(os.Stderr, "standin: called by no name that it knows:", os.Args[0])
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// pgbouncer ends at once on SIGTERM, with status 1, and well on SIGINT.
func pgbouncer() error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	l, err := net.Listen("tcp", database)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	if s := <-asked; s != syscall.SIGINT {
		return errors.New("the proxy got SIGTERM")
	}
	fmt.Println("the proxy got SIGINT")
	return nil
}

// app is ready at once, and on SIGTERM does a last transaction, of two seconds.
func app() error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() { _ = http.ListenAndServe(":8080", nil) }()
	<-asked
	time.Sleep(2 * time.Second)
	return transaction()
}

// transaction waits for the proxy, 20 seconds at most, and has its answer.
func transaction() error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		c, err := net.Dial("tcp", database)
		if err != nil {
			if time.Now().After(end) {
				return fmt.Errorf("the transaction was lost: %w", err)
			}
			continue
		}
		defer c.Close()
		if _, err := c.Write([]byte("commit")); err != nil {
			return fmt.Errorf("the transaction was lost: %w", err)
		}
		if _, err := io.ReadFull(c, make([]byte, 6)); err != nil {
			return fmt.Errorf("the transaction was lost: %w", err)
		}
		fmt.Println("the transaction was answered")
		return nil
	}
}

// send is signal PID NUMBER.
func send() error {
	pid, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.Signal(number))
}
