// Command make writes an image of one program, which it runs, to a file.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"drainit/test/kubernetes/image"
)

func main() {
	name := flag.String("name", "", "the image's name, with its tag")
	out := flag.String("o", "", "the archive")
	flag.Parse()
	if flag.NArg() != 1 || *name == "" || *out == "" {
		fmt.Fprintln(os.Stderr, "usage: make -name NAME:TAG -o FILE PROGRAM")
		os.Exit(2)
	}
	if err := write(*name, *out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func write(name, out, program string) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	inside := "/" + filepath.Base(program)
	if err := (image.Image{Name: name, Programs: map[string]string{inside: program}, Entrypoint: []string{inside}}).Write(f); err != nil {
		return err
	}
	return f.Close()
}
