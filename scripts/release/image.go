package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The media types and annotations of the OCI image specification 1.1 that are used.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"

	refName = "org.opencontainers.image.ref.name"
	// containerdName is where containerd, and so Docker with its image store, looks for the whole name.
	containerdName = "io.containerd.image.name"
)

// imageName has the host that is nobody's registry, so that no engine looks for it at one.
const imageName = "localhost/drainit"

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

type index struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Manifests     []descriptor      `json:"manifests"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type config struct {
	Created string `json:"created"`
	platform
	Config struct {
		Entrypoint []string
		Env        []string
		Labels     map[string]string
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []history `json:"history"`
}

type history struct {
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
}

// archived is an entry of the manifest.json by which docker load reads an archive without containerd's store. It knows
// no index: each platform is an image with a tag of its own.
type archived struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// image writes the image of all platforms as an OCI layout, and as an archive of it that docker load takes too.
func (r *release) image(binaries []binary) error {
	layout := "drainit-" + r.version + "-oci"
	blob := func(mediaType string, content []byte) (descriptor, error) {
		sum := fmt.Sprintf("%x", sha256.Sum256(content))
		d := descriptor{MediaType: mediaType, Digest: "sha256:" + sum, Size: len(content)}
		return d, r.write(layout+"/"+blobPath(d), content, 0o644)
	}
	jsonBlob := func(mediaType string, v any) (descriptor, error) {
		text, err := json.Marshal(v)
		if err != nil {
			return descriptor{}, err
		}
		return blob(mediaType, text)
	}

	all := index{SchemaVersion: 2, MediaType: typeIndex, Annotations: r.labels()}
	var archive []archived
	for _, b := range binaries {
		plain, packed, err := r.layer(b)
		if err != nil {
			return err
		}
		layer, err := blob(typeLayer, packed)
		if err != nil {
			return err
		}
		c, err := jsonBlob(typeConfig, r.config(b, plain))
		if err != nil {
			return err
		}
		m, err := jsonBlob(typeManifest, manifest{2, typeManifest, c, []descriptor{layer}, r.labels()})
		if err != nil {
			return err
		}
		m.Platform = &platform{b.arch, "linux", b.variant}
		all.Manifests = append(all.Manifests, m)
		archive = append(archive, archived{blobPath(c), []string{imageName + ":" + r.tag() + "-" + b.platform()}, []string{blobPath(layer)}})
	}

	top, err := jsonBlob(typeIndex, all)
	if err != nil {
		return err
	}
	top.Annotations = map[string]string{refName: r.tag(), containerdName: imageName + ":" + r.tag()}
	text, err := json.Marshal(index{SchemaVersion: 2, MediaType: typeIndex, Manifests: []descriptor{top}})
	if err != nil {
		return err
	}
	if err := r.write(layout+"/index.json", text, 0o644); err != nil {
		return err
	}
	if err := r.write(layout+"/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644); err != nil {
		return err
	}
	return r.archive(layout, archive)
}

func blobPath(d descriptor) string { return "blobs/sha256/" + d.Digest[len("sha256:"):] }

// labels are the same on the index, the manifests and as labels of the images.
func (r *release) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "drainit",
		"org.opencontainers.image.description": "PID 1 for containers that drains before it stops",
		"org.opencontainers.image.version":     r.version,
		"org.opencontainers.image.created":     r.time.Format(time.RFC3339),
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
}

// layer returns a layer of one file, /drainit, as it is and packed.
func (r *release) layer(b binary) (plain, packed []byte, err error) {
	var t, z bytes.Buffer
	w := tar.NewWriter(&t)
	if err := r.add(w, "drainit", b.content, 0o755); err != nil {
		return nil, nil, err
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	g, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err := g.Write(t.Bytes()); err != nil {
		return nil, nil, err
	}
	if err := g.Close(); err != nil {
		return nil, nil, err
	}
	return t.Bytes(), z.Bytes(), nil
}

// config sets no user: what is copied or mounted brings none along, and an image FROM this one chooses its own.
func (r *release) config(b binary, layer []byte) config {
	created := r.time.Format(time.RFC3339)
	c := config{Created: created, platform: platform{b.arch, "linux", b.variant}}
	c.Config.Entrypoint = []string{"/drainit", "--"}
	c.Config.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	c.Config.Labels = r.labels()
	c.RootFS.Type = "layers"
	c.RootFS.DiffIDs = []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}
	c.History = []history{{created, "COPY drainit /drainit"}}
	return c
}

// archive writes LAYOUT.tar: the layout, and manifest.json for docker load.
func (r *release) archive(layout string, images []archived) error {
	f, err := os.Create(filepath.Join(r.dir, layout+".tar"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := tar.NewWriter(f)
	tree := os.DirFS(filepath.Join(r.dir, layout))
	err = fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		return r.add(w, path, content, 0o644)
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(images)
	if err != nil {
		return err
	}
	if err := r.add(w, "manifest.json", text, 0o644); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return f.Close()
}

// add adds a file of root's with the release's time.
func (r *release) add(w *tar.Writer, name string, content []byte, mode int64) error {
	header := &tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: mode, ModTime: r.time, Format: tar.FormatUSTAR,
	}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}
