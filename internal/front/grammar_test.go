package front

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// someRequest is a valid request in one of many spellings.
func someRequest(random *rand.Rand) []byte {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var b strings.Builder
	b.WriteString(one("", "", "", "\r\n"))
	b.WriteString(one("GET", "POST", "PUT", "get", "M-X") + " " + one("/", "/a?b", "//c", "/%20", "http://a/", "*", "/;x#y") + " HTTP/1.1\r\n")
	fields := []string{"Host: a", "X: " + one("", "1", " \t 2\t", "\xe4", "\"a\r"[:2]), one("Connection: close", "connection: X", "CONNECTION:keep-alive,\tTE", "A: b"),
		one("TE: trailers", "Te:gzip", "Keep-Alive: 5", "Proxy-Connection: close"), one("X-Forwarded-For: 10.0.0.1", "x-forwarded-for:", "C: d"),
		one("Upgrade: h2c", "Expect:", "Trailer: X", "Content-Type: a/b"), one("Connection: content-length", "Connection: host,transfer-encoding", "E: f")}
	body := one("", "a", "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n")
	switch random.IntN(3) {
	case 0:
		body = ""
	case 1:
		fields = append(fields, lengthField(body, one))
	default:
		fields = append(fields, chunkedField(one))
		body = inChunks(body, one)
	}
	random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	b.WriteString(strings.Join(fields, "\r\n") + "\r\n\r\n" + body)
	return []byte(b.String())
}

// someAnswer is a valid final answer in one of many spellings, and whether the
// connection must end for it to end.
func someAnswer(random *rand.Rand) (answer []byte, ends bool) {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var b strings.Builder
	b.WriteString(one("HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 404 Not here", "HTTP/1.1 200 ", "HTTP/1.1 204 No", "HTTP/1.1 304 Not Modified") + "\r\n")
	fields := []string{"X: " + one("", "1", " \t 2\t", "\xe4"), one("Connection: close", "connection: X", "CONNECTION:keep-alive,\tTE", "A: b"),
		one("Keep-Alive: 5", "Upgrade: h2c", "Trailer: X", "Content-Type: a/b", "Content-Type: text/event-stream"),
		one("Connection: content-length", "Connection: transfer-encoding", "E: f")}
	body := one("", "a", answerWithin, "0\r\n\r\n", strings.Repeat("long ", 2000))
	switch random.IntN(5) {
	case 0:
		ends = true
	case 1, 2:
		fields = append(fields, lengthField(body, one))
	default:
		fields = append(fields, chunkedField(one))
		body = inChunks(body, one)
	}
	random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	b.WriteString(strings.Join(fields, "\r\n") + "\r\n\r\n" + body)
	return []byte(b.String()), ends
}

func lengthField(body string, one func(...string) string) string {
	return fmt.Sprintf("%s:%s%d", one("Content-Length", "content-length"), one("", " ", "\t", " 00"), len(body))
}

func chunkedField(one func(...string) string) string {
	return one("Transfer-Encoding: chunked", "transfer-encoding:CHUNKED ")
}

// answerWithin is an answer that must never be taken for one.
const answerWithin = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ninner"

// inChunks is a body in one chunk.
func inChunks(body string, one func(...string) string) string {
	chunk := ""
	if body != "" {
		chunk = fmt.Sprintf("%s%x%s\r\n%s\r\n", one("", "0", "000"), len(body), one("", ";a", ";a=\"b\";c"), body)
	}
	return chunk + one("0", "000", "0;x=y") + "\r\n" + one("", "X: 1\r\n") + "\r\n"
}

const wrong = " \t\r\n\x00:,;+-0123456789aA\x7f\x80"

// mutated is a message after some of the mistakes that people and programs make: a line
// twice, missing, folded or in another place, another end of a line, another character,
// another number, or a field that says something else of the body.
func mutated(random *rand.Rand, message []byte) []byte {
	lines := bytes.SplitAfter(message, []byte("\n"))
	for range 1 + random.IntN(2) {
		at := random.IntN(len(lines))
		line := lines[at]
		switch random.IntN(8) {
		case 0:
			lines[at] = append(bytes.Clone(line), line...)
		case 1:
			lines[at] = nil
		case 2:
			lines[at] = append([]byte{" \t\r\n"[random.IntN(4)]}, line...)
		case 3:
			other := random.IntN(len(lines))
			lines[at], lines[other] = lines[other], line
		case 4:
			ends := []string{"\n", "\r", "\r\r\n", " \r\n", ""}
			lines[at] = append(bytes.Clone(bytes.TrimRight(line, "\r\n")), ends[random.IntN(len(ends))]...)
		case 5:
			if len(line) > 0 {
				lines[at] = bytes.Clone(line)
				lines[at][random.IntN(len(line))] = wrong[random.IntN(len(wrong))]
			}
		case 6:
			i := random.IntN(len(line) + 1)
			lines[at] = append(append(bytes.Clone(line[:i]), " \t:0,"[random.IntN(5)]), line[i:]...)
		default:
			fields := []string{"Content-Length: 1", "Transfer-Encoding: chunked", "Content-Length: 0", "Transfer-Encoding: gzip, chunked", "Host: b"}
			lines[at] = append(bytes.Clone(line), fields[random.IntN(len(fields))]+"\r\n"...)
		}
	}
	return bytes.Join(lines, nil)
}
