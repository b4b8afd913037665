package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// watch reads streams that do not end, and each that does once more, at the other address.
func watch(address, other, count string) {
	n, err := strconv.Atoi(count)
	if err != nil {
		log.Fatal(err)
	}
	for range n {
		go func() {
			for _, to := range []string{address, other} {
				c, err := grpc.NewClient("passthrough:///"+to, grpc.WithTransportCredentials(insecure.NewCredentials()))
				if err != nil {
					log.Fatal(err)
				}
				fmt.Println("ended", status.Code(watchOne(c, to)))
			}
		}()
	}
	io.Copy(io.Discard, os.Stdin)
}

// watchOne reads one to its end.
func watchOne(c *grpc.ClientConn, to string) error {
	s, err := stream(context.Background(), c, "Watch")
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if err := s.RecvMsg(new(message)); err != nil {
			return err
		}
		if n == 0 {
			fmt.Println("begun", to)
		}
	}
}
