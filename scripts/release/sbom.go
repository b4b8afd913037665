package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// These are the parts of an SPDX 2.3 document in JSON that an SBOM of one static binary has: each field that the
// specification asks for, and of the optional ones those that are known.
type spdxDocument struct {
	SPDXVersion   string             `json:"spdxVersion"`
	DataLicense   string             `json:"dataLicense"`
	SPDXID        string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	CreationInfo  spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Relationships []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	SPDXID           string         `json:"SPDXID"`
	Name             string         `json:"name"`
	Version          string         `json:"versionInfo"`
	FileName         string         `json:"packageFileName,omitempty"`
	Purpose          string         `json:"primaryPackagePurpose"`
	DownloadLocation string         `json:"downloadLocation"`
	FilesAnalyzed    bool           `json:"filesAnalyzed"`
	LicenseConcluded string         `json:"licenseConcluded"`
	LicenseDeclared  string         `json:"licenseDeclared"`
	Copyright        string         `json:"copyrightText"`
	SourceInfo       string         `json:"sourceInfo,omitempty"`
	Checksums        []spdxChecksum `json:"checksums,omitempty"`
	ExternalRefs     []spdxRef      `json:"externalRefs"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	Element string `json:"spdxElementId"`
	Type    string `json:"relationshipType"`
	Related string `json:"relatedSpdxElement"`
}

const spdxUnknown = "NOASSERTION"

// sbom returns the SPDX document of a binary, from the build information in it.
func (r *release) sbom(b binary) ([]byte, error) {
	parts, err := linked(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b.content)
	product := newPackage("drainit", r.version, "Apache-2.0", "pkg:generic/drainit@"+purlVersion(r.version))
	product.Purpose = "APPLICATION"
	product.FileName = b.name()
	product.Checksums = []spdxChecksum{{"SHA256", hex.EncodeToString(sum[:])}}

	d := spdxDocument{
		SPDXVersion:  "SPDX-2.3",
		DataLicense:  "CC0-1.0",
		SPDXID:       "SPDXRef-DOCUMENT",
		Name:         b.name() + "-" + r.version,
		Namespace:    namespace(sum),
		CreationInfo: spdxCreation{r.time.Format(time.RFC3339), []string{"Tool: drainit-scripts-release"}},
		Packages:     []spdxPackage{product},
		Relationships: []spdxRelationship{
			{"SPDXRef-DOCUMENT", "DESCRIBES", product.SPDXID},
		},
	}
	for _, p := range parts {
		sp := newPackage(p.path, p.version, p.license, "pkg:golang/"+p.path+"@"+purlVersion(p.version))
		if p.path == "std" { // what scanners call it
			sp.ExternalRefs[0].Locator = "pkg:golang/stdlib@" + strings.TrimPrefix(p.version, "go")
		}
		if p.sum != "" {
			sp.SourceInfo = "go.sum has " + p.sum
		}
		d.Packages = append(d.Packages, sp)
		d.Relationships = append(d.Relationships, spdxRelationship{product.SPDXID, "STATIC_LINK", sp.SPDXID})
	}
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}

func newPackage(name, version, license, purl string) spdxPackage {
	return spdxPackage{
		SPDXID: "SPDXRef-Package-" + idString(name), Name: name, Version: version, Purpose: "LIBRARY",
		DownloadLocation: spdxUnknown, LicenseConcluded: spdxUnknown, LicenseDeclared: license, Copyright: spdxUnknown,
		ExternalRefs: []spdxRef{{"PACKAGE-MANAGER", "purl", purl}},
	}
}

// idString keeps of a name what an SPDX identifier may have: letters, digits, full stops and hyphens.
func idString(name string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' {
			return c
		}
		return '-'
	}, name)
}

// purlVersion escapes what a version may not have in a package URL.
func purlVersion(version string) string { return strings.ReplaceAll(version, "+", "%2B") }

// namespace is a URI that no other document has and that leads nowhere: a UUID of the kind that each maker fills as it
// likes (RFC 9562, version 8), here with the binary's sum.
func namespace(sum [sha256.Size]byte) string {
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
