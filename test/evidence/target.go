package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The protocols.
const (
	plain     = "HTTP/1.1"
	encrypted = "HTTP/1.1, TLS 1.3"
	websocket = "WebSocket"
	h2c       = "h2c"
)

// far before a protocol has its bytes take half of a round trip of 20 ms each way.
const (
	far    = "20 ms away, "
	oneWay = 10 * time.Millisecond
)

// target is a server whose connections are looked at.
type target struct {
	protocol string
	far      bool
	listener *recorder
	server   *http.Server
	clients  closers
	arrived  chan struct{} // a request is in its handler, and stays
	release  chan struct{} // closed when they may go
}

func newTarget(protocol string) (*target, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	protocol, isFar := strings.CutPrefix(protocol, far)
	t := &target{protocol: protocol, far: isFar, listener: &recorder{Listener: l}, arrived: make(chan struct{}), release: make(chan struct{})}
	t.server = &http.Server{Handler: t.handler(), Protocols: new(http.Protocols), ErrorLog: log.New(io.Discard, "", 0)}
	t.server.Protocols.SetHTTP1(protocol != h2c)
	t.server.Protocols.SetUnencryptedHTTP2(protocol == h2c)
	if protocol == encrypted {
		if t.server.TLSConfig, err = certified(); err != nil {
			return nil, err
		}
		go t.server.ServeTLS(t.listener, "", "")
		return t, nil
	}
	go t.server.Serve(t.listener)
	return t, nil
}

func (t *target) port() uint16 { return t.listener.Addr().(*net.TCPAddr).AddrPort().Port() }

func (t *target) close() {
	close(t.release)
	t.clients.close()
	t.server.Close()
	for _, c := range t.listener.accepted() {
		c.Close()
	}
}

// handler answers in the ways a server can be busy.
func (t *target) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/after/{time}", func(w http.ResponseWriter, r *http.Request) {
		d, _ := time.ParseDuration(r.PathValue("time"))
		pause(d)
		io.WriteString(w, "answer")
	})
	mux.HandleFunc("/hold", func(w http.ResponseWriter, _ *http.Request) { t.hold() })
	mux.HandleFunc("/head", func(w http.ResponseWriter, _ *http.Request) {
		http.NewResponseController(w).Flush()
		t.hold()
	})
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		io.ReadFull(r.Body, make([]byte, 1))
		t.hold()
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		t.arrived <- struct{}{}
		w.Write(make([]byte, 16<<20)) // fails when the client goes
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		t.arrived <- struct{}{}
		for {
			io.WriteString(w, "chunk")
			http.NewResponseController(w).Flush()
			select {
			case <-time.After(chunkEvery):
			case <-t.release:
				return
			}
		}
	})
	mux.HandleFunc("/socket", func(w http.ResponseWriter, _ *http.Request) {
		if conn, both, err := http.NewResponseController(w).Hijack(); err == nil {
			go t.talk(conn, both.Reader)
		}
	})
	return mux
}

func (t *target) hold() {
	t.arrived <- struct{}{}
	<-t.release
}

// talk is the server's side of a WebSocket (RFC 6455): a message is answered, unless it says "hold".
func (t *target) talk(conn net.Conn, r io.Reader) {
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	frame := make([]byte, len(frameOf("echo")))
	for {
		if _, err := io.ReadFull(r, frame); err != nil {
			return
		}
		if strings.HasSuffix(string(frame), "hold") {
			t.hold()
			return
		}
		io.WriteString(conn, "\x81\x04"+string(frame[6:]))
	}
}

// frameOf is a client's text frame of four bytes, under a mask of zeros.
func frameOf(text string) string { return "\x81\x84\x00\x00\x00\x00" + text }

// recorder remembers what a listener accepted.
type recorder struct {
	net.Listener
	mu   sync.Mutex
	list []net.Conn
}

func (r *recorder) Accept() (net.Conn, error) {
	c, err := r.Listener.Accept()
	if err == nil {
		r.mu.Lock()
		r.list = append(r.list, c)
		r.mu.Unlock()
	}
	return c, err
}

func (r *recorder) accepted() []net.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list
}

// certified is the configuration of a server with a certificate made on the spot.
func certified() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequestClientCert, // so that session tickets come after the handshake, as with OpenSSL
	}, nil
}

// closers closes what it was given.
type closers struct {
	mu   sync.Mutex
	list []io.Closer
}

func (c *closers) add(x io.Closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, x)
}

func (c *closers) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.list {
		x.Close()
	}
}
