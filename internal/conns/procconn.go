package conns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// procConnections calls each for every socket in the tables tcp and tcp6 in
// dir, proc_pid_net(5): its state, its queues and whose it is. There is nothing
// in them about bytes or time, and the cookie is made from the two addresses,
// so that a connection between the same ports is the same one.
func procConnections(dir string, each func(row)) error {
	err := procRows(filepath.Join(dir, "tcp"), each)
	if err != nil {
		return err
	}
	err = procRows(filepath.Join(dir, "tcp6"), each)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a kernel without IPv6
	}
	return err
}

func procRows(name string, each func(row)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := parseRows(binary.NativeEndian, f, each); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func parseRows(order binary.ByteOrder, table io.Reader, each func(row)) error {
	return eachLine(table, func(line []byte) error {
		r, err := parseSocket(order, line)
		if err == nil {
			each(r)
		}
		return err
	})
}

// parseSocket reads one row in any state, laid out as parseLine says.
func parseSocket(order binary.ByteOrder, line []byte) (r row, err error) {
	var fields [10][]byte
	if _, ok := cutFields(line, fields[:]); !ok {
		return r, errors.New("too few fields")
	}
	r.local, err = parseAddr(order, fields[1])
	tx, rx, _ := bytes.Cut(fields[4], []byte(":"))
	state, stateErr := strconv.ParseUint(string(fields[3]), 16, 8)
	wqueue, txErr := strconv.ParseUint(string(tx), 16, 32)
	rqueue, rxErr := strconv.ParseUint(string(rx), 16, 32)
	uid, uidErr := strconv.ParseUint(string(fields[7]), 10, 32)
	inode, inodeErr := strconv.ParseUint(string(fields[9]), 10, 64)
	if err := errors.Join(err, stateErr, txErr, rxErr, uidErr, inodeErr); err != nil {
		return row{}, err
	}
	r.state, r.wqueue, r.rqueue = uint8(state), uint32(wqueue), uint32(rqueue)
	r.uid, r.inode = uint32(uid), uint32(inode)
	id := fnv.New64a()
	id.Write(fields[1])
	id.Write(fields[2])
	r.cookie = id.Sum64()
	return r, nil
}
