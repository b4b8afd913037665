package main

import "fmt"

// program is what is stopped.
type program struct {
	name  string
	shown string // its check, as a document has it
	check func(addr, file string) string
	flags []string // besides, in every way to stop it
	work  func(t *trial) error
}

// programs are all. The names and types of the metrics are those of the programs' own
// source, at the commits in docs/proof/idle-checks.md.
var programs = []program{
	inference("vLLM", "vllm:num_requests_running+vllm:num_requests_waiting"),
	inference("llama-server", "llamacpp:requests_processing+llamacpp:requests_deferred"),
	inference("SGLang", "sglang:num_running_reqs+sglang:num_queue_reqs"),
	inference("TGI", "tgi_batch_current_size+tgi_queue_size"),
	{
		name: "queue worker", shown: "http://127.0.0.1:8000/drained",
		check: func(addr, _ string) string { return "http://" + addr + "/drained" },
		flags: []string{"--ports", "none", "--at-drain", "SIGUSR1"}, work: (*trial).jobs,
	},
	{
		name: "UDP server", shown: "gone:/run/app/busy",
		check: func(_, file string) string { return "gone:" + file },
		flags: []string{"--ports", "none"}, work: (*trial).datagrams,
	},
}

// inference is a server that streams, with a sum of metrics.
func inference(name, metrics string) program {
	return program{
		name: name, shown: "metric:http://127.0.0.1:8000/metrics#" + metrics,
		check: func(addr, _ string) string { return "metric:http://" + addr + "/metrics#" + metrics },
		work:  (*trial).streams,
	}
}

// texts are the metrics of the inference servers: some of each kind, of which the first is
// what runs and the second what waits.
var texts = map[string]string{
	"vLLM": `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} %[1]d.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="m"} %[2]d.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5",model_name="m"} 3.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="m"} 4.0
vllm:time_to_first_token_seconds_count{engine="0",model_name="m"} 4.0
vllm:time_to_first_token_seconds_sum{engine="0",model_name="m"} 1.5
`,
	"llama-server": `# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total 412
# TYPE llamacpp:predicted_tokens_seconds gauge
llamacpp:predicted_tokens_seconds 7.25
# TYPE llamacpp:requests_processing gauge
llamacpp:requests_processing %[1]d
# TYPE llamacpp:requests_deferred gauge
llamacpp:requests_deferred %[2]d
`,
	"SGLang": `# TYPE sglang:generation_tokens_total counter
sglang:generation_tokens_total{model_name="m"} 7.5e+06
# TYPE sglang:num_running_reqs gauge
sglang:num_running_reqs{model_name="m"} %[1]d.0
# TYPE sglang:token_usage gauge
sglang:token_usage{model_name="m"} 0.28
# TYPE sglang:num_queue_reqs gauge
sglang:num_queue_reqs{model_name="m"} %[2]d.0
`,
	"TGI": `# TYPE tgi_request_count counter
tgi_request_count 17
# TYPE tgi_batch_current_size gauge
tgi_batch_current_size %[1]d
# TYPE tgi_queue_size gauge
tgi_queue_size %[2]d
# TYPE tgi_request_duration histogram
tgi_request_duration_bucket{le="1"} 9
tgi_request_duration_bucket{le="+Inf"} 17
tgi_request_duration_sum 31.5
tgi_request_duration_count 17
`,
}

// metrics is the text of a server with so much to do.
func metrics(name string, running, waiting int) string {
	return fmt.Sprintf(texts[name], running, waiting)
}
