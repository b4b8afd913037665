package main

import (
	"fmt"
	"html"
	"strings"
)

// width is that of every picture, in units that are pixels where there is room.
// Text of 20 units is still readable where the picture is 400 pixels wide.
const width = 720

// style has the colours, for pages in light and in dark.
const style = `
  text { font: 20px "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; fill: #1f2328; }
  .page { fill: #ffffff; }
  .head { font-weight: bold; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .axis { stroke: #59636e; stroke-width: 2; }
  .grid { stroke: #59636e; stroke-width: 1; stroke-dasharray: 4 4; }
  .serves { fill: #9fd4ae; }
  .drains { fill: #f2cc60; }
  .waits { fill: #d1d9e0; }
  .lost { fill: #e5534b; }
  .curve { fill: none; stroke-width: 3; stroke-linejoin: round; }
  .fixed { stroke: #cf222e; }
  .front { stroke: #1a7f37; stroke-dasharray: 9 5; }
  .range { stroke: #0969da; }
  .fourth { stroke: #9a6700; stroke-dasharray: 3 4; }
  .dot { fill: #ffffff; stroke-width: 3; stroke-dasharray: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .page { fill: #0d1117; }
    .axis, .grid { stroke: #9198a1; }
    .serves { fill: #1f6f3a; }
    .drains { fill: #7d5a00; }
    .waits { fill: #3d444d; }
    .lost { fill: #c93c37; }
  }
`

// canvas collects the elements of a picture.
type canvas struct{ body strings.Builder }

// picture returns the file.
func (c *canvas) picture(title string, height int) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">
<title>%s</title>
<style>%s</style>
<rect class="page" width="100%%" height="100%%"/>
%s</svg>
`, width, height, html.EscapeString(title), style, c.body.String())
}

func (c *canvas) add(format string, args ...any) { fmt.Fprintf(&c.body, format+"\n", args...) }

func (c *canvas) text(x, y int, class, text string) {
	c.add(`<text x="%d" y="%d" class="%s">%s</text>`, x, y, class, html.EscapeString(text))
}

func (c *canvas) bar(x, y, width, height int, class string) {
	c.add(`<rect x="%d" y="%d" width="%d" height="%d" class="%s"/>`, x, y, width, height, class)
}

func (c *canvas) line(x1, y1, x2, y2 int, class string) {
	c.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" class="%s"/>`, x1, y1, x2, y2, class)
}
