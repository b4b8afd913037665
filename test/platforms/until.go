package main

import (
	"fmt"
	"time"
)

// until asks again and again whether a fact holds, for a limited time.
func until(limit time.Duration, holds func() bool) error {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return nil
		}
	}
	return fmt.Errorf("not within %v", limit)
}
