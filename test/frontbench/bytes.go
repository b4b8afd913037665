package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// entry is where drainit becomes the front. Without it the linker leaves out what only the front uses.
const (
	entry     = "cmd/drainit/main.go"
	becomes   = "os.Exit(frontproc.Run())"
	otherwise = "os.Exit(process.ExitFailed)"
)

// binary is what it adds to drainit's file, in bytes.
type binary struct{ with, without int64 }

// sizes builds drainit a second time as make does, but for its entry to the front.
func sizes(dir string) (b binary, err error) {
	overlay, err := withoutFront(dir)
	if err != nil {
		return b, err
	}
	command, err := exec.Command("make", "--no-print-directory", "--dry-run", "--always-make", "bin/drainit").Output()
	if err != nil {
		return b, fmt.Errorf("make --dry-run: %w", err)
	}
	with, without := filepath.Join(dir, "with"), filepath.Join(dir, "without")
	for path, flags := range map[string]string{with: "", without: " -overlay=" + overlay} {
		text := strings.Replace(string(command), "go build", "go build"+flags, 1)
		text = strings.Replace(text, "-o bin/drainit", "-o "+path, 1)
		cmd := exec.Command("sh", "-c", text)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return b, fmt.Errorf("%s: %w", text, err)
		}
	}
	if b.with, err = length(with); err == nil {
		b.without, err = length(without)
	}
	return b, err
}

// withoutFront writes the overlay of go build(1) that has another entry.
func withoutFront(dir string) (string, error) {
	text, err := os.ReadFile(entry)
	if err != nil {
		return "", err
	}
	if strings.Count(string(text), becomes) != 1 {
		return "", fmt.Errorf("%s: %s is not there once", entry, becomes)
	}
	from, err := filepath.Abs(entry)
	if err != nil {
		return "", err
	}
	to, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	changed := strings.Replace(string(text), becomes, otherwise, 1)
	if err := os.WriteFile(to, []byte(changed), 0o644); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {from: to}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, list, 0o644)
}

func length(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
