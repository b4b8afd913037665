package load

import (
	"bytes"
	"net/http"
	"net/url"
)

// Request is one HTTP/1.1 request, written out once and sent any number of times.
type Request struct {
	method string
	wire   []byte
}

// NewRequest writes a request out. A Host in header goes before the target's,
// and a user in the target is sent as basic authentication. Unless kept, it asks
// the server to close the connection after the answer.
func NewRequest(method string, target *url.URL, header http.Header, body []byte, kept bool) (Request, error) {
	r, err := http.NewRequest(method, target.String(), bytes.NewReader(body))
	if err != nil {
		return Request{}, err
	}
	r.Close = !kept
	for name, values := range header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	if user := target.User; user != nil && r.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		return Request{}, err
	}
	return Request{method: method, wire: wire.Bytes()}, nil
}
