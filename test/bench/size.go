package main

import (
	"bytes"
	"compress/gzip"
	"os"
)

// size is what an init adds to an image.
type size struct {
	bytes   int
	gzipped int // bytes at gzip's best, about what a registry sends
	static  bool
}

func sizes(inits []contender) (map[contender]size, error) {
	all := map[contender]size{}
	for _, c := range inits {
		text, err := os.ReadFile(c.path)
		if err != nil {
			return nil, err
		}
		static, err := c.static()
		if err != nil {
			return nil, err
		}
		all[c] = size{bytes: len(text), gzipped: gzipSize(text), static: static}
	}
	return all, nil
}

func gzipSize(text []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid, and so is a write to memory
	w.Write(text)
	w.Close()
	return b.Len()
}
