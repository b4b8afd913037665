// Package signals decides what signals mean: their names and numbers, which of
// them can be received and passed on, what --map makes of them, which of them
// is a stop request (--stop-on) and which signal, to which process, ends the
// program gracefully (--stop-signal).
//
// It decides from facts it is given and touches nothing: no signal is received
// or sent here, and /proc is read elsewhere.
package signals
