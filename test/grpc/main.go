// Command grpc is a gRPC server with the health service of google.golang.org/grpc, for tests of drainit's checks. It
// prints its address and serves until its standard input ends. What it says of its services is in its arguments:
//
//	grpc =SERVING a.b.Service=NOT_SERVING
//
// Without arguments it has no health service. It is also a server of calls that ends at once on SIGTERM, and a client that
// makes them all the time, until its standard input ends:
//
//	grpc serve ADDRESS
//	grpc load ADDRESS
//
// And a client of streams that do not end, each over a connection of its own, which come back at another address. It says
// when each has begun, and how it has ended:
//
//	grpc watch ADDRESS OTHER COUNT
//
// It is a module of its own, so that nothing of it is in drainit's go.mod.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "load" {
		load(os.Args[2])
		return
	}
	if len(os.Args) == 5 && os.Args[1] == "watch" {
		watch(os.Args[2], os.Args[3], os.Args[4])
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	if len(os.Args) > 1 {
		services := health.NewServer()
		for _, arg := range os.Args[1:] {
			name, status, _ := strings.Cut(arg, "=")
			services.SetServingStatus(name, grpc_health_v1.HealthCheckResponse_ServingStatus(grpc_health_v1.HealthCheckResponse_ServingStatus_value[status]))
		}
		grpc_health_v1.RegisterHealthServer(server, services)
	}
	fmt.Println(l.Addr())
	go func() {
		if err := server.Serve(l); err != nil {
			log.Fatal(err)
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}
