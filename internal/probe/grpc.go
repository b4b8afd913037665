package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// The gRPC health protocol (grpc.health.v1, health.proto of gRPC) as one call of
// Check over HTTP/2 without TLS and with prior knowledge (RFC 9113, section 3.3),
// on a connection of its own. Of the reply only the message counts, and that its
// stream ends: what is in headers and trailers, grpc-status too, is not decoded. A
// call that fails has no message.

const (
	// serviceLimit bounds the name of a service, in bytes: the request is one frame.
	serviceLimit = 1024

	// frameLimit is the most that a peer may send in one frame unless it is told
	// otherwise (SETTINGS_MAX_FRAME_SIZE).
	frameLimit = 16 << 10

	// healthReply bounds all that a server sends, in bytes.
	healthReply = 64 << 10
)

// The frames of RFC 9113, section 6, that mean something here.
const (
	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	framePing     = 6
	frameGoAway   = 7
)

const (
	flagAck        = 1 // of SETTINGS and PING
	flagEndStream  = 1
	flagEndHeaders = 4
	flagPadded     = 8
)

// healthStream is the stream of the call.
const healthStream = 1

// serving is the one status that is good; statuses names all, by number.
const serving = 1

var statuses = []string{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}

// health calls Check and returns nil if the answer is SERVING.
func (c *Check) health(conn net.Conn) error {
	service := grpcService(c.url.Path)
	if _, err := conn.Write(healthRequest(withoutZone(c.url.Host), service)); err != nil {
		return err
	}
	message, err := readMessage(conn)
	if err != nil {
		return err
	}
	if message == nil {
		return noHealth(service)
	}
	switch status, err := healthStatus(message); {
	case err != nil:
		return err
	case status == serving:
		return nil
	case status < uint64(len(statuses)):
		return errors.New(statuses[status])
	default:
		return fmt.Errorf("health status %d", status)
	}
}

// grpcService returns the service in the path of a check, "" for the server as a whole.
func grpcService(path string) string { return strings.TrimPrefix(path, "/") }

// noHealth explains a reply without a message.
func noHealth(service string) error {
	if service == "" {
		return errors.New("no status in the reply; the server has no grpc.health.v1.Health, or refuses the call")
	}
	return fmt.Errorf("no status in the reply; the server has no grpc.health.v1.Health, or does not know the service %q", service)
}

// healthRequest is everything that is sent before the reply: the preface, which ends
// in the client's settings, the headers and the message.
func healthRequest(authority, service string) []byte {
	b := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	b = appendFrame(b, frameSettings, 0, 0, []byte{0, 2, 0, 0, 0, 0}) // SETTINGS_ENABLE_PUSH = 0

	// Fields as literals that nobody has to remember, with names of the static
	// table (RFC 7541, section 6.2.2 and appendix A).
	head := []byte{0x80 | 3, 0x80 | 6} // :method POST, :scheme http
	head = appendString(append(head, 4), "/grpc.health.v1.Health/Check")
	head = appendString(append(head, 1), authority)
	head = appendString(append(head, 0xf, 31-0xf), "application/grpc") // content-type
	head = appendString(appendString(append(head, 0), "te"), "trailers")
	b = appendFrame(b, frameHeaders, flagEndHeaders, healthStream, head)

	var message []byte
	if service != "" {
		message = append(binary.AppendUvarint([]byte{1<<3 | 2}, uint64(len(service))), service...)
	}
	prefix := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))) // not compressed
	return appendFrame(b, frameData, flagEndStream, healthStream, append(prefix, message...))
}

// appendString appends a string of HPACK, not encoded (RFC 7541, section 5.2).
func appendString(b []byte, s string) []byte {
	if len(s) < 0x7f {
		b = append(b, byte(len(s)))
	} else {
		b = binary.AppendUvarint(append(b, 0x7f), uint64(len(s)-0x7f))
	}
	return append(b, s...)
}

func appendFrame(b []byte, kind, flags byte, stream uint32, payload []byte) []byte {
	n := len(payload)
	b = append(b, byte(n>>16), byte(n>>8), byte(n), kind, flags)
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// frame is what was read of one.
type frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

var errNoHTTP2 = errors.New("no HTTP/2 without TLS, over which gRPC is asked")

// readFrame reads a frame of at most frameLimit.
func readFrame(r io.Reader) (frame, error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: head[3], flags: head[4], stream: binary.BigEndian.Uint32(head[5:]) &^ (1 << 31)}
	n := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	if n > frameLimit {
		return f, fmt.Errorf("a frame of %d bytes; %d are allowed", n, frameLimit)
	}
	f.payload = make([]byte, n)
	_, err := io.ReadFull(r, f.payload)
	return f, err
}

// readMessage reads until the stream of the call ends and returns the data that came
// on it, nil for none. It answers what an HTTP/2 server may ask meanwhile.
func readMessage(conn io.ReadWriter) (message []byte, err error) {
	in := &io.LimitedReader{R: conn, N: healthReply}
	for first := true; ; first = false {
		f, err := readFrame(in)
		var broken net.Error
		switch {
		case first && f.kind != frameSettings && !errors.As(err, &broken):
			return nil, errNoHTTP2
		case err != nil && in.N <= 0:
			return nil, fmt.Errorf("a reply of more than %d bytes", healthReply)
		case err == io.EOF:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		if reply, err := f.reply(); err != nil {
			return nil, err
		} else if reply != nil {
			if _, err := conn.Write(reply); err != nil {
				return nil, err
			}
		}
		if f.stream != healthStream || f.kind != frameData && f.kind != frameHeaders {
			continue
		}
		if f.kind == frameData {
			data, err := f.data()
			if err != nil {
				return nil, err
			}
			message = append(message, data...)
		}
		if f.flags&flagEndStream != 0 {
			return message, nil
		}
	}
}

// reply is what a frame about the connection is answered with, if anything. The error
// is that the call has ended by it.
func (f frame) reply() ([]byte, error) {
	switch {
	case f.kind == frameSettings && f.flags&flagAck == 0:
		return appendFrame(nil, frameSettings, flagAck, 0, nil), nil
	case f.kind == framePing && f.flags&flagAck == 0:
		return appendFrame(nil, framePing, flagAck, 0, f.payload), nil
	case f.kind == frameReset && f.stream == healthStream && len(f.payload) == 4:
		return nil, fmt.Errorf("the server has reset the call, error %d", binary.BigEndian.Uint32(f.payload))
	case f.kind == frameGoAway && len(f.payload) >= 8:
		// Of a server that ends with calls it still answers, the last is not below this one.
		last, code := binary.BigEndian.Uint32(f.payload)&^(1<<31), binary.BigEndian.Uint32(f.payload[4:])
		if last < healthStream || code != 0 {
			return nil, fmt.Errorf("the server closes the connection, error %d", code)
		}
	}
	return nil, nil
}

// data is a DATA frame's without its padding.
func (f frame) data() ([]byte, error) {
	if f.flags&flagPadded == 0 {
		return f.payload, nil
	}
	if len(f.payload) == 0 || int(f.payload[0]) >= len(f.payload) {
		return nil, errors.New("a frame with more padding than it has bytes")
	}
	return f.payload[1 : len(f.payload)-int(f.payload[0])], nil
}

var errNoMessage = errors.New("the reply is no gRPC message")

// healthStatus reads the status of a HealthCheckResponse, its field 1, out of a message
// with the prefix of gRPC. 0 is what a message without it has.
func healthStatus(message []byte) (status uint64, err error) {
	if len(message) < 5 || message[0] != 0 || uint64(binary.BigEndian.Uint32(message[1:])) != uint64(len(message)-5) {
		return 0, errNoMessage
	}
	for rest := message[5:]; len(rest) > 0; {
		key, n := binary.Uvarint(rest)
		if n <= 0 {
			return 0, errNoMessage
		}
		value, size := field(key, rest[n:])
		if size <= 0 || size > uint64(len(rest)-n) {
			return 0, errNoMessage
		}
		if key == 1<<3 {
			status = value
		}
		rest = rest[n+int(size):]
	}
	return status, nil
}

// field returns the value of a varint, and how many bytes the value of a field takes:
// 0 where it is none.
func field(key uint64, b []byte) (value, size uint64) {
	switch key & 7 {
	case 0: // varint
		value, n := binary.Uvarint(b)
		return value, uint64(max(n, 0))
	case 1: // 64 bits
		return 0, 8
	case 2: // bytes
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)) {
			return 0, 0
		}
		return 0, uint64(n) + length
	case 5: // 32 bits
		return 0, 4
	}
	return 0, 0
}
