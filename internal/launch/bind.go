package launch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"drainit/internal/config"
	"drainit/internal/peers"
)

// askOccupant bounds the question who holds the probe address. A drainit that
// starts at the same moment has bound it and answers once its child runs, which
// can take a while where processor time is rationed.
const askOccupant = 3 * time.Second

// Bind takes the probe address before the child starts, so that a taken one is
// known while there is still somebody to tell. A nil listener means that no
// probes are served.
//
// Another drainit there (containers of a pod share their network) is a warning.
// Anything else is an error; so is what else keeps a given address from being
// bound, while the default one, which nobody asked for, must not keep a program
// from starting where sockets are not to be had.
func Bind(cfg config.Config, log *slog.Logger) (net.Listener, error) {
	if cfg.ProbeAddr == "" {
		return nil, nil
	}
	l, err := listenForProbes(cfg.ProbeAddr)
	switch {
	case err == nil:
		peers.Mark(l)
		if config.PortIsChosen(cfg.ProbeAddr) {
			log.Info("probes are served", "addr", l.Addr().String())
		}
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE) && peers.IsDrainit(config.Dialable(cfg.ProbeAddr), askOccupant):
		log.Warn("another drainit serves the probe address: this one serves none",
			"addr", cfg.ProbeAddr, "remedy", "containers that share a network each need their own --probe-addr, or off")
		return nil, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--probe-addr %q: already in use by another program; set another address (DRAINIT_PROBE_ADDR), or off", cfg.ProbeAddr)
	case cfg.ProbeAddrGiven:
		return nil, fmt.Errorf("--probe-addr %q: %w; set an address that can be listened on (DRAINIT_PROBE_ADDR), or off", cfg.ProbeAddr, err)
	}
	log.Warn("probes are not served", "addr", cfg.ProbeAddr, "error", err)
	return nil, nil
}

// listenForProbes listens without what Go sets for connections that are to last:
// each probe's is over in a moment, and what accepting costs is what a flood costs.
func listenForProbes(addr string) (net.Listener, error) {
	how := net.ListenConfig{KeepAlive: -1}
	how.SetMultipathTCP(false)
	return how.Listen(context.Background(), "tcp", addr)
}
