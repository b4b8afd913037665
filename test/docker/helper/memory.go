package main

import "fmt"

// eat takes a mebibyte after the other, touching each page, until something
// stops it. It gives up at 4 GiB: then nothing limits it.
func eat([]string) (int, error) {
	say("ready")
	eaten := [][]byte{}
	for len(eaten) < 4096 {
		block := make([]byte, 1<<20)
		for i := range len(block) / 4096 {
			block[i*4096] = 1
		}
		eaten = append(eaten, block)
	}
	return 0, fmt.Errorf("%d MiB eaten, and no limit met", len(eaten))
}
