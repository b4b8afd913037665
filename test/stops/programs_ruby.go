package main

import "time"

var rubies = []program{
	{name: "puma", packages: "puma", command: words("puma -b tcp://0.0.0.0:8080 /stops/config.ru"), client: onPort(8080), also: "INT,INT TERM,TERM"},
	{name: "puma", shape: "cluster", packages: "puma", command: words("puma -w 2 -b tcp://0.0.0.0:8080 /stops/config.ru"), client: onPort(8080), settle: time.Second, also: "INT,INT TERM,TERM"},
	{name: "puma", shape: "WEB_CONCURRENCY", packages: "puma", command: words("puma -b tcp://0.0.0.0:8080 /stops/config.ru"), env: []string{"WEB_CONCURRENCY=2"}, client: onPort(8080), settle: time.Second},
	{name: "puma", shape: "force_shutdown_after", packages: "puma", command: words("puma -C /stops/puma.rb /stops/config.ru"), client: onPort(8080)},
	{name: "unicorn", packages: "unicorn", command: words("unicorn -c /stops/unicorn.rb /stops/config.ru"), client: onPort(8080), settle: time.Second},
	{name: "unicorn", shape: "timeout", packages: "unicorn", command: words("unicorn -c /stops/unicorn-timeout.rb /stops/config.ru"), client: onPort(8080), settle: time.Second},
	{name: "thin", shape: "--threaded", packages: "thin", command: words("thin --threaded -p 8080 -R /stops/config.ru start"), client: onPort(8080)},
	{name: "thin", packages: "thin", command: words("thin -p 8080 -R /stops/config.ru start"), client: onPort(8080)},
	{name: "webrick", packages: "ruby-webrick ruby", command: words("ruby /stops/webrick_app.rb"), client: onPort(8080)},
}
