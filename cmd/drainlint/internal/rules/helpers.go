package rules

import (
	"path"
	"strings"
)

// helper is a program that others of its pod use.
type helper struct {
	what   string
	parts  []string // an image's name, without registry and tag, contains one
	routes bool     // requests to the app come through it
}

var helpers = []helper{
	{"a proxy to the database", []string{"cloud-sql-proxy", "gce-proxy", "alloydb-auth-proxy", "pgbouncer", "pgcat",
		"pgpool", "odyssey", "proxysql", "maxscale"}, false},
	{"a cache's proxy", []string{"twemproxy", "nutcracker", "mcrouter"}, false},
	{"a mesh's proxy", []string{"istio/proxyv2", "proxyv2", "linkerd2-proxy", "linkerd/proxy", "consul-dataplane",
		"envoy", "daprd"}, true},
	{"a proxy in front", []string{"oauth2-proxy", "kube-rbac-proxy", "nginx-auth-proxy"}, true},
}

// helperOf returns what kind of helper a container is, by its image, or nil.
func helperOf(c *container) *helper {
	image := c.Image
	if at := strings.Index(image, "@"); at >= 0 {
		image = image[:at]
	}
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		image = image[:colon]
	}
	for i, h := range helpers {
		for _, part := range h.parts {
			if path.Base(image) == part || strings.Contains(part, "/") && strings.HasSuffix(image, part) ||
				!strings.Contains(part, "/") && len(part) > 6 && strings.Contains(path.Base(image), part) {
				return &helpers[i]
			}
		}
	}
	return nil
}
