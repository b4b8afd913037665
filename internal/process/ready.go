package process

// Prepare begins what takes longest before the start, signals and threads, and
// returns what waits for it. Each is a long row of handshakes between threads,
// which leave a second processor idle.
func Prepare() (ready func() Received) {
	LimitProcs(startProcs)
	threads := make(chan struct{})
	go func() {
		ReserveThreads(SpareThreads)
		close(threads)
	}()
	signals := make(chan Received)
	go func() { signals <- Receive() }()
	return func() Received {
		<-threads
		return <-signals
	}
}
