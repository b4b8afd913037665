package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// What the service is called, and how long its calls take.
const (
	service = "drainit.test.Calls"

	unaryTime = 5 * time.Millisecond
	parts     = 20 // of a stream
	partTime  = 10 * time.Millisecond
)

type message = wrapperspb.BytesValue

// calls is the service: Unary echoes, Parts sends what it got a few times, and Chat echoes until the client is done.
var calls = grpc.ServiceDesc{
	ServiceName: service,
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Unary",
		Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			in := new(message)
			err := decode(in)
			time.Sleep(unaryTime)
			return in, err
		},
	}},
	Streams: []grpc.StreamDesc{
		{StreamName: "Parts", ServerStreams: true, Handler: func(_ any, s grpc.ServerStream) error {
			in := new(message)
			err := s.RecvMsg(in)
			for i := 0; i < parts && err == nil; i++ {
				time.Sleep(partTime)
				err = s.SendMsg(in)
			}
			return err
		}},
		{StreamName: "Watch", ServerStreams: true, Handler: func(_ any, s grpc.ServerStream) error {
			in := new(message)
			err := s.RecvMsg(in)
			for err == nil {
				err = s.SendMsg(in)
				time.Sleep(partTime)
			}
			return err
		}},
		{StreamName: "Chat", ServerStreams: true, ClientStreams: true, Handler: func(_ any, s grpc.ServerStream) error {
			for {
				in := new(message)
				err := s.RecvMsg(in)
				if err == nil {
					err = s.SendMsg(in)
				}
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		}},
	},
}

// serve serves it, and does nothing about a stop.
func serve(address string) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&calls, struct{}{})
	fmt.Println("ready")
	log.Fatal(server.Serve(l))
}
