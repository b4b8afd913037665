package main

var databases = []program{
	{name: "postgres", packages: "postgresql-{pg}", user: "postgres", command: words("/usr/lib/postgresql/{pg}/bin/postgres -D /srv/pg -c unix_socket_directories=/srv"),
		prepare: "mkdir -p /srv/pg; chown -R postgres /srv; su postgres -c '/usr/lib/postgresql/{pg}/bin/initdb --auth=trust -D /srv/pg'",
		client:  psql("5432", "postgres")},
	{name: "pgbouncer", packages: "pgbouncer postgresql-{pg}", user: "postgres", command: words("pgbouncer /stops/pgbouncer.ini"),
		prepare: besidePostgres, beside: postgresBeside, client: psql("6432", "postgres")},
	{name: "mariadbd", packages: "mariadb-server mariadb-client", command: words("mariadbd --no-defaults --user=mysql --datadir=/srv/my --socket=/srv/my.sock --skip-grant-tables"),
		prepare: "mkdir -p /srv/my; chown -R mysql /srv; mariadb-install-db --no-defaults --user=mysql --datadir=/srv/my --skip-test-db",
		client:  command{probe: "127.0.0.1:3306", line: `mariadb --no-defaults --host=127.0.0.1 --skip-ssl --batch -e "select sleep(%d)" | grep -qx 0`}},
	{name: "redis-server", packages: "redis-server", command: words("redis-server --port 6379 --save"), client: blpop},
	{name: "redis-server", shape: "script", packages: "redis-server", command: words("redis-server --port 6379 --save"), client: redisScript},
	{name: "valkey-server", packages: "valkey-server", command: words("valkey-server --port 6379 --save"), client: blpop, suites: []string{"trixie", "sid"}},
	{name: "valkey-server", shape: "script", packages: "valkey-server", command: words("valkey-server --port 6379 --save"), client: redisScript, suites: []string{"trixie", "sid"}},
	{name: "memcached", packages: "memcached", command: words("memcached -u nobody -p 11211"),
		client: lines{address: "127.0.0.1:11211", half: "set k 0 0 10\r\n12345", send: "67890\r\n", want: "STORED"}},
	{name: "nutcracker", packages: "nutcracker redis-server", command: words("nutcracker -c /stops/nutcracker.yml"), beside: redisBeside, client: lines{address: "127.0.0.1:22121", half: "*2\r\n$3\r\nGET\r\n$1", send: "\r\na\r\n", want: "$-1"}},
	{name: "tarantool", packages: "tarantool", command: words("tarantool /stops/tarantool.lua"), suites: []string{"bookworm", "trixie"},
		client: lines{address: "127.0.0.1:3301", greets: true, send: `require("fiber").sleep(%d) return 77` + "\n", want: "77\n"}},
}

// postgresBeside is what a pooler asks.
var postgresBeside = [][]string{words("setpriv --reuid=postgres --clear-groups /usr/local/bin/postgres-beside -D /srv/pg -c unix_socket_directories=/srv")}

const besidePostgres = "mkdir -p /srv/pg; chown -R postgres /srv; su postgres -c '/usr/lib/postgresql/{pg}/bin/initdb --auth=trust -D /srv/pg'; ln -s /usr/lib/postgresql/{pg}/bin/postgres /usr/local/bin/postgres-beside"

func psql(port, user string) client {
	return command{probe: "127.0.0.1:" + port, line: `psql -h 127.0.0.1 -p ` + port + ` -U ` + user + ` -Atc "select pg_sleep(%d)" postgres`}
}

// blpop waits for an element of a list that nobody gives, and is answered with nil.
var blpop = lines{address: "127.0.0.1:6379", send: "BLPOP nothing %d\r\n", want: "*-1\r\n", quick: "PING\r\n"}

// redisScript is busy so long, by the clock.
var redisScript = lines{
	address: "127.0.0.1:6379", quick: "PING\r\n", want: ":7\r\n",
	send: `EVAL "local t=redis.call('TIME')[1]+%d while tonumber(redis.call('TIME')[1])<t do end return 7" 0` + "\r\n",
}
