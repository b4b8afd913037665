package conns

import (
	"encoding/binary"
	"time"
)

// Offsets in struct tcp_info (include/uapi/linux/tcp.h), which only ever grows
// at its end. A test holds them against golang.org/x/sys/unix.
const (
	infoUnacked      = 24
	infoLastDataSent = 44
	infoLastDataRecv = 52
	infoReceived     = 128 // tcpi_bytes_received, Linux 4.1
	infoNotSent      = 144 // tcpi_notsent_bytes, Linux 4.6
	infoSent         = 200 // tcpi_bytes_sent, Linux 4.19
	sizeofInfo       = infoSent + 8
)

// tcpInfo is what struct tcp_info says of the bytes of one connection. Bytes
// are the stream's: not those of SYN and FIN, and not those sent again.
type tcpInfo struct {
	known          bool
	unacked        uint32        // segments on their way
	notSent        uint32        // bytes the program has written and the kernel has not sent yet
	sinceSent      time.Duration // since the last byte was sent, or the handshake; in ticks of the kernel (1 to 10 ms)
	sinceReceived  time.Duration // the same, received
	sent, received uint64        // bytes in all
}

// parseInfo reads struct tcp_info. One too short, of Linux before 4.19, says
// nothing that could be relied on, and is not known.
func parseInfo(order binary.ByteOrder, b []byte) tcpInfo {
	if len(b) < sizeofInfo {
		return tcpInfo{}
	}
	milliseconds := func(at int) time.Duration {
		return time.Duration(order.Uint32(b[at:])) * time.Millisecond
	}
	return tcpInfo{
		known:         true,
		unacked:       order.Uint32(b[infoUnacked:]),
		notSent:       order.Uint32(b[infoNotSent:]),
		sinceSent:     milliseconds(infoLastDataSent),
		sinceReceived: milliseconds(infoLastDataRecv),
		sent:          order.Uint64(b[infoSent:]),
		received:      order.Uint64(b[infoReceived:]),
	}
}
