package main

import "slices"

// group is a part of the page.
type group struct {
	heading  string
	programs []program
}

// groups are all that are measured, as the page has them.
func groups() []group {
	return []group{
		{"Web servers and proxies", proxies},
		{"Python", pythons},
		{"Ruby", rubies},
		{"PHP, Node.js, Java, Perl", applications},
		{"Databases and caches", databases},
		{"Workers of queues", queues},
		{"Mail, chat and telephony", talkers},
		{"Files, sessions and small web servers", stores},
		{"Tunnels and gateways", tunnels},
		{"Monitoring, logs and readings", monitors},
		{"Inits and supervisors as the command", inits},
		{"Others", services},
	}
}

// programs are all that are measured.
func programs() []program {
	var all []program
	for _, g := range groups() {
		all = slices.Concat(all, g.programs)
	}
	return all
}
