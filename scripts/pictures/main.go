// Pictures writes the SVG files of docs/pictures: from internal/drain what a
// stop looks like, from docs/proof/rollouts.md what rollouts lost, from a
// simulation what a hold costs and saves, with its tables in docs/proof/propagation.md.
//
//	go run ./scripts/pictures
//
// It runs at the top of the checkout.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"drainit/test/markdown"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	files, err := draw(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// draw returns the text of each file, by its path from the top of the checkout.
func draw(root string) (map[string]string, error) {
	table, err := os.ReadFile(filepath.Join(root, "docs/proof/rollouts.md"))
	if err != nil {
		return nil, err
	}
	rows := rowsOf(string(table))
	scenes, err := chosen(rows)
	if err != nil {
		return nil, err
	}
	files := map[string]string{
		"docs/pictures/stop.svg":     stopPicture(),
		"docs/pictures/order.svg":    orderPicture(),
		"docs/pictures/rollouts.svg": rolloutsPicture(scenes),
	}
	demo, err := measuredDemo(rows)
	if err != nil {
		return nil, err
	}
	return files, simulation(root, files, demo)
}

// simulation adds its pictures and the document with its numbers.
func simulation(root string, files map[string]string, demo []measurement) error {
	const name = "docs/proof/propagation.md"
	late, err := measuredLate(root)
	if err != nil {
		return err
	}
	document, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return err
	}
	all := []simulated{watching.simulate(), polling.simulate(), measured.simulate()}
	dots, clean := append(late, demo...), nodesClean()
	files["docs/pictures/propagation.svg"] = propagationPicture(all, dots)
	files["docs/pictures/nodes.svg"] = nodesPicture(clean)
	files[name], err = markdown.Replace(string(document), "made by make pictures", numbersOf(all, dots, clean)+"\n")
	return err
}
