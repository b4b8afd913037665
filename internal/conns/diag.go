package conns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// The wire format of sock_diag(7): netlink(7) messages around the structs of
// include/uapi/linux/inet_diag.h. Numbers are in the byte order of the
// machine; ports and addresses in that of the network.
const (
	sizeofSockID  = 2 + 2 + 16 + 16 + 4 + 8                    // struct inet_diag_sockid
	sizeofRequest = unix.SizeofNlMsghdr + 4 + 4 + sizeofSockID // and struct inet_diag_req_v2
	sizeofRow     = 4 + sizeofSockID + 5*4                     // struct inet_diag_msg, without attributes
	sizeofErrno   = 4                                          // int, the first of struct nlmsgerr and all of NLMSG_DONE
	tcpListen     = 10                                         // TCP_LISTEN, include/net/tcp_states.h
	localPort     = 4                                          // offset of id.idiag_sport in a row
	localAddr     = localPort + 4                              // of id.idiag_src
	cookie        = sizeofSockID - 4                           // of id.idiag_cookie, two words: 4 before id, 8 its own
	queues        = 4 + sizeofSockID + 4                       // of idiag_rqueue; wqueue, uid, inode follow
	attrInfo      = 2                                          // INET_DIAG_INFO: struct tcp_info
	wantInfo      = 1 << (attrInfo - 1)                        // in idiag_ext
)

// row is struct inet_diag_msg: one socket.
type row struct {
	family, state  uint8
	local          netip.AddrPort
	rqueue, wqueue uint32 // bytes; in state LISTEN: connections to accept, and how many there may be
	uid, inode     uint32
	cookie         uint64 // the socket's own, never used again until the next boot
	info           tcpInfo
}

// request is which TCP sockets to list.
type request struct {
	family uint8
	states uint32 // a set of 1<<state
	port   uint16 // local; 0 for any. The kernel compares it before it writes anything
	info   bool   // with struct tcp_info
}

// appendRequest appends what asks for a listing. Zeros in the rest mean any.
func appendRequest(b []byte, order binary.ByteOrder, seq uint32, r request) []byte {
	begin := len(b)
	b = append(b, make([]byte, sizeofRequest)...)
	encodeRequest(b[begin:], order, seq, r)
	return b
}

func encodeRequest(b []byte, order binary.ByteOrder, seq uint32, r request) {
	order.PutUint32(b[0:], sizeofRequest)
	order.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	order.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	order.PutUint32(b[8:], seq)
	body := b[unix.SizeofNlMsghdr:]
	body[0], body[1] = r.family, unix.IPPROTO_TCP
	if r.info {
		body[2] = wantInfo
	}
	order.PutUint32(body[4:], r.states)
	binary.BigEndian.PutUint16(body[8:], r.port)
}

// answer is what one datagram says of the whole listing.
type answer struct {
	done        bool // this was the last
	interrupted bool // NLM_F_DUMP_INTR: sockets came or went so that the listing is not to be relied on
}

// errCut is a datagram that ends in the middle of a message.
var errCut = errors.New("netlink message is cut short")

// parseDatagram calls each for every row in b and reports whether there is
// more to come. Messages that answer another request than seq are passed over.
// What the kernel refuses is its errno.
func parseDatagram(order binary.ByteOrder, b []byte, seq uint32, each func(row)) (answer, error) {
	var a answer
	for len(b) > 0 {
		if len(b) < unix.SizeofNlMsghdr {
			return a, errCut
		}
		length := order.Uint32(b)
		kind, flags := order.Uint16(b[4:]), order.Uint16(b[6:])
		if length < unix.SizeofNlMsghdr || uint64(length) > uint64(len(b)) {
			return a, errCut
		}
		body := b[unix.SizeofNlMsghdr:length]
		ours := order.Uint32(b[8:]) == seq
		b = b[min(len(b), align(int(length))):]
		if !ours {
			continue
		}
		a.interrupted = a.interrupted || flags&unix.NLM_F_DUMP_INTR != 0
		switch kind {
		case unix.SOCK_DIAG_BY_FAMILY:
			r, err := parseRow(order, body)
			if err != nil {
				return a, err
			}
			each(r)
		case unix.NLMSG_ERROR:
			return a, parseErrno(order, body)
		case unix.NLMSG_DONE:
			// A listing that failed half way ends like one that did not,
			// but for the errno.
			a.done = true
			return a, parseErrno(order, body)
		case unix.NLMSG_OVERRUN:
			return a, errors.New("netlink messages were lost")
		}
	}
	return a, nil
}

// align rounds up to NLMSG_ALIGNTO.
func align(n int) int {
	return (n + unix.NLMSG_ALIGNTO - 1) &^ (unix.NLMSG_ALIGNTO - 1)
}

func parseRow(order binary.ByteOrder, b []byte) (row, error) {
	if len(b) < sizeofRow {
		return row{}, errCut
	}
	r := row{family: b[0], state: b[1]}
	var addr netip.Addr
	switch r.family {
	case unix.AF_INET:
		addr = netip.AddrFrom4([4]byte(b[localAddr:]))
	case unix.AF_INET6:
		addr = netip.AddrFrom16([16]byte(b[localAddr:])).Unmap()
	default:
		return row{}, fmt.Errorf("socket of family %d in a listing of TCP", r.family)
	}
	r.local = netip.AddrPortFrom(addr, binary.BigEndian.Uint16(b[localPort:]))
	r.rqueue = order.Uint32(b[queues:])
	r.wqueue = order.Uint32(b[queues+4:])
	r.uid = order.Uint32(b[queues+8:])
	r.inode = order.Uint32(b[queues+12:])
	r.cookie = uint64(order.Uint32(b[cookie:])) | uint64(order.Uint32(b[cookie+4:]))<<32
	r.info = parseInfo(order, attribute(order, b[sizeofRow:], attrInfo))
	return r, nil
}

// attribute returns the value of the first attribute of a kind (netlink(7):
// length with this header, kind, value, padding), nil where there is none.
func attribute(order binary.ByteOrder, b []byte, kind uint16) []byte {
	for len(b) >= unix.SizeofNlAttr {
		length := int(order.Uint16(b))
		if length < unix.SizeofNlAttr || length > len(b) {
			return nil
		}
		if order.Uint16(b[2:]) == kind {
			return b[unix.SizeofNlAttr:length]
		}
		b = b[min(len(b), align(length)):]
	}
	return nil
}

// parseErrno returns what an error or the end of a listing says: zero is an
// acknowledgement, and so is nothing at all.
func parseErrno(order binary.ByteOrder, b []byte) error {
	if len(b) < sizeofErrno {
		return nil
	}
	if errno := int32(order.Uint32(b)); errno != 0 {
		return unix.Errno(max(errno, -errno))
	}
	return nil
}
