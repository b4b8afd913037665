package main

import "fmt"

func (r *report) rolloutSection() section {
	s := section{
		title: "A rollout",
		how: []string{
			fmt.Sprintf(`Three replicas of a server that exits at once on SIGTERM are replaced one by one under %d new connections
			a second, answered after 500ms; routes follow a stop %s late (examples/rollout, on the loopback, one rollout of
			each at the same time). Nothing is sent twice. The hold of drainit is %s.`, rolloutRate, rolloutLag, rolloutHold),
			`An init that only forwards changes nothing here, and drainit without a grace period is one, but under Kubernetes.
			Other lags and servers are in [Rollouts](rollouts.md), real platforms in
			[Rollouts on real platforms](platforms.md).`,
		},
	}
	s.heads = []string{""}
	lost, seconds := []string{"lost, of requests"}, []string{"seconds"}
	for _, x := range r.rollouts {
		s.heads = append(s.heads, x.setUp)
		lost = append(lost, x.lost+" of "+x.requests)
		seconds = append(seconds, x.seconds)
	}
	s.rows = [][]string{lost, seconds}
	return s
}
