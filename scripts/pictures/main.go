// Pictures writes the SVG files of docs/pictures: from internal/drain what a
// stop looks like, from docs/proof/rollouts.md what rollouts lost.
//
//	go run ./scripts/pictures
//
// It runs at the top of the checkout.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// directory is where the pictures are, from the top of the checkout.
const directory = "docs/pictures"

func write(root string) error {
	pictures, err := draw(root)
	if err != nil {
		return err
	}
	for name, svg := range pictures {
		if err := os.WriteFile(filepath.Join(root, directory, name), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// draw returns the text of each picture, by the name of its file.
func draw(root string) (map[string]string, error) {
	table, err := os.ReadFile(filepath.Join(root, "docs/proof/rollouts.md"))
	if err != nil {
		return nil, err
	}
	scenes, err := chosen(string(table))
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"stop.svg":     stopPicture(),
		"order.svg":    orderPicture(),
		"rollouts.svg": rolloutsPicture(scenes),
	}, nil
}
