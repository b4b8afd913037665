package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// plain asks an address, over HTTP or whether it accepts a connection, and makes no
// garbage where the program answers as it has answered before and in the usual form: a
// platform asks every few seconds for as long as the program lives. Of an HTTP reply
// with anything unusual about it the rest is left to net/http, with what has been read.
type plain struct {
	shown   string
	request []byte // none: a connection is enough
	family  uint16
	to      [unix.SizeofSockaddrInet6]byte
	toSize  uintptr

	epoll // opened by the first question
	input [4 << 10]byte

	// Of the connection.
	sock    int
	watched bool // by epoll

	// The last failure, which the next often repeats.
	op     string
	number int
	failed error
}

// newPlain returns nil for what is not asked in this way: a host is a name, which may
// be another address each time, or TLS or gRPC is spoken.
func newPlain(c callee) *plain {
	host, err := netip.ParseAddr(c.url.Hostname())
	if err != nil || host.Zone() != "" || c.url.Scheme != "http" && c.url.Scheme != "tcp" {
		return nil
	}
	port := uint64(80)
	if text := c.url.Port(); text != "" {
		port, _ = strconv.ParseUint(text, 10, 16) // see checkURL
	}
	p := &plain{shown: c.shown}
	if c.url.Scheme == "http" {
		p.request = []byte(request("GET", c.url.Host, c.target(), ""))
	}
	p.setAddress(netip.AddrPortFrom(host.Unmap(), uint16(port)))
	return p
}

// setAddress writes a struct sockaddr_in, ip(7), or sockaddr_in6, ipv6(7).
func (p *plain) setAddress(to netip.AddrPort) {
	p.family, p.toSize = unix.AF_INET6, unix.SizeofSockaddrInet6
	if to.Addr().Is4() {
		p.family, p.toSize = unix.AF_INET, unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(p.to[:], p.family)
	binary.BigEndian.PutUint16(p.to[2:], to.Port())
	if to.Addr().Is4() {
		copy(p.to[4:], to.Addr().AsSlice())
	} else {
		copy(p.to[8:], to.Addr().AsSlice())
	}
}

// The failures that are not those of a system call.
const (
	failedLate   = "no answer"
	failedStatus = "status"
	failedShort  = "unexpected EOF"
)

// fail returns the error that op has failed so. A program that fails as before makes no
// garbage.
func (p *plain) fail(op string, number int) error {
	if p.failed != nil && p.op == op && p.number == number {
		return p.failed
	}
	why := op
	switch op {
	case failedLate:
		why += " within " + checkLimit.String()
	case failedStatus:
		why += " " + strconv.Itoa(number)
	case failedShort:
	default:
		why += ": " + unix.Errno(number).Error()
	}
	p.op, p.number, p.failed = op, number, errors.New(p.shown+": "+why)
	return p.failed
}

// ask asks once, within checkLimit. It is not able where it has no descriptors.
func (p *plain) ask() (able bool, err error) {
	if p.file == nil && p.open(1) != nil {
		return false, nil
	}
	if p.file.SetReadDeadline(time.Now().Add(checkLimit)) != nil {
		return false, nil
	}
	able, err = p.connect()
	if !able || err != nil {
		return able, err
	}
	defer p.hangUp()
	if len(p.request) == 0 {
		return true, nil
	}
	if err := p.sendAll(p.request); err != nil {
		return true, err
	}
	return true, p.readReply()
}

// connects is how often it is tried to connect, as often as [net.Dialer] does: where
// nobody listens on a port that the kernel may give to who connects, a connection can
// be one to itself.
const connects = 3

// connect is not able where there is no socket to be had.
func (p *plain) connect() (able bool, err error) {
	for range connects {
		if p.sock, err = unix.Socket(int(p.family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
			return false, nil
		}
		err = p.connectOnce()
		if err == nil && !p.isItself() {
			return true, nil
		}
		p.hangUp()
		if err != nil && p.number != int(unix.EADDRNOTAVAIL) {
			return true, err
		}
	}
	if err == nil {
		err = p.fail("connect", int(unix.ECONNREFUSED))
	}
	return true, err
}

func (p *plain) connectOnce() error {
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(p.sock), uintptr(unsafe.Pointer(&p.to)), p.toSize)
		switch errno {
		case 0, unix.EISCONN:
			return nil
		case unix.EINPROGRESS, unix.EALREADY, unix.EINTR:
			if err := p.await(); err != nil {
				return err
			}
		default:
			return p.fail("connect", int(errno))
		}
	}
}

// isItself reports whether the connection has one end.
func (p *plain) isItself() bool {
	var here, there [unix.SizeofSockaddrInet6]byte
	return p.name(unix.SYS_GETSOCKNAME, &here) && p.name(unix.SYS_GETPEERNAME, &there) && here == there
}

func (p *plain) name(call uintptr, of *[unix.SizeofSockaddrInet6]byte) bool {
	size := uint32(len(of))
	_, _, errno := unix.RawSyscall(call, uintptr(p.sock), uintptr(unsafe.Pointer(of)), uintptr(unsafe.Pointer(&size)))
	return errno == 0
}

func (p *plain) hangUp() {
	if p.watched { // a helper that is being started may have the socket still
		p.remove(p.sock)
		p.watched = false
	}
	unix.Close(p.sock)
}

// await waits until there is more to do on the connection, or too late for it.
func (p *plain) await() error {
	if !p.watched {
		const events = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET
		if err := p.control(unix.EPOLL_CTL_ADD, p.sock, events, 0, 0); err != nil {
			return fmt.Errorf("%s: %w", p.shown, err)
		}
		p.watched = true
	}
	if p.wait() != nil {
		return p.fail(failedLate, 0)
	}
	return nil
}

// retry reports whether what gave the error is to be tried again, having waited where
// that is needed.
func (p *plain) retry(op string, err error) (again bool, failed error) {
	switch err {
	case nil:
		return false, nil
	case unix.EINTR:
		return true, nil
	case unix.EAGAIN:
		return true, p.await()
	}
	errno, _ := err.(unix.Errno)
	return false, p.fail(op, int(errno))
}

func (p *plain) sendAll(b []byte) error {
	for len(b) > 0 {
		n, err := send(p.sock, b)
		if _, err := p.retry("write", err); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// receive returns 0 at the end.
func (p *plain) receive(b []byte) (n int, err error) {
	for {
		n, err := receive(p.sock, b, 0)
		if again, err := p.retry("read", err); err != nil || !again {
			return n, err
		}
	}
}

// readReply returns nil if the status of the reply is good and the reply ends.
func (p *plain) readReply() error {
	have := 0
	for have < len(p.input) {
		n, err := p.receive(p.input[have:])
		if err != nil {
			return err
		}
		have += n
		h, kind := readReplyHead(p.input[:have])
		switch {
		case kind == headUnfinished && n > 0:
			continue
		case kind != headSimple:
			return p.readRest(have)
		case !isGood(h.status):
			return p.fail(failedStatus, h.status)
		case h.ending != endsInChunks:
			return p.readBody(h, have-h.length)
		}
		switch readChunks(p.input[h.length:have]) {
		case headSimple:
			return nil
		case headOther:
			return p.readRest(have)
		}
		if n == 0 {
			return p.fail(failedShort, 0)
		}
	}
	return p.readRest(have)
}

// readBody reads a body, of which there is some already.
func (p *plain) readBody(h replyHead, have int) error {
	want := 0
	switch h.ending {
	case endsAtLength:
		want = h.body
	case endsAtClose:
		want = replyBody
	}
	for have < want {
		n, err := p.receive(p.input[:])
		switch {
		case err != nil:
			return err
		case n == 0 && h.ending == endsAtLength:
			return p.fail(failedShort, 0)
		case n == 0:
			return nil
		}
		have += n
	}
	return nil
}

// readRest leaves a reply to net/http.
func (p *plain) readRest(have int) error {
	from := &restOf{p: p, b: p.input[:have]}
	err := judge(from, goodStatus)
	if err != nil && from.failed != nil {
		return from.failed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.shown, err)
	}
	return nil
}

// restOf reads what has been read already, and then the rest.
type restOf struct {
	p      *plain
	b      []byte
	failed error
}

func (r *restOf) Read(b []byte) (int, error) {
	if len(r.b) > 0 {
		n := copy(b, r.b)
		r.b = r.b[n:]
		return n, nil
	}
	n, err := r.p.receive(b)
	if err != nil {
		r.failed = err
	} else if n == 0 {
		err = io.EOF
	}
	return n, err
}
