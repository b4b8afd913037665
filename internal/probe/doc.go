// Package probe answers whoever asks about this drainit: a platform's
// readiness and liveness probes, a balancer's health check, Prometheus, and a
// person with curl or `drainit ctl status`.
//
// It decides one thing, readiness: the [Gate] asks the program's own checks
// when somebody asks, and is red for good once told so. Everything else it
// says, a [Status], is supplied by the command. It touches the network in two
// places only: it serves the listener it is given, and it connects to the
// addresses of the checks it is given. It reads no /proc, sends no signal and
// logs nothing, and nothing that reaches it changes anything outside it.
//
// Readiness and liveness are kept apart on purpose. Readiness goes red during
// a drain; liveness stays green to the end, since a platform that restarts
// what it has just asked to stop cuts the very requests that are being
// finished (kube-apiserver and CoreDNS do the same: /livez or /health succeed
// while /readyz fails).
//
// No work is done that was not asked for: no ticker, no goroutine between two
// requests other than the accept loop.
package probe
