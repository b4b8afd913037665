package page

import "slices"

// Item is one line of the key: how something is drawn, and what it is.
type Item struct {
	Look  string // what page.html draws: a bar part, a phase, a mark, a route or a loss
	Class string
	Text  string
}

// everything is all that a key can have, but for losses, in its order.
var everything = [...]Item{
	{"part", "answered", "answered"},
	{"part", "slow", "answered late"},
	{"part", "lost", "lost"},
	{"part", "unsent", "not sent"},
	{"route", "routed", "in the routes"},
	{"phase", string(Starting), "starting"},
	{"phase", string(Serving), "ready"},
	{"phase", string(Held), "held: asked to stop, not yet signalled"},
	{"phase", string(Stopping), "stopping"},
	{"phase", string(Answering), "answering"},
	{"mark", string(Request), "stop request"},
	{"mark", string(Signal), "stop signal"},
	{"mark", string(Exit), "exit"},
}

// Key explains what the page has, and nothing else.
func (p Page) Key() []Item {
	has := map[[2]string]bool{}
	var hows []string
	for _, s := range p.Scenes {
		for _, l := range s.On() {
			for _, part := range l.Parts() {
				has[[2]string{"part", part.Kind}] = true
			}
			for _, r := range l.Rows {
				r.looks(has)
				for _, loss := range r.Losses {
					hows = append(hows, loss.How)
				}
			}
		}
	}
	var key []Item
	for _, item := range everything {
		if has[[2]string{item.Look, item.Class}] {
			key = append(key, item)
		}
	}
	slices.Sort(hows)
	for _, how := range slices.Compact(hows) {
		key = append(key, Item{"loss", how, "lost: " + how})
	}
	return key
}

// looks adds what a row has, but for losses.
func (r Row) looks(has map[[2]string]bool) {
	if len(r.Routed) > 0 {
		has[[2]string{"route", "routed"}] = true
	}
	for _, phase := range r.Phases {
		has[[2]string{"phase", string(phase.Kind)}] = true
	}
	for _, mark := range r.Marks {
		has[[2]string{"mark", string(mark.Kind)}] = true
	}
}
