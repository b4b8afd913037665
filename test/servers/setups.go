package main

import "slices"

// A setup is one way to run a server: a row of the document.
type setup struct {
	name    string
	command []string
	flags   []string // of docker run
	setting []string // variables of drainit's, where the row is about one; "" in all others

	// What is run beside it, in a container that is not stopped and holds the network: nil is the backend that a proxy
	// forwards to.
	beside      []string
	besideFlags []string
	client      func(address string, beside container) client

	note    string // what a reader must know to read the row
	cuts    string // why no signal that ends it saves what is in flight; "" where one does
	excused string // why it does not keep a rule, if it does not
}

func onPort8080(address string, _ container) client { return web{address + ":8080"} }

// setups are the rows, in the order of the document.
var setups = slices.Concat(proxies, wrapped, applications, databases)

var nginx = []string{"nginx", "-c", "/servers/nginx.conf", "-g", "daemon off;"}

// with returns a command with more arguments.
func with(command []string, more ...string) []string { return append(slices.Clone(command), more...) }
