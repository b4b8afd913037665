package main

// A balancer is a container that spreads requests.
type balancer struct {
	container  string
	address    string // of requests, on the loopback
	statistics string // of HAProxy's statistics
	lists      func(without int) string
	told       bool // of each stop, before it
}

// nobody is left out of a list.
const nobody = -1

// startBalancer starts one from its configuration, which goes in through the environment.
func startBalancer(network, name, command, configuration string) (*balancer, error) {
	flags := []string{"--name", name, "--env", "CONFIGURATION=" + configuration,
		"--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::8081"}
	id, err := start(network, flags, image, "sh", "-c", `printf '%s\n' "$CONFIGURATION" >/etc/balancer && exec `+command)
	if err != nil {
		return nil, err
	}
	b := &balancer{container: id}
	if b.address, err = docker("port", id, "8080/tcp"); err != nil {
		return nil, err
	}
	b.statistics, err = docker("port", id, "8081/tcp")
	return b, err
}

// leave takes a replica out of the list of a balancer that is told, and join puts all back in.
func (b *balancer) leave(replica int) error { return b.list(replica) }
func (b *balancer) join() error             { return b.list(nobody) }

// list writes the list anew and has it read, as a deployer does. It does not wait for what the old list still does.
func (b *balancer) list(without int) error {
	if !b.told {
		return nil
	}
	_, err := docker("exec", b.container, "sh", "-c",
		`printf '%s\n' "$1" >/etc/balancer && nginx -s reload -c /etc/balancer`, "sh", b.lists(without))
	return err
}
