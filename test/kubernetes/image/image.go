// Package image writes images of static programs as an archive that docker load and ctr images import read. It needs
// no engine, and no base image.
package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
)

// Image is FROM scratch with programs in it, run as the user 65534.
type Image struct {
	Name       string            // with its tag
	Programs   map[string]string // by their path in the image, the file each is copied from
	Entrypoint []string
	StopSignal string // "" for the platform's own
}

type config struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Config       struct {
		User       string
		Entrypoint []string
		StopSignal string `json:",omitempty"`
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// Write writes the image as an archive.
func (i Image) Write(w io.Writer) error {
	layer, err := i.layer()
	if err != nil {
		return err
	}
	c := config{Architecture: runtime.GOARCH, OS: "linux"}
	c.Config.User, c.Config.Entrypoint, c.Config.StopSignal = "65534:65534", i.Entrypoint, i.StopSignal
	c.RootFS.Type, c.RootFS.DiffIDs = "layers", []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}
	configured, err := json.Marshal(c)
	if err != nil {
		return err
	}
	configName := fmt.Sprintf("%x.json", sha256.Sum256(configured))
	list, err := json.Marshal([]map[string]any{{"Config": configName, "RepoTags": []string{i.Name}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	archive := tar.NewWriter(w)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"layer.tar", layer}, {configName, configured}, {"manifest.json", list}} {
		if err := add(archive, f.name, 0o644, f.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (i Image) layer() ([]byte, error) {
	var layer bytes.Buffer
	files := tar.NewWriter(&layer)
	for name, from := range i.Programs {
		content, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		if err := add(files, path.Clean(name)[1:], 0o755, content); err != nil {
			return nil, err
		}
	}
	err := files.Close()
	return layer.Bytes(), err
}

func add(w *tar.Writer, name string, mode int64, content []byte) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}
