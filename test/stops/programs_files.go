package main

import "time"

// stores are servers of files, sessions and small web servers. Of those for FTP Debian has one installed at a time.
var stores = []program{
	{name: "pure-ftpd", packages: "pure-ftpd", command: words("pure-ftpd -4 -H -S 127.0.0.1,2121"), suites: []string{"bookworm"}, client: ftp},
	{name: "proftpd", packages: "proftpd-core", command: words("proftpd -n -q -c /stops/proftpd.conf"), suites: []string{"trixie"}, client: ftp},
	{name: "vsftpd", packages: "vsftpd", command: words("vsftpd /stops/vsftpd.conf"), suites: []string{"sid"}, client: ftp, prepare: "mkdir -p /var/run/vsftpd/empty"},
	{name: "sshd", packages: "openssh-server openssh-client", command: words("/usr/sbin/sshd -D -e -p 2222"), prepare: "mkdir -p /run/sshd; " + withKey, client: ssh, lead: 2 * time.Second},
	{name: "dropbear", packages: "dropbear-bin openssh-client", command: words("dropbear -F -E -R -p 127.0.0.1:2222"), prepare: "mkdir -p /etc/dropbear; " + withKey, client: ssh, lead: 2 * time.Second},
	{name: "git-daemon", packages: "git", command: words("/usr/lib/git-core/git-daemon --reuseaddr --base-path=/srv --export-all --listen=127.0.0.1"), prepare: "git init -q --bare /srv/r",
		client: lines{address: "127.0.0.1:9418", half: "0026git-up", send: "load-pack /r\x00host=localhost\x00", want: "0000"}},
	{name: "rsync", packages: "rsync", command: words("rsync --daemon --no-detach --config=/stops/rsyncd.conf --port=8730"),
		client: noop("127.0.0.1:8730", "@RSYNCD: 30.0\n#li", "st\n", "EXIT")},
	{name: "svnserve", packages: "subversion", command: words("svnserve --daemon --foreground --listen-host 127.0.0.1 -r /srv"), prepare: "svnadmin create /srv/r",
		client: noop("127.0.0.1:3690", "( 2 ( edit-pipeline svndiff1 absent-entries depth mergeinfo log-revprops ) ", "22:svn://127.0.0.1:3690/r 1:a ( ) ) ", "success")},
	{name: "radicale", packages: "radicale", command: words("radicale --server-hosts 127.0.0.1:5232 --auth-type none --storage-filesystem-folder /tmp/radicale"), client: put(5232, "MKCALENDAR", "/a/", "<a", "/>")},
	{name: "rclone", packages: "rclone", command: words("rclone serve webdav --addr 127.0.0.1:8080 /srv"), client: put(8080, "PUT", "/a", "ab", "cd")},
	{name: "webfsd", packages: "webfs", command: words("webfsd -F -p 8080 -r /stops/www -x /cgi-bin"), client: cgi},
	{name: "mini_httpd", packages: "mini-httpd", command: words("mini_httpd -D -p 8080 -d /stops/www -c cgi-bin/*"), client: cgi},
	{name: "civetweb", packages: "civetweb", command: words("civetweb -listening_ports 8080 -document_root /stops/www -cgi_pattern **/cgi-bin/** -cgi_interpreter /bin/sh"), client: cgi},
	{name: "transmission-daemon", packages: "transmission-daemon", command: words("transmission-daemon -f -g /tmp/transmission"), client: head(9091, "/transmission/rpc")},
	{name: "syncthing", packages: "syncthing", command: words("syncthing serve --no-browser --home=/tmp/syncthing"), client: head(8384, "/")},
	{name: "webhook", packages: "webhook", command: words("webhook -hooks /stops/hooks.json -ip 127.0.0.1 -port 8080"), client: web{8080, "/hooks/sleep?s=%d", "/hooks/sleep?s=0"}},
	{name: "blackbox-exporter", packages: "prometheus-blackbox-exporter", command: words("prometheus-blackbox-exporter --config.file=/etc/prometheus/blackbox.yml --web.listen-address=127.0.0.1:9115"),
		client: web{9115, "/probe?module=http_2xx&target=http://127.0.0.1:9000/sleep/%d", "/metrics"}},
	{name: "gearmand", packages: "gearman-job-server", command: words("gearmand --listen=127.0.0.1 --port=4730 --log-file=stderr"), client: lines{address: "127.0.0.1:4730", half: "versi", send: "on\r\n", want: "OK"}},
	{name: "aria2c", packages: "aria2", command: words("aria2c --enable-rpc --rpc-listen-port=6800 --dir=/tmp"), client: put(6800, "POST", "/jsonrpc", `{"jsonrpc":"2.0","id":"a",`, `"method":"aria2.getVersion"}`)},
	{name: "apt-cacher-ng", packages: "apt-cacher-ng", command: words("apt-cacher-ng -c /etc/apt-cacher-ng ForeGround=1 Port=3142 BindAddress=127.0.0.1 CacheDir=/tmp/acng LogDir=/tmp/acng SocketPath=/tmp/acng/socket PfilePattern=.* AllowUserPorts=9000"), prepare: "mkdir -p /tmp/acng",
		client: web{3142, "/127.0.0.1:9000/sleep/%d", "/127.0.0.1:9000/sleep/0"}},
	{name: "hg", packages: "mercurial", command: words("hg serve --address 127.0.0.1 --port 8000 --repository /srv/r"), prepare: "hg init /srv/r", client: head(8000, "/")},
	{name: "fossil", packages: "fossil", command: words("fossil server --localhost --port 8080 /srv/r.fossil"), prepare: "USER=root fossil init /srv/r.fossil", client: head(8080, "/")},
}

var (
	ftp = noop("127.0.0.1:2121", "NOO", "P\r\n", "\r\n")
	ssh = command{probe: "127.0.0.1:2222", line: "ssh -q -i /srv/key -p 2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes root@127.0.0.1 sleep %d"}
	cgi = web{8080, "/cgi-bin/sleep?%d", "/index.html"}
)

const withKey = "mkdir -p -m 700 /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /srv/key; cp /srv/key.pub /root/.ssh/authorized_keys"

// put is an HTTP request whose body comes in two pieces.
func put(port int, method, path, half, send string) client {
	text := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
	return lines{address: words("127.0.0.1:%d", port)[0], half: text + words("%d", len(half+send))[0] + "\r\n\r\n" + half, send: send, want: "HTTP/1."}
}
