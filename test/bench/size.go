package main

import "os"

// size is what an init adds to an image.
type size struct {
	bytes  int
	layer  int // bytes, compressed
	needed int // the same with the libraries it needs; see static
	static bool
}

func measureSizes(inits []contender) (map[contender]size, error) {
	all := map[contender]size{}
	for _, c := range inits {
		s, err := sizeOf(c)
		if err != nil {
			return nil, err
		}
		all[c] = s
	}
	return all, nil
}

func sizeOf(c contender) (size, error) {
	info, err := os.Stat(c.path)
	if err != nil {
		return size{}, err
	}
	libraries, err := c.libraries()
	if err != nil {
		return size{}, err
	}
	alone, err := pack(c.path)
	if err != nil {
		return size{}, err
	}
	needed, err := pack(append(libraries, c.path)...)
	return size{int(info.Size()), len(alone), len(needed), len(libraries) == 0}, err
}
