package main

import (
	"debug/elf"
	"fmt"
	"slices"
	"strings"

	"drainit/test/markdown"
)

// part is what some packages are in the file, by the beginnings of their names.
type part struct {
	name     string
	packages []string
}

// parts are all of it. A package belongs to the first that has the longest beginning of its name.
var parts = []part{
	{"Go's runtime", []string{"runtime", "internal/runtime/", "internal/abi", "internal/bytealg", "internal/sync", "sync", "syscall", "internal/poll", "internal/reflectlite"}},
	{"TLS, certificates and cryptography: `https:` checks, actions and reports", []string{"crypto", "encoding/asn1", "encoding/pem", "math/big", "vendor/golang.org/x/crypto/"}},
	{"net/http, client and server, and names of hosts for it", []string{"net/http", "net/textproto", "mime", "compress/", "hash/", "vendor/golang.org/x/net/", "vendor/golang.org/x/text/", "net/url"}},
	{"metrics: client_golang, its protobuf and regular expressions", []string{"github.com/", "google.golang.org/", "regexp", "go.yaml.in/"}},
	{"drainit: the front", []string{"drainit/internal/front", "drainit/internal/frontproc"}},
	{"drainit: all else", []string{"drainit", "main", "golang.org/x/sys/"}},
	{"the rest of the standard library: fmt, net, time, reflect, encoding/json, log/slog", []string{""}},
}

// size is a part's bytes of the file.
type size struct{ code, tables, data int64 }

// partsOf reads a file with its symbols. What the runtime knows of each function (.gopclntab) is shared out by their
// length. rest is what has no symbol: types, strings, constants.
func partsOf(path string) (sizes []size, rest, total int64, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, 0, 0, err
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%s: %w: built without -ldflags=-s?", path, err)
	}
	sizes = make([]size, len(parts))
	var code, table int64
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			total += int64(s.FileSize)
		}
		if s.Name == ".gopclntab" {
			table = int64(s.FileSize)
		}
	}
	for _, s := range symbols {
		if int(s.Section) >= len(f.Sections) || f.Sections[s.Section].Type == elf.SHT_NOBITS {
			continue
		}
		n := int64(s.Size)
		of := &sizes[partOf(packageOf(s.Name))]
		switch section := f.Sections[s.Section].Name; {
		case section == ".text" && elf.ST_TYPE(s.Info) == elf.STT_FUNC:
			of.code += n
			code += n
		case strings.HasSuffix(section, "data") && section != ".rodata":
			of.data += n
		}
	}
	rest = total
	for i := range sizes {
		sizes[i].tables = table * sizes[i].code / max(code, 1)
		rest -= sizes[i].code + sizes[i].tables + sizes[i].data
	}
	return sizes, rest, total, nil
}

// packageOf is the package of a symbol.
func packageOf(symbol string) string {
	symbol, _, _ = strings.Cut(strings.TrimPrefix(symbol, "type:.eq."), "[")
	symbol = strings.TrimLeft(symbol, "*(")
	last := strings.LastIndexByte(symbol, '/') + 1
	name, _, _ := strings.Cut(symbol[last:], ".")
	return symbol[:last] + name
}

func partOf(pkg string) (of int) {
	longest := -1
	for i, p := range parts {
		for _, begin := range p.packages {
			whole := begin == "" || strings.HasSuffix(begin, "/") || pkg == begin || strings.HasPrefix(pkg, begin+"/")
			if whole && strings.HasPrefix(pkg, begin) && len(begin) > longest {
				of, longest = i, len(begin)
			}
		}
	}
	return of
}

// printParts prints the table, or puts it into a document in the place that is marked for it.
func printParts(path, document string) error {
	sizes, rest, total, err := partsOf(path)
	if err != nil {
		return err
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	sum := func(s size) int64 { return s.code + s.tables + s.data }
	slices.SortStableFunc(order, func(a, b int) int { return int(sum(sizes[b]) - sum(sizes[a])) })
	rows := [][]string{{"part", "KB", "code", "tables of it", "data"}}
	row := func(name string, all int64, of ...int64) {
		cells := []string{name, kilo(all)}
		for _, n := range of {
			cells = append(cells, kilo(n))
		}
		rows = append(rows, append(cells, make([]string, 5-len(cells))...))
	}
	for _, i := range order {
		s := sizes[i]
		row(parts[i].name, sum(s), s.code, s.tables, s.data)
	}
	row("types, strings and constants of all", rest)
	row("all", total)
	if document == "" {
		fmt.Print(markdown.Table(rows))
		return nil
	}
	return markdown.Rewrite(document, map[string]string{"parts": "\n" + markdown.Table(rows) + "\n"})
}

// kilo is a number of bytes in KB, of 1000.
func kilo(n int64) string { return fmt.Sprintf("%d", (n+500)/1000) }
