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
		{"vLLM", "aborts what is in flight; the handlers of its uvicorn are replaced by its own", "--shutdown-timeout, where the version has it; `--drain-until idle`", "vllm-project/vllm@02828a1: vllm/entrypoints/launcher.py; #24885, #34730"},
		{"SGLang", "on SIGTERM waits until no request is left, which it looks at every 5 s; then ends all its processes by SIGKILL, itself too: status 137", "`--remap-exit 137=0`, since that status says nothing here", "sgl-project/sglang: python/sglang/srt/managers/tokenizer_manager.py, sigterm_watchdog"},
		{"TGI", "its launcher passes SIGTERM on to the router, which finishes what is in flight, 90 s at most, and then to the shards", "", "huggingface/text-generation-inference: launcher/src/main.rs, terminate"},
		{"Ray Serve", "a replica that Serve removes finishes its requests, 20 s at most; a signal to the node removes no replica first", "graceful_shutdown_timeout_s; `--drain-until idle`", "docs.ray.io: serve/configure-serve-deployment"},
		{"Triton", "waits for what is in flight, 30 s at most, HTTP and gRPC one after the other", "--exit-timeout-secs, to end before the deadline", "triton-inference-server/server@01f2fe4: src/main.cc"},
		{"llama-server", "a second SIGTERM or SIGINT ends it at once, with status 1", "", "ggml-org/llama.cpp: tools/server/server.cpp"},
		{"Ollama", "closes every connection at once, and unloads its models", "`--drain-until idle`", "ollama/ollama v0.17.4: server/routes.go (Server.Close, not Shutdown)"},
		{"granian", "stops its workers one after the other, and waits for each without a limit", "--workers-kill-timeout, to end before the deadline", "emmett-framework/granian@01bedd0: granian/server/common.py"},
		{"FrankenPHP", "is a Caddy, and stops as that does", "grace_period; `--stop-signal INT/20s/INT`", "php/frankenphp: caddy/frankenphp/main.go; caddy above"},
		{"RoadRunner", "finishes what is in flight, within its grace period; a second signal ends it at once, with status 1", "endure.grace_period, to end before the deadline; `--stop-signal TERM/20s/TERM`", "roadrunner-server/roadrunner@02cda15: internal/cli/serve/command.go"},
		{"Keycloak", "waits 1 s, then for requests in flight, 10 s at most", "of shutdown-delay and `--drain-delay` one to 0; shutdown-timeout", "keycloak/keycloak: quarkus/config-api, HttpOptions.java"},
		{"Kafka", "hands its partitions to other brokers in a hook of its JVM; the handlers of TERM, INT and HUP only log first", "controlled.shutdown.enable (true), and a grace period of minutes", "apache/kafka@03ac759: core/src/main/scala/kafka/Kafka.scala; its configuration"},
		{"MinIO", "closes its listener and exits, with what is in flight; healing has up to a minute before that", "`--drain-until idle`; its --shutdown-timeout is read by nobody", "minio/minio@7aac2a2: cmd/signals.go, internal/http/server.go, cmd/server-main.go"},
	}
}
