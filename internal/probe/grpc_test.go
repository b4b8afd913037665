package probe

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// grpcServers builds test/grpc, a server of google.golang.org/grpc, and returns what
// starts one and returns its address.
func grpcServers(t *testing.T) func(services ...string) string {
	t.Helper()
	binary := testkit.GRPC(t)
	return func(services ...string) string {
		t.Helper()
		server := exec.Command(binary, services...)
		stdin, err := server.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := server.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			stdin.Close()
			server.Wait()
		})
		addr, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(addr)
	}
}

// What a real gRPC server says of its services, and what others say that are none.
func TestGRPCCheck(t *testing.T) {
	start := grpcServers(t)
	long := strings.Repeat("s", serviceLimit)
	addr := start("=SERVING", "a.b.Well=SERVING", "a.b.Ill=NOT_SERVING", "a.b.New=UNKNOWN", long+"=SERVING", "ü/x y=SERVING")
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // it says that it was not asked over TLS
	tls.StartTLS()
	defer tls.Close()
	h2c := httptest.NewUnstartedServer(http.NotFoundHandler())
	h2c.Config.Protocols = new(http.Protocols)
	h2c.Config.Protocols.SetUnencryptedHTTP2(true)
	h2c.Start()
	defer h2c.Close()
	for _, tt := range []struct{ what, target, want string }{
		{"the server", addr, ""},
		{"the server, with a slash", addr + "/", ""},
		{"a service", addr + "/a.b.Well", ""},
		{"a service with a long name", addr + "/" + long, ""},
		{"a service with a strange name", addr + "/%C3%BC/x%20y", ""},
		{"one that does not serve", addr + "/a.b.Ill", "NOT_SERVING"},
		{"one that does not know", addr + "/a.b.New", "UNKNOWN"},
		{"no such service", addr + "/a.b.Nil", `no status in the reply; the server has no grpc.health.v1.Health, or does not know the service "a.b.Nil"`},
		{"a server without health", start(), "no status in the reply; the server has no grpc.health.v1.Health, or refuses the call"},
		{"HTTP/1.1", web.Listener.Addr().String(), "no HTTP/2 without TLS, over which gRPC is asked"},
		{"TLS", tls.Listener.Addr().String(), "no HTTP/2 without TLS, over which gRPC is asked"},
		{"HTTP/2, but not gRPC", h2c.Listener.Addr().String(), "the reply is no gRPC message"},
	} {
		url := "grpc://" + tt.target
		err := run(t, parse(t, url))
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), url+": ")
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}

	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write(healthRequest(strings.Repeat("long.", 30)+"example", ""))
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if message, err := readMessage(conn); err != nil || !bytes.Equal(message, []byte("\x00\x00\x00\x00\x02\x08\x01")) {
		t.Errorf("a host with a long name: the reply is %q, %v", message, err)
	}
}

// conversation is a server's bytes, and what is written to it.
type conversation struct {
	io.Reader
	bytes.Buffer
}

func (c *conversation) Read(b []byte) (int, error) { return c.Reader.Read(b) }

// frames are what a server may send that the real one does not.
func TestGRPCFrames(t *testing.T) {
	settings := appendFrame(nil, frameSettings, 0, 0, nil)
	then := func(kind, flags byte, stream uint32, payload string) func([]byte) []byte {
		return func(b []byte) []byte { return appendFrame(b, kind, flags, stream, []byte(payload)) }
	}
	const answer = "\x00\x00\x00\x00\x02\x08\x01"
	type next = func([]byte) []byte
	for _, tt := range []struct {
		what   string
		frames []next
		status uint64
		err    string
	}{
		{"nothing", nil, 0, "unexpected EOF"},
		{"an answer in two frames", []next{then(frameData, 0, 1, answer[:3]), then(frameData, 1, 1, answer[3:])}, 1, ""},
		{"an answer with padding", []next{then(frameData, flagPadded|1, 1, "\x02"+answer+"xx")}, 1, ""},
		{"too much padding", []next{then(frameData, flagPadded|1, 1, "\x09"+answer)}, 0, "more padding"},
		{"no padding", []next{then(frameData, flagPadded|1, 1, "")}, 0, "more padding"},
		{"an answer that does not end", []next{then(frameData, 0, 1, answer)}, 0, "unexpected EOF"},
		{"trailers that go on", []next{then(frameHeaders, 0, 1, "x"), then(9, 4, 1, "y"), then(frameData, 0, 1, answer), then(frameHeaders, 1, 1, "z"), then(9, 4, 1, "z")}, 1, ""},
		{"other streams and frames", []next{then(frameData, 1, 3, "x"), then(200, 1, 1, "x"), then(frameData, 1, 1, answer)}, 1, ""},
		{"a ping", []next{then(framePing, 0, 0, "12345678"), then(frameData, 1, 1, answer)}, 1, ""},
		{"a goaway for later calls", []next{then(frameGoAway, 0, 0, "\x7f\xff\xff\xff\x00\x00\x00\x00"), then(frameData, 1, 1, answer)}, 1, ""},
		{"a goaway for this call", []next{then(frameGoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x00")}, 0, "closes the connection, error 0"},
		{"a goaway with an error", []next{then(frameGoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x0b")}, 0, "closes the connection, error 11"},
		{"a reset", []next{then(frameReset, 0, 1, "\x00\x00\x00\x07")}, 0, "has reset the call, error 7"},
		{"a long frame", []next{then(frameData, 0, 1, strings.Repeat("x", frameLimit+1))}, 0, "a frame of 16385 bytes; 16384 are allowed"},
		{"a long reply", []next{then(200, 0, 0, strings.Repeat("x", frameLimit)), then(200, 0, 0, strings.Repeat("x", frameLimit)),
			then(200, 0, 0, strings.Repeat("x", frameLimit)), then(200, 0, 0, strings.Repeat("x", frameLimit))}, 0, "a reply of more than 65536 bytes"},
		{"compressed", []next{then(frameData, 1, 1, "\x01"+answer[1:])}, 0, "no gRPC message"},
		{"two messages", []next{then(frameData, 1, 1, answer+answer)}, 0, "no gRPC message"},
		{"other fields", []next{then(frameData, 1, 1, "\x00\x00\x00\x00\x16\x12\x01x\x19\x01\x02\x03\x04\x05\x06\x07\x08\x25\x01\x02\x03\x04\x08\x01")}, 0, "no gRPC message"},
		{"fields that others may have", []next{then(frameData, 1, 1, "\x00\x00\x00\x00\x13\x12\x01x\x19\x01\x02\x03\x04\x05\x06\x07\x08\x25\x01\x02\x03\x04\x08\x01")}, 1, ""},
		{"an empty message", []next{then(frameData, 1, 1, answer[:4]+"\x00")}, 0, ""},
		{"a field cut short", []next{then(frameData, 1, 1, "\x00\x00\x00\x00\x01\x08")}, 0, "no gRPC message"},
	} {
		said := settings
		for _, add := range tt.frames {
			said = add(said)
		}
		c := &conversation{Reader: bytes.NewReader(said)}
		message, err := readMessage(c)
		var status uint64
		if err == nil {
			status, err = healthStatus(message)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) || status != tt.status {
			t.Errorf("%s: status %d, %v, want %d and an error with %q", tt.what, status, err, tt.status, tt.err)
		}
		reply := appendFrame(nil, frameSettings, flagAck, 0, nil)
		if tt.what == "a ping" {
			reply = appendFrame(reply, framePing, flagAck, 0, []byte("12345678"))
		}
		if !bytes.Equal(c.Bytes(), reply) {
			t.Errorf("%s: replied %q, want %q", tt.what, c.Bytes(), reply)
		}
	}
}

// A server can send what it likes: drainit reads no more than it said it would, answers
// with no more than it was sent, and takes nothing but a whole message for a status.
func FuzzGRPCReply(f *testing.F) {
	settings := appendFrame(nil, frameSettings, 0, 0, nil)
	f.Add(appendFrame(settings, frameData, flagEndStream, healthStream, []byte("\x00\x00\x00\x00\x02\x08\x01")))
	f.Add(appendFrame(settings, framePing, 0, 0, []byte("12345678")))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		all := bytes.NewReader(said)
		c := &conversation{Reader: all}
		message, err := readMessage(c)
		if read := len(said) - all.Len(); read > healthReply {
			t.Errorf("%d bytes read", read)
		}
		if c.Len() > len(said) {
			t.Errorf("%d bytes in reply to %d", c.Len(), len(said))
		}
		if err != nil {
			return
		}
		if len(message) > len(said) {
			t.Errorf("a message of %d bytes in %d", len(message), len(said))
		}
		if status, err := healthStatus(message); err == nil && status == serving && !bytes.Contains(message, []byte{1 << 3, 1}) &&
			!bytes.Contains(message, []byte{1 << 3, 0x81}) && !bytes.Contains(message, []byte{0x88}) {
			t.Errorf("%q is SERVING", message)
		}
	})
}
