package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A loader makes calls and counts those that failed.
type loader struct {
	wg   sync.WaitGroup
	stop chan struct{}

	mu   sync.Mutex
	made map[string]int
	lost map[string]int
	why  map[string]int
}

// load makes calls of every kind over a few connections, and says at the end how many of each were made and lost, and why.
func load(address string) {
	l := &loader{stop: make(chan struct{}), made: map[string]int{}, lost: map[string]int{}, why: map[string]int{}}
	for range 4 {
		c, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: 10 * time.Second}), grpc.WithDisableRetry())
		if err != nil {
			log.Fatal(err)
		}
		l.make("unary", c, unary)
		l.make("unary", c, unary)
		l.make("parts", c, partsOf)
		l.make("chat", c, chat)
	}
	go func() {
		for {
			time.Sleep(100 * time.Millisecond)
			l.mu.Lock()
			fmt.Println("made", l.made["unary"]+l.made["parts"]+l.made["chat"])
			l.mu.Unlock()
		}
	}()
	io.Copy(io.Discard, os.Stdin)
	close(l.stop)
	l.wg.Wait()
	l.mu.Lock()
	for _, kind := range []string{"unary", "parts", "chat"} {
		fmt.Println("end", kind, l.made[kind], l.lost[kind])
	}
	for why, n := range l.why {
		fmt.Println("why", n, why)
	}
}

// make makes one call after the other.
func (l *loader) make(kind string, c *grpc.ClientConn, call func(context.Context, *grpc.ClientConn) error) {
	l.wg.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			default:
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			err := call(ctx, c)
			cancel()
			l.mu.Lock()
			l.made[kind]++
			if err != nil {
				l.lost[kind]++
				l.why[kind+": "+err.Error()]++
			}
			l.mu.Unlock()
			if err != nil {
				time.Sleep(50 * time.Millisecond)
			}
		}
	})
}

var text = bytes.Repeat([]byte("text "), 300)

func unary(ctx context.Context, c *grpc.ClientConn) error {
	out := new(message)
	err := c.Invoke(ctx, "/"+service+"/Unary", &message{Value: text}, out)
	if err == nil && !bytes.Equal(out.Value, text) {
		err = fmt.Errorf("%d bytes, want %d", len(out.Value), len(text))
	}
	return err
}

// stream asks for one of the server's.
func stream(ctx context.Context, c *grpc.ClientConn, method string) (grpc.ClientStream, error) {
	s, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/"+service+"/"+method)
	if err != nil {
		return nil, err
	}
	if err := s.SendMsg(&message{Value: text}); err != nil && err != io.EOF {
		return nil, err
	}
	return s, s.CloseSend()
}

// partsOf reads a stream to its end.
func partsOf(ctx context.Context, c *grpc.ClientConn) error {
	s, err := stream(ctx, c, "Parts")
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		switch err := s.RecvMsg(new(message)); {
		case err == io.EOF && n == parts:
			return nil
		case err != nil:
			return fmt.Errorf("after %d parts: %w", n, err)
		}
	}
}

// chat says something a few times, and reads it.
func chat(ctx context.Context, c *grpc.ClientConn) error {
	s, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/"+service+"/Chat")
	if err != nil {
		return err
	}
	for n := range parts {
		err := s.SendMsg(&message{Value: text})
		if err == nil || err == io.EOF {
			err = s.RecvMsg(new(message))
		}
		if err != nil {
			return fmt.Errorf("after %d: %w", n, err)
		}
		time.Sleep(partTime)
	}
	s.CloseSend()
	if err := s.RecvMsg(new(message)); err != io.EOF {
		return fmt.Errorf("at the end: %w", err)
	}
	return nil
}
