package front

import (
	"io"
	"net"
	"syscall"
)

// A tunnelBody is the program's end of a tunnel, after its 101.
type tunnelBody struct{ u *upstream }

func (t *tunnelBody) Read(p []byte) (int, error)  { return t.u.br.Read(p) }
func (t *tunnelBody) Write(p []byte) (int, error) { return t.u.Conn.Write(p) }
func (t *tunnelBody) Close() error                { return t.u.Conn.Close() }
func (t *tunnelBody) CloseWrite() error           { return closeWrite(t.u.Conn) }

// WriteTo is io.Copy's. A tunnel on which nothing happens holds no buffer.
func (t *tunnelBody) WriteTo(w io.Writer) (int64, error) {
	early := make([]byte, t.u.br.Buffered())
	io.ReadFull(t.u.br, early)
	return pump(w, t.u.Conn, early)
}

// WriteTo is io.Copy's, too, once the connection is a tunnel.
func (c *conn) WriteTo(w io.Writer) (int64, error) {
	return pump(w, c.Conn, c.early)
}

// pump copies what was read early and then all of r to w.
func pump(w io.Writer, r net.Conn, early []byte) (written int64, err error) {
	if len(early) > 0 {
		n, err := w.Write(early)
		if written = int64(n); err != nil {
			return written, err
		}
	}
	raw, err := r.(syscall.Conn).SyscallConn()
	if err != nil {
		return written, err
	}
	for {
		buf, n, err := readReady(raw)
		if err != nil {
			return written, err
		}
		if n == 0 {
			return written, nil
		}
		k, err := w.Write(buf[:n])
		buffers.Put(buf)
		if written += int64(k); err != nil {
			return written, err
		}
	}
}

// readReady takes a buffer when there is something to read. The caller puts it back
// where n is above 0, which it is up to the end.
func readReady(raw syscall.RawConn) (buf *[bufferSize]byte, n int, err error) {
	waitErr := raw.Read(func(fd uintptr) bool {
		buf = buffers.Get().(*[bufferSize]byte)
		for {
			n, err = syscall.Read(int(fd), buf[:])
			if err != syscall.EINTR {
				break
			}
		}
		if n <= 0 {
			buffers.Put(buf)
			buf, n = nil, 0
		}
		return err != syscall.EAGAIN
	})
	if waitErr != nil {
		return nil, 0, waitErr
	}
	return buf, n, err
}
