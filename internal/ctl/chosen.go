package ctl

import (
	"fmt"

	"drainit/internal/peers"
)

// chosen finds the address that the kernel chose for the drainit that is to answer:
// by its socket, or where that is not shown (it runs as another user) by asking
// those who listen as drainits do.
func (c call) chosen(to probeTarget) (probeTarget, error) {
	list, err := c.around.listeners()
	if err != nil {
		return to, fmt.Errorf("which port the kernel chose (%s) cannot be seen: %w; set a port", to.from, err)
	}
	var own map[uint64]bool // none where they are not shown
	if to.pid != 0 {
		own, _ = c.around.sockets(to.pid)
	}
	var marked []string
	for _, l := range list {
		switch {
		case own[l.Inode]:
			to.addr = l.Addr.String()
			return to, nil
		case peers.IsMarked(l) && len(marked) < peers.Asked:
			marked = append(marked, l.Addr.String())
		}
	}
	answers := make(chan string, len(marked))
	for _, addr := range marked {
		go func() {
			if _, err := c.ask(probeTarget{addr, to.from, to.pid}, "/"); err != nil {
				addr = ""
			}
			answers <- addr
		}()
	}
	for range marked {
		if to.addr = <-answers; to.addr != "" {
			return to, nil
		}
	}
	return to, fmt.Errorf("which port the kernel chose (%s) cannot be found; drainit's log says it: set --probe-addr to that", to.from)
}
