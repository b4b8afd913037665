package main

import "runtime"

// threads is more than Go's runtime makes by itself for as little as this.
const threads = 5

// makeThreads makes idle threads, at the same time and before anything else: how many the runtime makes by itself varies
// from run to run, and with it the memory that is to be subtracted.
func makeThreads() {
	made, all := make(chan bool), make(chan bool)
	for range threads {
		go func() {
			runtime.LockOSThread()
			made <- true
			<-all
			runtime.UnlockOSThread()
		}()
	}
	for range threads {
		<-made
	}
	close(all)
}
