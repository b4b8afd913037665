package main

var asPostgres = []string{"--user", "postgres"}

var postgres = []string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/servers/data/postgres", "-h", "*"}

var redisServer = []string{"redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", ""}

// databases, and what fetches from one, are judged by their own clients, on a query that takes 3 s.
var databases = []setup{
	{
		name: "PostgreSQL", command: postgres, flags: asPostgres, client: psql("5432"),
		note:    "SIGTERM, the smart shutdown, waits for the sessions, and those of a pool stay: under tini it is killed, and recovers at its next start",
		cuts:    "of its shutdowns the one that surely ends, SIGINT, ends the queries",
		excused: "SIGTERM would complete the query, and then wait for every session. drainit sends SIGINT, as the official image does",
	},
	{
		name: "PostgreSQL, `STOPSIGNAL SIGINT`", command: postgres, flags: with(asPostgres, "--stop-signal", "SIGINT"), client: psql("5432"),
		note: "as the official image has it",
		cuts: "the same",
	},
	{name: "PgBouncer", command: []string{"pgbouncer", "/servers/pgbouncer.ini"}, flags: asPostgres, beside: postgres, besideFlags: asPostgres, client: psql("6432")},
	{
		name: "MariaDB", command: []string{"mariadbd", "--user=mysql", "--bind-address=0.0.0.0", "--skip-grant-tables"}, client: mariadb,
		cuts: "SIGTERM ends the queries",
	},
	{
		name: "Redis", command: redisServer, client: redis,
		note: "the query is a Lua script, and nothing is to be saved",
		cuts: "it exits after the script and before its answer",
	},
	{
		name: "memcached", command: []string{"memcached", "-u", "nobody", "-p", "8080"}, client: onMemcached,
		note: "in flight is a value of which the second half comes 3 s after the first",
		cuts: "SIGUSR1, its graceful stop, is for its memory and not for its clients",
	},
	{
		name: "Sidekiq", command: []string{"sidekiq", "-r", "/servers/worker.rb"}, beside: redisServer, client: onJobs,
		note: "jobs for requests, by a Redis beside it. From SIGTERM on it fetches none and has 25 s for those it has",
	},
	{
		name: "Sidekiq, quiet first", command: []string{"sidekiq", "-r", "/servers/worker.rb"}, beside: redisServer, client: onJobs,
		setting: []string{"DRAINIT_AT_DRAIN=SIGTSTP"},
		note:    "SIGTSTP at the stop request: it fetches none in the hold, either",
	},
}

// onJobs asks a worker, which listens on nothing.
func onJobs(_ string, beside container) client { return workers{beside} }

func onMemcached(address string, _ container) client { return memcached{address + ":8080"} }

func psql(port string) func(string, container) client {
	session := []string{"psql", "--no-psqlrc", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "postgres"}
	return func(_ string, beside container) client {
		return command{
			beside: beside, session: session,
			fast: with(session, "-tAc", "select 'ok'"), slow: with(session, "-tAc", "select 'ok' from pg_sleep(3)"),
		}
	}
}

func mariadb(_ string, beside container) client {
	session := []string{"mariadb", "-h", "127.0.0.1", "-u", "root"}
	return command{
		beside: beside, session: session,
		fast: with(session, "-Nse", "select 'ok'"), slow: with(session, "-Nse", "select if(sleep(3) = 0, 'ok', 'interrupted')"),
	}
}

// threeSeconds is a script that Redis runs for that long.
const threeSeconds = `local function now() local t = redis.call('TIME') return t[1] + t[2] / 1e6 end
local e = now() + 3 while now() < e do end return 'ok'`

func redis(_ string, beside container) client {
	session := []string{"redis-cli", "-h", "127.0.0.1"}
	return command{
		beside: beside, session: session,
		fast: with(session, "eval", "return 'ok'", "0"), slow: with(session, "eval", threeSeconds, "0"),
	}
}
