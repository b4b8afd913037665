package load

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// dropping returns the address of a server that answers the first request of each
// connection and closes it when it has read the second, and how many it has read.
func dropping(t *testing.T) (addr string, read *atomic.Int64) {
	read = new(atomic.Int64)
	addr = serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		for n := range 2 {
			request, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			io.Copy(io.Discard, request.Body)
			read.Add(1)
			if n == 0 {
				io.WriteString(conn, fine)
			}
		}
	})
	return addr, read
}

// A request that was lost on a kept connection is lost. The Transport of net/http,
// against the same server, shows what must not happen.
func TestNothingIsSentTwice(t *testing.T) {
	const requests = 20
	for _, method := range []string{"GET", "POST"} {
		addr, read := dropping(t)
		client := clientFor(t, method, addr, "", 1)
		cut := 0
		for range requests {
			switch _, err := client.Send(inTime()); Classify(err) {
			case Answered:
			case Cut:
				cut++
			default:
				t.Errorf("%s: error %v, want an answer or one that was cut", method, err)
			}
		}
		if cut != requests/2 || read.Load() != requests {
			t.Errorf("%s: %d of %d cut, and the server read %d, want every second one, each read once", method, cut, requests, read.Load())
		}
	}

	addr, read := dropping(t)
	hiding := &http.Client{Transport: &http.Transport{}}
	for range requests {
		if response, err := hiding.Get("http://" + addr); err == nil {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
	if read.Load() <= requests {
		t.Errorf("net/http sent %d requests for %d, want more: the server does not show what it is to show", read.Load(), requests)
	}
}

// A connection that the server closed before the next request was sent is
// replaced, and said: nothing was lost.
func TestEndedConnectionIsReplacedAndSaid(t *testing.T) {
	addr := serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		http.ReadRequest(reader)
		io.WriteString(conn, fine)
	})
	client := clientFor(t, "GET", addr, "", 1)
	for range 3 {
		if _, err := client.Send(inTime()); err != nil {
			t.Fatalf("error %v, want an answer", err)
		}
		for client.idle[0].quiet() {
			time.Sleep(time.Millisecond)
		}
	}
	if opened, ended := client.Connections(); opened != 3 || ended != 2 {
		t.Errorf("%d connections opened and %d ended by the server, want 3 and 2", opened, ended)
	}
}

func TestKeptConnectionsAreUsedByTurns(t *testing.T) {
	addr := serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		for {
			if _, err := http.ReadRequest(reader); err != nil {
				return
			}
			head := "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Version: " + conn.RemoteAddr().String() + "\r\n\r\n"
			io.WriteString(conn, head)
		}
	})
	client := clientFor(t, "GET", addr, "", 3)
	var seen []string
	for range 9 {
		answer, err := client.Send(inTime())
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, answer.Header.Get("X-Version"))
	}
	if !slices.Equal(seen[:3], seen[3:6]) || !slices.Equal(seen[:3], seen[6:]) || seen[0] == seen[1] || seen[1] == seen[2] {
		t.Errorf("connections %v, want three by turns", seen)
	}
	if opened, ended := client.Connections(); opened != 3 || ended != 0 {
		t.Errorf("%d connections opened and %d ended, want 3 and 0", opened, ended)
	}
}

// While all that are kept are in use another one is opened, and closed after.
func TestMoreConnectionsThanKept(t *testing.T) {
	answer := make(chan struct{})
	addr := serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		for {
			if _, err := http.ReadRequest(reader); err != nil {
				return
			}
			<-answer
			io.WriteString(conn, fine)
		}
	})
	client := clientFor(t, "GET", addr, "", 1)
	errs := make(chan error)
	for range 3 {
		go func() {
			_, err := client.Send(inTime())
			errs <- err
		}()
	}
	for opened := 0; opened < 3; opened, _ = client.Connections() {
		time.Sleep(time.Millisecond)
	}
	close(answer)
	for range 3 {
		if err := <-errs; err != nil {
			t.Errorf("error %v, want an answer", err)
		}
	}
	if client.open != 1 || len(client.idle) != 1 {
		t.Errorf("%d connections open and %d idle, want 1 and 1", client.open, len(client.idle))
	}
}

// A server may answer a body that it does not want, and close.
func TestAnswerBeforeTheBodyIsRead(t *testing.T) {
	addr := serving(t, func(conn *net.TCPConn, reader *bufio.Reader) {
		http.ReadRequest(reader)
		io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
		conn.CloseWrite()
		time.Sleep(50 * time.Millisecond) // or the reset overtakes the answer
	})
	client := clientFor(t, "POST", addr, strings.Repeat("x", 16<<20), 1)
	if _, err := client.Send(inTime()); Classify(err) != ServerError {
		t.Errorf("error %v, want status 503", err)
	}
}

func TestRequestAsWritten(t *testing.T) {
	target := &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/a", RawQuery: "b=c", User: url.UserPassword("me", "secret")}
	header := http.Header{"Host": {"shop.example"}, "X-One": {"1"}, "User-Agent": {"loadcheck"}}
	request, err := NewRequest("POST", target, header, []byte("body"), false)
	if err != nil {
		t.Fatal(err)
	}
	read, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request.wire)))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(read.Body)
	user, password, _ := read.BasicAuth()
	if read.Method != "POST" || read.RequestURI != "/a?b=c" || read.Host != "shop.example" || read.Header.Get("X-One") != "1" ||
		string(body) != "body" || user != "me" || password != "secret" || !read.Close {
		t.Errorf("request %q, want what was asked for", request.wire)
	}
	kept, err := NewRequest("GET", target, nil, nil, true)
	if err != nil || bytes.Contains(kept.wire, []byte("close")) {
		t.Errorf("request %q, error %v, want one that lets the connection live", kept.wire, err)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the stranger
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client := clientFor(t, "GET", server.Listener.Addr().String(), "", 1)
	client.TLS = &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
	for range 3 {
		if answer, err := client.Send(inTime()); err != nil || string(answer.Body) != "HTTP/1.1" {
			t.Errorf("body %q, error %v, want HTTP/1.1", answer.Body, err)
		}
	}
	if opened, ended := client.Connections(); opened != 1 || ended != 0 {
		t.Errorf("%d connections opened and %d ended, want 1 and 0", opened, ended)
	}
	stranger := clientFor(t, "GET", server.Listener.Addr().String(), "", 0)
	stranger.TLS = &tls.Config{ServerName: "127.0.0.1"}
	if _, err := stranger.Send(inTime()); Classify(err) != Other || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v, want one about the certificate", err)
	}
}

func TestOneFamily(t *testing.T) {
	four, six := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	if got := oneFamily([]netip.Addr{six, four}); !slices.Equal(got, []netip.Addr{four}) {
		t.Errorf("of both %v, want %v", got, four)
	}
	if got := oneFamily([]netip.Addr{six}); !slices.Equal(got, []netip.Addr{six}) {
		t.Errorf("of IPv6 alone %v, want %v", got, six)
	}
}
