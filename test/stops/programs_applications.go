package main

import "time"

// applications are what runs scripts in other languages.
var applications = []program{
	{name: "php-fpm", packages: "php{php}-fpm", command: words("php-fpm{php} -F -y /stops/php-fpm.conf"), client: fastCGI{"127.0.0.1:9001", "/stops/app.php"}},
	{name: "php-fpm", shape: "process_control_timeout", packages: "php{php}-fpm", command: words("php-fpm{php} -F -y /stops/php-fpm-timeout.conf"), client: fastCGI{"127.0.0.1:9001", "/stops/app.php"}},
	{name: "php", shape: "-S", packages: "php{php}-cli", command: words("php{php} -S 127.0.0.1:8080 /stops/app.php"), client: onPort(8080)},
	{name: "php", shape: "-S, PHP_CLI_SERVER_WORKERS", packages: "php{php}-cli", command: words("php{php} -S 127.0.0.1:8080 /stops/app.php"), env: []string{"PHP_CLI_SERVER_WORKERS=2"}, client: onPort(8080)},
	{name: "httpuv", packages: "r-cran-httpuv r-base-core", command: words("Rscript /stops/httpuv.R"), client: onPort(8080)},
	{name: "node", packages: "nodejs", command: words("node /stops/server.js"), client: onPort(8080)},
	{name: "node", shape: "server.close", packages: "nodejs", command: words("node /stops/server.js drain"), client: onPort(8080)},
	{name: "tomcat", packages: "tomcat{tomcat}", command: words("/usr/share/tomcat{tomcat}/bin/catalina.sh run"), client: web{8080, "/app/?%d", "/app/"}, settle: time.Second,
		env:     []string{"JAVA_HOME=/usr/lib/jvm/default-java", "CATALINA_BASE=/srv/tomcat"},
		prepare: "mkdir -p /srv/tomcat/webapps/app /srv/tomcat/logs /srv/tomcat/temp /srv/tomcat/work; cp -rL /etc/tomcat{tomcat} /srv/tomcat/conf; cp /stops/sleep.jsp /srv/tomcat/webapps/app/index.jsp; [ -e /usr/lib/jvm/default-java ] || ln -s \"$(ls -d /usr/lib/jvm/java-*-openjdk-* | head -n 1)\" /usr/lib/jvm/default-java"},
	{name: "starman", packages: "starman", command: words("starman --workers 2 --port 8080 /stops/app.psgi"), client: onPort(8080), settle: time.Second},
	{name: "twiggy", packages: "twiggy", command: words("twiggy --listen :8080 /stops/app.psgi"), client: onPort(8080)},
	{name: "plackup", packages: "libplack-perl", command: words("plackup --port 8080 /stops/app.psgi"), client: onPort(8080)},
	{name: "hypnotoad", packages: "libmojolicious-perl", command: words("hypnotoad -f /stops/mojo.pl"), client: onPort(8080), settle: time.Second},
	{name: "mojo", packages: "libmojolicious-perl", command: words("perl /stops/mojo.pl daemon -l http://*:8080"), client: onPort(8080)},
	{name: "fcgiwrap", packages: "fcgiwrap", command: words("fcgiwrap -s tcp:127.0.0.1:9001"), client: fastCGI{"127.0.0.1:9001", "/stops/cgi.sh"}},
}
