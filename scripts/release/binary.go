package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
)

// binary is a drainit for one platform.
type binary struct {
	content []byte
	info    *buildinfo.BuildInfo
	arch    string // GOARCH
	variant string // v7 for arm, as OCI image indexes have it; else empty
}

// read takes the platform from the build information that the linker left.
func read(path string) (binary, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return binary{}, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return binary{}, fmt.Errorf("%s: %w", path, err)
	}
	b := binary{content: content, info: info}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOARCH":
			b.arch = s.Value
		case "GOARM":
			b.variant = "v" + s.Value
		}
	}
	return b, nil
}

// platform is the name that the Makefile has for it: amd64, arm-v7.
func (b binary) platform() string {
	if b.variant == "" {
		return b.arch
	}
	return b.arch + "-" + b.variant
}

func (b binary) name() string { return "drainit-linux-" + b.platform() }
