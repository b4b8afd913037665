package main

import (
	"fmt"
	"io"
	"time"
)

// queues are workers, which are asked by a Redis beside them.
var queues = []program{
	{name: "sidekiq", packages: "ruby-sidekiq redis-server", command: words("sidekiq -r /stops/worker.rb"), beside: redisBeside, client: sidekiqJob, settle: time.Second},
	{name: "sidekiq", shape: "--timeout", packages: "ruby-sidekiq redis-server", command: words("sidekiq --timeout 6 -r /stops/worker.rb"), beside: redisBeside, client: sidekiqJob, settle: time.Second},
	{name: "celery", shape: "--time-limit", packages: "python3-celery python3-redis redis-server", command: words("python3 -m celery -A tasks worker -c 2 --time-limit 12 --without-gossip --without-mingle"), env: []string{"PYTHONPATH=/stops", "C_FORCE_ROOT=1"}, beside: redisBeside,
		client: command{probe: "127.0.0.1:6379", line: "python3 /stops/ask_celery.py %d"}, settle: time.Second, lead: 4 * time.Second},
	{name: "celery", packages: "python3-celery python3-redis redis-server", command: words("python3 -m celery -A tasks worker -c 2 --without-gossip --without-mingle"), env: []string{"PYTHONPATH=/stops", "C_FORCE_ROOT=1"}, beside: redisBeside,
		client: command{probe: "127.0.0.1:6379", line: "python3 /stops/ask_celery.py %d"}, settle: time.Second, lead: 4 * time.Second},
	{name: "rq", packages: "python3-rq redis-server", command: words("rq worker --url redis://127.0.0.1:6379"), env: []string{"PYTHONPATH=/stops"}, beside: redisBeside,
		gap:    1500 * time.Millisecond, // within 1 s it takes a second signal for an echo
		client: command{probe: "127.0.0.1:6379", line: "python3 /stops/ask_rq.py %d"}, settle: time.Second, lead: 4 * time.Second},
}

var sidekiqJob = job{"queue:default", `{"class":"Job","args":["%s",%d],"jid":"%s","retry":false}`}

var redisBeside = [][]string{words("redis-server --port 6379 --save")}

// job is put into a list, and the worker puts its answer into another.
type job struct{ queue, form string }

func (j job) ask(_ *children, seconds int) answer {
	name := fmt.Sprint("j", time.Now().UnixNano())
	text := fmt.Sprintf(j.form, name, seconds, name)
	push := lines{address: "127.0.0.1:6379", send: fmt.Sprintf("*3\r\n$5\r\nLPUSH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(j.queue), j.queue, len(text), text), want: ":"}
	if a := push.ask(nil, 0); a != served {
		return a
	}
	pop := lines{address: "127.0.0.1:6379", send: fmt.Sprintf("BLPOP done:%s %d\r\n", name, seconds+4), want: "ok"}
	return pop.ask(nil, seconds)
}

func (j job) keep(*children) (io.Closer, error) { return nil, fmt.Errorf("a worker has none") }
