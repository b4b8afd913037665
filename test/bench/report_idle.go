package main

import "fmt"

func (r *report) idleSection() section {
	return section{
		title: "At idle",
		how: []string{
			fmt.Sprintf(`All %d side by side, %s after their start, for %s. Anonymous memory belongs to no file, so that nobody
			shares it and nothing can reclaim it. Wake-ups are the voluntary context switches of all threads.`,
				len(r.inits), warmUp, r.idle),
		},
		heads: r.heads(),
		rows: [][]string{
			r.row("resident, KiB", func(c contender) string { return fmt.Sprint(r.idles[c].rss) }),
			r.row("of it anonymous, KiB", func(c contender) string { return fmt.Sprint(r.idles[c].anonymous) }),
			r.row("threads", func(c contender) string { return fmt.Sprint(r.idles[c].threads) }),
			r.row(fmt.Sprintf("wake-ups in %s", r.idle), func(c contender) string { return fmt.Sprint(r.idles[c].wakes) }),
		},
	}
}

func (r *report) memorySection() section {
	m := r.charges
	s := section{title: "Memory charged to the container"}
	if m.missing != "" {
		s.how = []string{"Not measured: " + m.missing + "."}
		return s
	}
	s.how = []string{
		fmt.Sprintf(`What counts against a container's memory limit: anonymous memory, page cache and the kernel's own, for
		thread stacks, page tables and sockets. Each init and a program that listens on a port are in a memory cgroup of
		their own (%s); what the program is charged with by itself is subtracted. Medians of %d runs at idle, of %d with
		scrapes.`, m.cgroups, chargeRounds, scrapeRounds),
		`The init's file is in the page cache already, charged to somebody else, as for the second container on a node
		with it; for the first, add its size at most.`,
		`What the kernel gives each CPU in advance, up to 64 pages, is in memory.current or memory.usage_in_bytes, and not
		in these figures.`,
		fmt.Sprintf(`Scrapes: new connections, one after the other, as fast as they are answered; the charge is that %s after
		the last one. It is bounded if ten times as many change nothing.`, chargeSettle),
	}
	s.heads = r.heads()
	s.rows = [][]string{
		r.row("at idle, KiB", func(c contender) string { return fmt.Sprint(m.idle[c].total()) }),
		r.row("of it anonymous, KiB", func(c contender) string { return fmt.Sprint(m.idle[c].anonymous) }),
		r.row("of it the kernel's, KiB", func(c contender) string { return fmt.Sprint(m.idle[c].kernel) }),
	}
	for _, x := range m.scraped {
		s.rows = append(s.rows, r.row(fmt.Sprintf("after %d of `%s`, KiB", x.count, x.path), func(c contender) string {
			if c != r.drainit() {
				return "–"
			}
			return fmt.Sprint(x.total())
		}))
	}
	return s
}
