package main

import (
	"fmt"
	"math"
	"strings"
)

// chart is a place for curves on a canvas: x linear from 0, y as a function of a share of
// the height, from the bottom.
type chart struct {
	*canvas
	top, height int
	most        float64 // of x
	share       func(float64) float64
}

// Where charts are from side to side.
const (
	chartLeft  = 96
	chartRight = width - 24
)

func (c chart) x(v float64) int {
	return chartLeft + int(math.Round(min(v, c.most)/c.most*(chartRight-chartLeft)))
}

func (c chart) y(v float64) int {
	return c.top + c.height - int(math.Round(c.share(v)*float64(c.height)))
}

// frame draws the axes: a line at each of the marks of y with its words, and ticks of x.
func (c chart) frame(step float64, ys []float64, words []string) {
	for i, v := range ys {
		c.line(chartLeft, c.y(v), chartRight, c.y(v), "grid")
		c.text(chartLeft-10, c.y(v)+7, "end", words[i])
	}
	bottom := c.top + c.height
	c.line(chartLeft, bottom, chartRight, bottom, "axis")
	for v := 0.0; v <= c.most; v += step {
		c.line(c.x(v), bottom, c.x(v), bottom+6, "axis")
		text := fmt.Sprintf("%g", v)
		if v == 0 {
			text = "0 s"
		}
		c.text(c.x(v), bottom+28, "middle", text)
	}
}

// curve draws a line through points, and none beyond the end of x.
func (c chart) curve(class string, points [][2]float64) {
	var path strings.Builder
	for _, p := range points {
		if p[0] <= c.most {
			fmt.Fprintf(&path, "%d,%d ", c.x(p[0]), c.y(p[1]))
		}
	}
	c.add(`<polyline points="%s" class="curve %s"/>`, strings.TrimSpace(path.String()), class)
}

// dot draws a point that was measured.
func (c chart) dot(class string, x, y float64) {
	c.add(`<circle cx="%d" cy="%d" r="7" class="dot %s"/>`, c.x(x), c.y(y), class)
}

// legend draws what the classes of curves mean, from left on.
func (c *canvas) legend(y int, names ...[2]string) {
	x := left
	for _, n := range names {
		c.add(`<line x1="%d" y1="%d" x2="%d" y2="%[2]d" class="curve %[4]s"/>`, x, y-7, x+36, n[0])
		c.text(x+44, y, "", n[1])
		x += 44 + 11*len(n[1]) + 18
	}
}
