package main

import (
	"slices"

	"drainit/internal/signals"
)

// document is what was read of a program, and not measured.
type document struct {
	name, does, set, source string
}

func (d document) row() signals.Program { return rowOf(d.name) }

// rowOf is the row of that name in the table of internal/signals.
func rowOf(name string) signals.Program {
	rows := signals.Table()
	if i := slices.IndexFunc(rows, func(p signals.Program) bool { return p.Name == name }); i >= 0 {
		return rows[i]
	}
	return signals.Program{}
}

// documented are the programs of which no suite of Debian has a package, or none that was measured.
func documented() []document {
	fromTable := func(name, does string) document {
		p := rowOf(name)
		d := document{name: name, does: does, set: p.Lacks, source: signals.SourceOf(p.Name)}
		if p.Holds != "" {
			d.set = "of " + p.Holds + " and `--drain-delay` one to 0"
		}
		return d
	}
	return []document{
		fromTable("envoy", "SIGTERM cuts"),
		fromTable("traefik", "drains, graceTimeOut (10 s) at most"),
		fromTable("coredns", "has a hold of its own"),
		fromTable("cloud-sql-proxy", "has a hold of its own; closes at once by default"),
		fromTable("kube-apiserver", "has a hold of its own"),
		fromTable("ingress-nginx", "has a hold of its own, and stops its nginx gracefully"),
		fromTable("consul-dataplane", "has a hold of its own"),
		{"vLLM", "aborts what is in flight", "--shutdown-timeout, where the version has it", "vllm-project/vllm#24885; vllm/entrypoints/launcher.py"},
		{"Triton", "waits for what is in flight, 30 s at most", "--exit-timeout-secs", "tritonserver --help"},
		{"llama-server", "a second SIGTERM or SIGINT ends it at once, with status 1", "", "ggml-org/llama.cpp: tools/server/server.cpp"},
		{"Ollama", "ends at once", "`--drain-until idle`", "ollama/ollama#2330"},
		{"granian", "stops its workers, for which it waits without a limit", "--workers-kill-timeout", "emmett-framework/granian: granian/server/common.py"},
		{"Kafka", "shuts down in hooks of its JVM, and says which signal it was", "", "apache/kafka: core/src/main/scala/kafka/Kafka.scala"},
		{"MinIO", "cuts what is not done after 5 s, or after what is set", "--shutdown-timeout, where the version has it", "minio/minio#12317"},
	}
}
