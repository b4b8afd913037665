package front

import (
	"bytes"
	"strings"
	"testing"
)

// settings is an empty SETTINGS, with which each direction begins.
const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// frameOf is a frame as a peer sends it, and so are headersOf and dataOf.
func frameOf(kind, flags byte, stream uint32, payload string) string {
	return string(appendFrame(nil, kind, flags, stream, []byte(payload)...))
}

func headersOf(stream uint32, flags byte, block string) string {
	return frameOf(frameHeaders, flags, stream, block)
}

func dataOf(stream uint32, flags byte, data string) string {
	return frameOf(frameData, flags, stream, data)
}

// sifted is what a flow makes of pieces of the given size.
type sifted struct {
	out   string
	ended []uint32
	kinds string
	err   error
}

// siftAll sifts all in pieces, and drops frames of the stream.
func siftAll(all []byte, piece int, drop uint32) (got sifted) {
	var w flow
	w.judge = judge{
		frame: func(f h2Frame) (bool, error) {
			got.kinds += string(rune('0' + f.kind%10))
			return drop == 0 || f.stream != drop, nil
		},
		end:   func(id uint32) { got.ended = append(got.ended, id) },
		pause: func() bool { return false },
	}
	var here, out []byte
	for len(all) > 0 {
		n := min(piece, len(all))
		here, all = append(here, all[:n]...), all[n:]
		kept, n, err := w.sift(here)
		out = append(out, kept...)
		here = bytes.Clone(here[n:])
		if err != nil {
			got.err = err
			break
		}
	}
	if got.err == nil {
		out = append(out, here...)
	}
	got.out = string(out)
	return got
}

// Frames come out as they went in, whatever the pieces; a stream ends with the last byte
// of what says so.
func TestSift(t *testing.T) {
	continuation := frameOf(frameContinuation, flagEndHeaders, 5, "rest")
	all := settings + headersOf(1, flagEndHeaders, "a") + dataOf(1, 0, strings.Repeat("x", 70000)) + dataOf(1, flagEndStream, "") +
		headersOf(3, flagEndHeaders|flagEndStream, "b") + headersOf(5, flagEndStream, "c") + continuation +
		frameOf(0x33, 0xff, 9, "unknown") + string(appendGoAway(nil, 5, 0, "text")) + "\x00\x00"
	without := strings.Replace(strings.Replace(all, headersOf(5, flagEndStream, "c"), "", 1), continuation, "", 1)
	for _, piece := range []int{1, 2, 7, 13, 100, 8192, len(all)} {
		got := siftAll([]byte(all), piece, 0)
		if got.out != all || got.err != nil || len(got.ended) != 3 || got.ended[2] != 5 {
			t.Errorf("pieces of %d: %d of %d bytes, %v, %v", piece, len(got.out), len(all), got.ended, got.err)
		}
		if got := siftAll([]byte(all), piece, 5); got.out != without || len(got.ended) != 2 {
			t.Errorf("pieces of %d, without a stream: %d of %d bytes, %v", piece, len(got.out), len(without), got.ended)
		}
	}
}

// What would lead the counting astray is refused, with the code that RFC 9113 gives it.
func TestSiftRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, frames string
		want         error
	}{
		{"no SETTINGS", headersOf(1, flagEndHeaders, ""), badProtocol},
		{"an acknowledgement first", "\x00\x00\x00\x04\x01\x00\x00\x00\x00", badProtocol},
		{"text", "HTTP/1.1 400 Bad Request\r\n\r\n", badProtocol},
		{"between HEADERS and CONTINUATION", settings + headersOf(1, 0, "") + dataOf(1, 0, ""), badProtocol},
		{"another's CONTINUATION", settings + headersOf(1, 0, "") + frameOf(frameContinuation, 4, 3, ""), badProtocol},
		{"CONTINUATION of nothing", settings + frameOf(frameContinuation, 4, 1, ""), badProtocol},
		{"HEADERS on 0", settings + headersOf(0, flagEndHeaders, ""), badProtocol},
		{"PING on 1", settings + frameOf(framePing, 0, 1, "12345678"), badProtocol},
		{"SETTINGS on 1", settings + frameOf(frameSettings, 0, 1, ""), badProtocol},
		{"a short PING", settings + frameOf(framePing, 0, 0, "1234567"), badSize},
		{"a long RST_STREAM", settings + frameOf(frameReset, 0, 1, "12345"), badSize},
		{"a short GOAWAY", settings + frameOf(frameGoAway, 0, 0, "1234"), badSize},
		{"SETTINGS of 5", settings + frameOf(frameSettings, 0, 0, "12345"), badSize},
		{"a short PUSH_PROMISE", settings + frameOf(framePush, flagPadded|4, 1, "1234"), badSize},
	} {
		for _, piece := range []int{1, 1000} {
			if got := siftAll([]byte(tt.frames), piece, 0); got.err != tt.want {
				t.Errorf("%s: %v, want %v", tt.name, got.err, tt.want)
			}
		}
	}
}

// Whatever comes, in whatever pieces: nothing panics, the verdict is the same, and what
// goes on is what came.
func FuzzSift(f *testing.F) {
	f.Add([]byte(settings+headersOf(1, 5, "a")+dataOf(1, 1, "b")), 3)
	f.Add([]byte(settings+headersOf(1, 0, "a")+frameOf(frameContinuation, flagEndHeaders, 1, "c")+string(appendReset(nil, 1, cancelled))), 1)
	f.Add([]byte(settings+frameOf(framePush, flagPadded|4, 1, "\x00\x00\x00\x00\x02")), 9)
	f.Fuzz(func(t *testing.T, all []byte, piece int) {
		if len(all) > 1<<16 {
			return
		}
		whole := siftAll(bytes.Clone(all), max(1, len(all)), 0)
		cut := siftAll(bytes.Clone(all), 1+max(0, piece)%64, 0)
		if whole.kinds != cut.kinds || whole.err != cut.err || len(whole.ended) != len(cut.ended) {
			t.Fatalf("whole %+v, in pieces %+v", whole, cut)
		}
		if whole.err == nil && (whole.out != string(all) || cut.out != whole.out) || !strings.HasPrefix(string(all), whole.out) {
			t.Fatalf("%q became %q and %q", all, whole.out, cut.out)
		}
		siftAll(bytes.Clone(all), 5, 1)
	})
}

// What clients say in their first frame is no text, and what looks like some is.
func TestUnreadable(t *testing.T) {
	for settings, want := range map[string]bool{
		"": true,
		"\x00\x03\x00\x00\x00\x64\x00\x04\x02\x00\x00\x00\x00\x02\x00\x00\x00\x00": true, // curl's
		"\x00\x02\x00\x00\x00\x00\x00\x04\x00\x3f\xff\xff\xfe\x03\x00\x00\x00\x01": true, // grpc's
		strings.Repeat("\x00\x03text", 32):                                         true,
		strings.Repeat("\x00\x03text", 33):                                         false,
		"\x00\x03text\x00":                                                         false,
		"\x00\x03text\x00Ptext":                                                    false,
		"\x00\x03textP\x03text":                                                    false,
		"GET /\n":                                                                  false,
	} {
		f, ok := readH2Frame([]byte(frameOf(frameSettings, 0, 0, settings)))
		if !ok || f.unreadable() != want {
			t.Errorf("%q: %v, want %v", settings, !want, want)
		}
	}
}
