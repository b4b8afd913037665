package front

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// Descriptors are what a front runs out of first: clients that are silent have one
// each for as long as they like, and a request needs one more, to the program. So
// connections are counted, and where there are too many those that have been silent
// longest leave, as from a server that has less patience.

const (
	// otherDescriptors are for what is no client's: listeners, the log, the poller.
	otherDescriptors = 32

	// leastConnections are allowed whatever the limit is.
	leastConnections = 4

	// leastSilence is nobody's who is about to ask.
	leastSilence = time.Second

	// roomPause is between two looks whether there is room, or the kernel gives more.
	// Where room is long in coming, as where all connections are in use, the pause
	// grows to roomPauseMost.
	roomPause     = 5 * time.Millisecond
	roomPauseMost = 100 * time.Millisecond
)

// mostConnections is how many clients there may be, so that each can have a connection
// to the program (RLIMIT_NOFILE, getrlimit(2)).
func mostConnections() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return 1 << 29
	}
	return max(leastConnections, (int(limit.Cur)-otherDescriptors)/2)
}

// waitForRoom returns when one more connection may be accepted. Those that come
// meanwhile are in the listener's queue, which Close empties whatever the number is.
func (f *Front) waitForRoom() {
	for pause := roomPause; int(f.open.Load()) >= f.most && !f.closing.Load(); pause = min(2*pause, roomPauseMost) {
		f.warnOfRoom(errors.New("as many connections as there may be descriptors for"))
		f.makeRoom()
		time.Sleep(pause)
	}
}

// acceptFailed reports whether to try again, after a while. What accept(2) fails with
// is a matter of the moment, or of the one connection, unless the listener is closed.
func (f *Front) acceptFailed(err error) bool {
	if f.closing.Load() || errors.Is(err, net.ErrClosed) {
		return false
	}
	f.warnOfRoom(err)
	f.makeRoom()
	time.Sleep(roomPause)
	return true
}

// makeRoom has up to one in sixteen of the connections leave on which nothing is asked,
// of those that have been silent longest; those that are about to are among them. A
// moment's silence is the way to the client and back.
func (f *Front) makeRoom() {
	now := time.Now()
	longest := time.Duration(0)
	all := f.all()
	most := 1 + len(all)/16
	for _, c := range all {
		silent, leaves := c.silent(now)
		if longest = max(longest, silent); leaves {
			most--
		}
	}
	for _, c := range all {
		if silent, _ := c.silent(now); most > 0 && silent > leastSilence && silent >= longest-longest/16 {
			c.leave(true)
			most--
		}
	}
}

// warnOfRoom says so, once.
func (f *Front) warnOfRoom(err error) {
	if f.cfg.Log != nil && !f.warned.Swap(true) {
		f.cfg.Log.Warn("front short of descriptors", "why", err, "connections", f.open.Load(),
			"effect", "silent connections are closed early, and new ones wait",
			"remedy", "raise the limit of open files: two for each client")
	}
}
