package main

import "fmt"

func (r *report) imageSection() section {
	return section{
		title: "In an image",
		how: []string{
			`Layer: what an image's layer with the init alone takes to push and pull: a tar, compressed with gzip at its
			default level. With its libraries: the same with the loader and the C library that a dynamic one needs, as they
			are on this machine; in an image that has them anyway they cost nothing.`,
		},
		heads: r.heads(),
		rows: [][]string{
			r.row("size, bytes", func(c contender) string { return fmt.Sprint(r.sizes[c].bytes) }),
			r.row("layer, bytes", func(c contender) string { return fmt.Sprint(r.sizes[c].layer) }),
			r.row("layer with its libraries, bytes", func(c contender) string { return fmt.Sprint(r.sizes[c].needed) }),
			r.row("static: starts in `FROM scratch`", func(c contender) string {
				if r.sizes[c].static {
					return "yes"
				}
				return "no, needs libc"
			}),
		},
	}
}
